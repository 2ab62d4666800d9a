/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * How two things that move are read as one.
 *
 * Neither attaching nor reading stops the kernel: between a counter's increment and the record of the same event lie
 * microseconds, or milliseconds when the task is preempted there, and a reading of the counters takes its time too. But
 * what the kernel counted less what was recorded, up to one moment, is constant while nothing is missed: D. An event on
 * its way makes it wrong by one, for that moment. So D is read again and again, with records counted by their own
 * time, until it stays the same for AGREEMENTS readings; one is enough where no record was for a second before it, nor
 * after it. A reading inside which a record falls does not count. That is done once everything is attached, and once
 * more before anything is detached: what D grew by in between was missed, what it shrank by was told twice. What died
 * while hooks were attached or detached is in neither.
 *
 * A namespace that was found only later is younger than the hooks, so it began with D = 0. So did one that has the
 * number of another, which ended meanwhile; records do not say of which of the two they are.
 */
#include "reconcile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "counters.h"
#include "private.h"
#include "reader.h"
#include "spaces.h"

#define AGREEMENTS 3
#define PATIENCE_S 5 /* who has sent SIGINT waits */
/* Records come in the order in which they began; what an interrupt held up between that and its time is this late. */
#define DISORDER_NS 1000000
#define QUIET_NS 1000000000ULL /* nothing that happens takes as long on its way */

struct space *reconcile_space(const struct reconcile *reconcile, unsigned int i)
{
	return i < reconcile->spaces_count ? reconcile->spaces[i] : NULL;
}

static struct space *find(const struct reconcile *reconcile, uint32_t netns)
{
	struct space *space = reconcile->buckets[netns % BUCKETS];

	while (space && space->netns != netns)
		space = space->next;
	return space;
}

/* NULL: no memory, or too many. Counted, since what is seen there will be compared with nothing. */
static struct space *make(struct reconcile *reconcile, uint32_t netns)
{
	struct space **bucket = &reconcile->buckets[netns % BUCKETS];
	struct space *space;

	if (reconcile->spaces_count == reconcile->spaces_room) {
		unsigned int room = reconcile->spaces_room ? 2 * reconcile->spaces_room : 64;
		struct space **spaces = room > SPACES_MAX ? NULL :
							    realloc(reconcile->spaces, room * sizeof(*spaces));

		if (!spaces)
			return NULL;
		reconcile->spaces = spaces;
		reconcile->spaces_room = room;
	}
	space = calloc(1, sizeof(*space));
	if (!space)
		return NULL;
	space->netns = netns;
	space->err = -ENOENT;
	space->next = *bucket;
	*bucket = space;
	reconcile->spaces[reconcile->spaces_count++] = space;
	return space;
}

static bool is_wanted(const struct reconcile *reconcile, uint32_t netns)
{
	return !reconcile->netns || reconcile->netns == netns;
}

/* Knows all namespaces that can be found now. */
static int look_around(struct reconcile *reconcile)
{
	uint32_t *numbers;
	size_t count;
	int err = reader_find(reconcile->reader, &numbers, &count);

	if (err)
		return err;
	for (size_t i = 0; i < count; i++) {
		struct space *space = find(reconcile, numbers[i]);

		if (!is_wanted(reconcile, numbers[i]))
			continue;
		if (!space)
			space = make(reconcile, numbers[i]);
		if (space)
			space->err = 0;
		else
			reconcile->is_full = true;
	}
	free(numbers);
	return 0;
}

/* One reading. Records up to its time are still to come. */
static int take(struct reconcile *reconcile, struct space *space)
{
	struct reading *reading = &space->sample.reading;
	int err = reader_read(reconcile->reader, space->netns, reading);

	if (err)
		return err;
	space->err = reading->err;
	if (space->err)
		return 0;
	memcpy(space->sample.seen, space->seen, sizeof(space->seen));
	space->sample.is_blurred = false;
	space->sample.is_open = true;
	if (space->cookie && space->cookie != reading->cookie) {
		space->is_reused = true;
		memset(space->base.values, 0, sizeof(space->base.values));
	}
	space->cookie = reading->cookie;
	return 0;
}

/* Whether all records up to the readings of this round are in. In a storm there are always more: see a later one. */
static bool is_round_complete(const struct reconcile *reconcile, bool is_empty)
{
	const struct space *space;
	bool is_complete = true;

	for (unsigned int i = 0; !is_empty && (space = reconcile_space(reconcile, i)); i++)
		is_complete &= !space->sample.is_open ||
			       reconcile->latest_ns > space->sample.reading.after_ns + DISORDER_NS;
	return is_complete;
}

/* All records of a reading are in: does D agree with the one before? */
static void weigh(struct space *space, bool is_complete)
{
	const struct sample *sample = &space->sample;
	int64_t difference[COUNTER_IDS];
	bool is_same = space->agreements > 0;

	space->sample.is_open = false;
	if (sample->is_blurred || !is_complete)
		return;
	for (unsigned int i = 0; i < COUNTER_IDS; i++) {
		difference[i] = (int64_t)(sample->reading.values[i] - sample->seen[i]);
		is_same &= difference[i] == space->difference[i];
	}
	memcpy(space->difference, difference, sizeof(difference));
	space->agreements = is_same ? space->agreements + 1 : 1;
	if (space->latest_ns + QUIET_NS < sample->reading.before_ns)
		space->agreements = AGREEMENTS;
}

