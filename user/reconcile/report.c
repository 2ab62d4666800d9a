/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What came of the comparison, in lines that people read and programs parse: words and numbers in turn. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "private.h"

#define LINE_BYTES 256

/* One counter of one namespace. */
struct balance {
	uint64_t kernel;
	uint64_t seen;
	uint64_t blind; /* could not be seen in this session */
	uint64_t surplus;
	uint64_t unattributed;
};

static bool has_any(const struct reconcile_host *host, const char *hooks)
{
	char name[64];

	while (hooks && *hooks) {
		size_t length = strcspn(hooks, ",");

		snprintf(name, sizeof(name), "%.*s", (int)length, hooks);
		if (host->has_hook(host->context, name))
			return true;
		hooks += length + (hooks[length] == ',');
	}
	return false;
}

static struct balance balance_of(const struct reconcile *reconcile, const struct space *space, enum counter_id counter,
				 bool has_symbols)
{
	const struct counter_row *row = &counter_rows[counter];
	struct balance balance = {
		.kernel = space->sample.reading.values[counter] - space->base.values[counter],
		.seen = space->sample.seen[counter] - space->base.seen[counter],
	};
	uint64_t rest = balance.kernel > balance.seen ? balance.kernel - balance.seen : 0;

	if (!row->is_told || (row->needs_stack && !has_symbols))
		balance.blind = rest;
	else if (row->blind && !has_any(&reconcile->host, row->hooks))
		balance.blind = row->bounded_by == COUNTER_NONE ?
					rest :
					balance_of(reconcile, space, row->bounded_by, has_symbols).blind;
	if (balance.blind > rest)
		balance.blind = rest;
	balance.unattributed = rest - balance.blind;
	balance.surplus = balance.seen > balance.kernel ? balance.seen - balance.kernel : 0;
	return balance;
}

static const char *why_blind(const struct counter_row *row, bool has_symbols)
{
	return row->needs_stack && !has_symbols ? "this kernel hides its symbols" : row->blind;
}

static void say_counter(const struct reconcile *reconcile, const struct space *space, enum counter_id counter,
			const struct balance *balance, const char *why)
{
	char line[LINE_BYTES];
	size_t at;

	snprintf(line, sizeof(line), "reconcile netns %-10" PRIu32 "  %-19s  kernel %-7" PRIu64 "  seen %-7" PRIu64,
		 space->netns, counter_names[counter], balance->kernel, balance->seen);
	at = strlen(line);
	if (balance->blind)
		at += snprintf(line + at, sizeof(line) - at, "  not observable %" PRIu64 " (%s)", balance->blind, why);
	if (balance->surplus)
		at += snprintf(line + at, sizeof(line) - at, "  surplus %" PRIu64, balance->surplus);
	snprintf(line + at, sizeof(line) - at, "%s  unattributed %" PRIu64,
		 space->is_unsettled ? "  unsettled" : "", balance->unattributed);
	reconcile->host.say(reconcile->host.context, line);
}

static uint64_t seen_since(const struct space *space)
{
	uint64_t most = 0; /* an incident may move several counters */

	for (unsigned int i = 0; i < COUNTER_IDS; i++) {
		uint64_t seen = space->seen[i] - space->base.seen[i];

		most = seen > most ? seen : most;
	}
	return most;
}

/* A namespace without a last reading, or with that of another one. */
static void say_gone(const struct reconcile *reconcile, const struct space *space)
{
	char line[LINE_BYTES], number[16];

	snprintf(number, sizeof(number), "%" PRIu32, space->netns);
	snprintf(line, sizeof(line), "reconcile netns %-10s  not compared, %" PRIu64 " or more seen there: %s",
		 space->netns ? number : "unknown", seen_since(space),
		 space->is_reused	? "it ended, and another one has its number now" :
		 space->err == -ENOENT	? "it has ended or cannot be found, and its counters with it" :
					  strerror(-space->err));
	reconcile->host.say(reconcile->host.context, line);
}

/* Whether nothing was told of the one that had its number before, so that all that was told is its own. */
static bool is_all_its_own(const struct reconcile *reconcile, const struct space *space, bool has_symbols)
{
	bool is_balanced = true;

	for (enum counter_id counter = 0; is_balanced && counter < COUNTER_IDS; counter++) {
		struct balance balance = balance_of(reconcile, space, counter, has_symbols);

		is_balanced = !(space->sample.reading.found >> counter & 1) ||
			      (!balance.unattributed && !balance.surplus);
	}
	return is_balanced;
}

static void report_space(const struct reconcile *reconcile, const struct space *space, bool has_symbols,
			 struct reconcile_sums *sums)
{
	if (space->err || (space->is_reused && !is_all_its_own(reconcile, space, has_symbols))) {
		sums->gone++;
		if (seen_since(space))
			say_gone(reconcile, space);
		return;
	}
	sums->spaces++;
	sums->unsettled += space->is_unsettled;
	for (enum counter_id counter = 0; counter < COUNTER_IDS; counter++) {
		struct balance balance;

		if (!(space->sample.reading.found >> counter & 1))
			continue;
		balance = balance_of(reconcile, space, counter, has_symbols);
		if (!balance.kernel && !balance.seen)
			continue;
		say_counter(reconcile, space, counter, &balance, why_blind(&counter_rows[counter], has_symbols));
		sums->unattributed += balance.unattributed;
		sums->surplus += balance.surplus;
	}
}

static int by_netns(const void *left, const void *right)
{
	uint32_t a = (*(struct space *const *)left)->netns, b = (*(struct space *const *)right)->netns;

	return a < b ? -1 : a > b;
}

void reconcile_report(const struct reconcile *reconcile, bool has_symbols, struct reconcile_sums *ret_sums)
{
	memset(ret_sums, 0, sizeof(*ret_sums));
	if (reconcile->spaces_count)
		qsort(reconcile->spaces, reconcile->spaces_count, sizeof(*reconcile->spaces), by_netns);
	for (unsigned int i = 0; i < reconcile->spaces_count; i++)
		report_space(reconcile, reconcile->spaces[i], has_symbols, ret_sums);
	if (reconcile->is_full)
		reconcile->host.say(reconcile->host.context,
				    "reconcile: more network namespaces than can be kept; the rest was not compared");
}
