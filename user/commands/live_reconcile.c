/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Joins the session's hooks, the pipeline's incidents and the comparison, and says what came of it. */
#include "live_reconcile.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../reconcile/reconcile.h"
#include "../util/log.h"
#include "../util/netns.h"

struct live_reconcile {
	struct reconcile *reconcile;
	struct session *session;
	int (*drain)(void *context);
	void *context;
	int err; /* it broke off, and why */
	bool is_broken;
};

static int host_drain(void *context)
{
	struct live_reconcile *live = context;

	return live->drain(live->context);
}

static bool host_has_hook(void *context, const char *name)
{
	const struct live_reconcile *live = context;
	const struct session_hook *hook;

	if (!strcmp(name, "resets without a socket"))
		return session_caps(live->session)->sees_no_socket;
	for (unsigned int i = 0; (hook = session_hook(live->session, i)); i++) {
		if (!strcmp(hook->hook, name) && !hook->refused)
			return true;
	}
	return false;
}

static void host_say(void *context, const char *line)
{
	(void)context;
	log_line("%s", line);
}

int live_reconcile_open(const struct options *options, struct live_reconcile **ret_reconcile, char *message,
			size_t size)
{
	struct live_reconcile *live;
	char path[512];
	uint32_t netns = 0;
	int err;

	if (!options->reconcile)
		return 0;
	err = options->netns ? netns_number(options->netns, &netns, message, size) : 0;
	if (err)
		return err;
	snprintf(path, sizeof(path), "%s", options->netns && strchr(options->netns, '/') ? options->netns : "");
	live = calloc(1, sizeof(*live));
	if (!live) {
		snprintf(message, size, "out of memory");
		return -ENOMEM;
	}
	err = reconcile_open(netns, *path ? path : NULL, &live->reconcile, message, size);
	if (err) {
		free(live);
		return err;
	}
	*ret_reconcile = live;
	return 0;
}

static void observe(void *context, const struct incident *incident)
{
	reconcile_observe(((struct live_reconcile *)context)->reconcile, incident);
}

void live_reconcile_begin(struct live_reconcile *live, struct session *session, struct pipeline *pipeline,
			  int (*drain)(void *context), void *context)
{
	const struct reconcile_host host = { host_drain, host_has_hook, host_say, live };

	if (!live)
		return;
	live->session = session;
	live->drain = drain;
	live->context = context;
	pipeline_observe(pipeline, observe, live);
	live->err = reconcile_begin(live->reconcile, &host);
}

void live_reconcile_step(struct live_reconcile *live)
{
	if (live && !live->err)
		live->err = reconcile_step(live->reconcile);
}

void live_reconcile_end(struct live_reconcile *live, bool is_broken)
{
	if (!live)
		return;
	live->is_broken = is_broken;
	if (!live->err && !is_broken)
		live->err = reconcile_end(live->reconcile);
}

bool live_reconcile_report(const struct live_reconcile *live, bool has_symbols, uint64_t lost)
{
	struct reconcile_sums sums;
	bool is_good;

	if (!live)
		return true;
	if (live->err || live->is_broken) {
		log_line("not reconciled: %s", live->err == -E2BIG  ? "there are too many network namespaces" :
					       live->err == -EPIPE  ? "the reader of counters has died" :
					       live->is_broken	    ? "an output failed, and records were not read" :
								      strerror(-live->err));
		return false;
	}
	reconcile_report(live->reconcile, has_symbols, &sums);
	is_good = !sums.unattributed && !sums.surplus && !lost;
	log_line("reconciled %u network namespace%s: %u not compared, %u unsettled, lost %" PRIu64
		 ", surplus %" PRIu64 ", unattributed %" PRIu64 "%s",
		 sums.spaces, sums.spaces == 1 ? "" : "s", sums.gone, sums.unsettled, lost, sums.surplus,
		 sums.unattributed,
		 is_good ? "" : ": what was told is not all that happened, so this ends with status 1");
	return is_good;
}

void live_reconcile_close(struct live_reconcile *live)
{
	if (!live)
		return;
	reconcile_close(live->reconcile);
	free(live);
}
