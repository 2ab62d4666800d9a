/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Private to user_symbols.c: texts by frame. Memory is bounded, yet a text outlives the reports that point to it. */
#ifndef RSTTRACE_USER_NAMES_H
#define RSTTRACE_USER_NAMES_H

#include "../../bpf/evidence.h"

struct user_names;

struct user_names *user_names_new(void); /* NULL without memory */
/* The frame's text; NULL when there is none (any more). It stays for the next USER_NAMES_KEPT texts at least. */
const char *user_names_find(struct user_names *names, const struct ev_user_frame *frame);
/* Keeps a copy; an older text of the frame stays where it is, and is found no more. NULL without memory. */
const char *user_names_put(struct user_names *names, const struct ev_user_frame *frame, const char *text);
void user_names_free(struct user_names *names); /* NULL is fine */

/* As many as all reports that wait at once can have, and more. */
#define USER_NAMES_KEPT 16384

#endif