static time_t monotonic_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

/* Reads until every namespace has agreed with itself, or does not come to rest. */
static int settle(struct reconcile *reconcile)
{
	time_t end_s = monotonic_s() + PATIENCE_S;
	struct space *space;
	bool is_pending = true;

	for (unsigned int i = 0; (space = reconcile_space(reconcile, i)); i++)
		space->agreements = 0;
	while (is_pending && monotonic_s() < end_s) {
		bool is_complete;
		int err = 0;

		for (unsigned int i = 0; !err && (space = reconcile_space(reconcile, i)); i++) {
			if (!space->err && space->agreements < AGREEMENTS)
				err = take(reconcile, space);
		}
		if (err)
			return err;
		is_complete = is_round_complete(reconcile, !reconcile->host.drain(reconcile->host.context));
		is_pending = false;
		for (unsigned int i = 0; (space = reconcile_space(reconcile, i)); i++) {
			if (space->sample.is_open)
				weigh(space, is_complete);
			is_pending |= !space->err && space->agreements < AGREEMENTS;
		}
	}
	return 0;
}

int reconcile_begin(struct reconcile *reconcile, const struct reconcile_host *host)
{
	struct space *space;
	int err;

	reconcile->host = *host;
	err = look_around(reconcile);
	if (!err)
		err = settle(reconcile);
	if (err)
		return err;
	for (unsigned int i = 0; (space = reconcile_space(reconcile, i)); i++) {
		if (space->err)
			continue;
		space->is_unsettled = space->agreements < AGREEMENTS;
		memcpy(space->base.values, space->sample.reading.values, sizeof(space->base.values));
		memcpy(space->base.seen, space->sample.seen, sizeof(space->base.seen));
	}
	return 0;
}

static uint64_t weight_of(const struct incident *incident)
{
	return incident->count ? incident->count : 1;
}

/* Of several that were counted, the first may be inside and the last not. */
static void count_sample(struct sample *sample, const struct incident *incident, unsigned int i, uint64_t moves)
{
	uint64_t first_ns = incident->evidence.time_ns;
	uint64_t last_ns = incident->count ? incident->last_ns : first_ns;

	if (last_ns <= sample->reading.before_ns)
		sample->seen[i] += moves;
	else if (first_ns <= sample->reading.after_ns)
		sample->is_blurred = true;
}

void reconcile_observe(struct reconcile *reconcile, const struct incident *incident)
{
	static const uint8_t none[COUNTER_IDS];
	uint64_t weight = weight_of(incident);
	uint8_t moves[COUNTER_IDS];
	struct space *space;

	if (incident->evidence.time_ns > reconcile->latest_ns)
		reconcile->latest_ns = incident->evidence.time_ns;
	counters_moved_by(incident, moves);
	if (!memcmp(moves, none, sizeof(none)))
		return;
	space = find(reconcile, incident->evidence.tuple.netns);
	if (!space) {
		space = make(reconcile, incident->evidence.tuple.netns);
		reconcile->is_unknown_named = true;
	}
	if (!space) {
		reconcile->is_full = true;
		return;
	}
	if (incident->evidence.time_ns > space->latest_ns)
		space->latest_ns = incident->evidence.time_ns;
	for (unsigned int i = 0; i < COUNTER_IDS; i++) {
		if (!moves[i])
			continue;
		space->seen[i] += moves[i] * weight;
		if (space->sample.is_open)
			count_sample(&space->sample, incident, i, moves[i] * weight);
	}
}

int reconcile_step(struct reconcile *reconcile)
{
	struct space *space;
	int err;

	if (!reconcile->is_unknown_named)
		return 0;
	reconcile->is_unknown_named = false;
	err = look_around(reconcile);
	/* One reading, for its cookie. What cannot be found now, and is later, is another one. */
	for (unsigned int i = 0; !err && (space = reconcile_space(reconcile, i)); i++) {
		space->is_reused |= space->err && !space->cookie;
		if (space->err || space->cookie)
			continue;
		err = take(reconcile, space);
		space->sample.is_open = false;
	}
	return err;
}

int reconcile_end(struct reconcile *reconcile)
{
	struct space *space;
	int err = look_around(reconcile);

	if (!err)
		err = settle(reconcile);
	for (unsigned int i = 0; !err && (space = reconcile_space(reconcile, i)); i++)
		space->is_unsettled |= !space->err && space->agreements < AGREEMENTS;
	return err;
}

int reconcile_open(uint32_t netns, const char *path, struct reconcile **ret_reconcile, char *message, size_t size)
{
	struct reconcile *reconcile = calloc(1, sizeof(*reconcile));
	int err;

	if (!reconcile)
		return -ENOMEM;
	reconcile->netns = netns;
	err = reader_open(path, &reconcile->reader, message, size);
	if (err) {
		free(reconcile);
		return err;
	}
	*ret_reconcile = reconcile;
	return 0;
}

void reconcile_close(struct reconcile *reconcile)
{
	struct space *space;

	if (!reconcile)
		return;
	reader_close(reconcile->reader);
	for (unsigned int i = 0; (space = reconcile_space(reconcile, i)); i++)
		free(space);
	free(reconcile->spaces);
	free(reconcile);
}
