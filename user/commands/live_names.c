/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* See live_names.h. Symbols are read again when a module has come. */
#include "live_names.h"

#include <stdlib.h>

#include "../attach/cgroups.h"
#include "../attach/symbols.h"
#include "../attach/user_symbols.h"

struct live_names {
	struct session *session;
	struct symbols *symbols; /* NULL: not read, or hidden */
	struct cgroups *cgroups;
	struct user_symbols *user_symbols; /* NULL: nobody asked for user stacks */
	unsigned int modules_seen; /* session_modules() when the symbols were read */
};

static const char *symbol(void *context, uint64_t address)
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

static const char *reason(void *context, int32_t number)
{
	const struct source_info *info = session_info(((struct live_names *)context)->session);

	return number >= 0 && (uint32_t)number < info->reasons_count ? info->reasons[number] : NULL;
}

static const char *drop(void *context, int32_t number)
{
	const struct source_info *info = session_info(((struct live_names *)context)->session);

	return number >= 0 && (uint32_t)number < info->drops_count ? info->drops[number] : NULL;
}

static const char *cgroup(void *context, const struct ev_task *task)
{
	return cgroups_path(((struct live_names *)context)->cgroups, task);
}

static bool owner(void *context, uint64_t sk, struct ev_task *ret_owner)
{
	return session_owner(((struct live_names *)context)->session, sk, ret_owner);
}

static const char *user_frame(void *context, const struct ev_user_frame *frame)
{
	struct user_symbols *symbols = ((struct live_names *)context)->user_symbols;

	return symbols ? user_symbols_name(symbols, frame) : NULL;
}

struct live_names *live_names_new(struct session *session, bool has_user_stacks)
{
	struct live_names *names = calloc(1, sizeof(*names));

	if (!names)
		return NULL;
	names->session = session;
	names->cgroups = cgroups_new();
	names->user_symbols = has_user_stacks ? user_symbols_new() : NULL;
	if (names->cgroups && (names->user_symbols || !has_user_stacks))
		return names;
	live_names_free(names);
	return NULL;
}

bool live_names_load(struct live_names *names)
{
	if (symbols_load(&names->symbols))
		return false;
	session_tell_symbols(names->session, names->symbols);
	return true;
}

bool live_names_has_symbols(const struct live_names *names)
{
	return names->symbols;
}

struct join_names live_names_join(struct live_names *names)
{
	return (struct join_names){
		.symbol = symbol,
		.reason = reason,
		.drop = drop,
		.cgroup = cgroup,
		.owner = owner,
		.user_frame = user_frame,
		.context = names,
	};
}

void live_names_complete(struct live_names *names, struct evidence_user_sample *sample)
{
	user_symbols_complete(names->user_symbols, sample);
}

void live_names_free(struct live_names *names)
{
	if (!names)
		return;
	symbols_free(names->symbols);
	user_symbols_free(names->user_symbols);
	cgroups_free(names->cgroups);
	free(names);
}
