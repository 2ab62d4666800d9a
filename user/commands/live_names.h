/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Private to live.c: names for what the records of a running session hold. */
#ifndef RSTTRACE_LIVE_NAMES_H
#define RSTTRACE_LIVE_NAMES_H

#include "../attach/cgroups.h"
#include "../attach/session.h"
#include "../attach/symbols.h"
#include "../attach/user_symbols.h"
#include "../decode/join.h"

struct live_names {
	struct session *session;
	struct symbols *symbols; /* NULL: hidden */
	struct cgroups *cgroups;
	struct user_symbols *user_symbols; /* NULL = nobody asked for user stacks */
	unsigned int modules_seen; /* session_modules() when the symbols were read */
};

/* 0 or -ENOMEM; to be closed either way. */
int live_names_open(struct live_names *names, bool wants_user_stacks);
void live_names_close(struct live_names *names);
/* `names` must stay where it is. */
struct join_names live_names_for_join(struct live_names *names);

#endif
