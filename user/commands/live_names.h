/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the numbers in this kernel's records are called: symbols, reasons, cgroups, owners, frames of programs. */
#ifndef RSTTRACE_LIVE_NAMES_H
#define RSTTRACE_LIVE_NAMES_H

#include <stdbool.h>

#include "../attach/session.h"
#include "../decode/join.h"

struct live_names;
struct evidence_user_sample;

/* NULL: no memory. `session` must live as long. */
struct live_names *live_names_new(struct session *session, bool has_user_stacks);
/* Reads the kernel's symbols; false: it hides them. Before privileges are dropped. */
bool live_names_load(struct live_names *names);
bool live_names_has_symbols(const struct live_names *names);
/* The functions that a join asks; valid as long as `names`. */
struct join_names live_names_join(struct live_names *names);
/* Unwinds what the kernel side could not. */
void live_names_complete(struct live_names *names, struct evidence_user_sample *sample);
void live_names_free(struct live_names *names); /* NULL is fine */

#endif
