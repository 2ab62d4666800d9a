/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* See live_names.h. Symbols are read again after a module has come. */
#include "live_names.h"

static const char *name_symbol(void *context, uint64_t address)
{
	struct live_names *names = context;
	unsigned int modules = session_modules(names->session);
	struct symbols *symbols;

	if (modules != names->modules_seen && !symbols_load(&symbols)) {
		symbols_free(names->symbols);
		names->symbols = symbols;
		session_tell_symbols(names->session, symbols);
	}
	names->modules_seen = modules;
	/* The address is where a call returns to: after its last instruction, it may be the next function's first. */
	return names->symbols ? symbols_name(names->symbols, address - 1) : NULL;
}

static const char *name_reason(void *context, int32_t number)
{
	const struct source_info *info = session_info(((struct live_names *)context)->session);

	return number >= 0 && (uint32_t)number < info->reasons_count ? info->reasons[number] : NULL;
}

static const char *name_cgroup(void *context, const struct ev_task *task)
{
	return cgroups_path(((struct live_names *)context)->cgroups, task);
}

static int name_owner(void *context, const struct evidence *ev, struct ev_task *ret_owner)
{
	if (((struct live_names *)context)->counts_alike && ev->conn.owner.source != OWNER_SHARED)
		return 0;
	return session_owner(((struct live_names *)context)->session, ev, ret_owner);
}

static const char *name_user_frame(void *context, const struct ev_user_frame *frame)
{
	struct user_symbols *symbols = ((struct live_names *)context)->user_symbols;

	return symbols ? user_symbols_name(symbols, frame) : NULL;
}

static const char *name_drop(void *context, int32_t number)
{
	const struct source_info *info = session_info(((struct live_names *)context)->session);

	return number >= 0 && (uint32_t)number < info->drops_count ? info->drops[number] : NULL;
}

struct join_names live_names_join(struct live_names *names)
{
	return (struct join_names){
		.symbol = name_symbol,
		.reason = name_reason,
		.drop = name_drop,
		.cgroup = name_cgroup,
		.owner = name_owner,
		.user_frame = name_user_frame,
		.context = names,
	};
}

void live_names_free(struct live_names *names)
{
	symbols_free(names->symbols);
	cgroups_free(names->cgroups);
	user_symbols_free(names->user_symbols);
}
