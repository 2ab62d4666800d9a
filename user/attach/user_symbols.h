/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The program's own stack: completed where the kernel, which follows frame pointers, left callers out, and named. Files
 * are read once and kept by build id, so that a process that has gone is understood by what others of its kind ran.
 */
#ifndef RSTTRACE_USER_SYMBOLS_H
#define RSTTRACE_USER_SYMBOLS_H

#include "../../bpf/evidence.h"

struct user_symbols;

struct user_symbols *user_symbols_new(void); /* NULL without memory */
/* Makes of a sample the record that is told and kept: a struct evidence_user. */
void user_symbols_complete(struct user_symbols *symbols, struct evidence_user_sample *sample);
/* "drop_client"; "libfoo.so+0x1234 (build id 0123...)" where the file has no name for it. NULL when it was completed
 * too long ago. The string stays while the next thousands of frames are completed. */
const char *user_symbols_name(struct user_symbols *symbols, const struct ev_user_frame *frame);
void user_symbols_free(struct user_symbols *symbols); /* NULL is fine */

#endif
