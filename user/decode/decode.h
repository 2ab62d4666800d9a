/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Bytes into a record of evidence, checked: they may come from a damaged file. No I/O, no memory, no state. */
#ifndef RSTTRACE_DECODE_H
#define RSTTRACE_DECODE_H

#include <stddef.h>

#include "../../bpf/evidence.h"

/* 0; -EBADMSG when the bytes are no record of this version: too short, a size that is not the length, a version or a
 * hook that is not known, more frames than fit, a name without an end. */
int decode_evidence(const void *bytes, size_t size, struct evidence_stacked *ret_evidence);
/* How many frames of the program's own stack a record has, and these: 0 when it has none, or is no record. */
unsigned int decode_user(const void *bytes, size_t size, struct ev_user_frame ret_frames[EVIDENCE_USER_FRAMES]);

#endif
