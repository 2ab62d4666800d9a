/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the running kernel calls what records are full of: addresses, reasons, cgroups, owners, programs' functions. */
#ifndef RSTTRACE_LIVE_NAMES_H
#define RSTTRACE_LIVE_NAMES_H

#include "../attach/cgroups.h"
#include "../attach/session.h"
#include "../attach/symbols.h"
#include "../attach/user_symbols.h"
#include "../decode/join.h"

struct live_names {
	struct session *session;
	struct symbols *symbols; /* NULL: the kernel hides them, or they have not been read yet */
	struct cgroups *cgroups;
	struct user_symbols *user_symbols; /* NULL = nobody asked for user stacks */
	bool counts_alike; /* as that of a front */
	unsigned int modules_seen; /* session_modules() when the symbols were read */
};

/* They look into `names` as long as they are used. */
struct join_names live_names_join(struct live_names *names);
/* All but the session. */
void live_names_free(struct live_names *names);

#endif
