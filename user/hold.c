/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* See hold.h. A ring of reports, and a table that finds the other end of a connection: direct-mapped, since a pair
 * that is missed for a collision costs a clause in a sentence, and a search would cost every death in a storm. */
#include "hold.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explain/causes.h"

#define HELD_MAX 512
#define ENDS_MAX 4096 /* a power of two */
#define PAIR_NS 1000000000ULL /* the two ends of one death are never further apart */

struct held {
	struct incident incident;
	struct report report;
	uint64_t other; /* serial of the other end's; 0 = not known */
};

/* One end that died lately, told already or not. */
struct end {
	struct ev_tuple tuple;
	uint64_t time_ns;
	uint64_t serial; /* of its report, counted from 1; 0 = none */
	enum kind kind;
	struct peer_end seen_from_peer; /* what the other end's report says of it */
};

struct hold {
	hold_release_fn release;
	hold_wait_fn waits;
	void *context;
	uint64_t first, next; /* serials: first is the oldest held, next the one to come */
	struct held ring[HELD_MAX];
	struct end ends[ENDS_MAX];
};

struct hold *hold_new(hold_release_fn release, hold_wait_fn waits, void *context)
{
	struct hold *hold = calloc(1, sizeof(*hold));

	if (!hold)
		return NULL;
	hold->release = release;
	hold->waits = waits;
	hold->context = context;
	hold->first = hold->next = 1;
	return hold;
}

static struct held *held_at(struct hold *hold, uint64_t serial)
{
	return serial >= hold->first && serial < hold->next ? &hold->ring[serial % HELD_MAX] : NULL;
}

static uint32_t mix(uint32_t hash, const void *bytes, size_t size)
{
	const unsigned char *at = bytes;

	for (size_t i = 0; i < size; i++)
		hash = (hash ^ at[i]) * 16777619u; /* FNV-1a */
	return hash;
}

/* The same for both ends. */
static struct end *slot_of(struct hold *hold, const struct ev_tuple *tuple)
{
	uint32_t local = mix(mix(2166136261u, tuple->local, 16), &tuple->local_port, 2);
	uint32_t peer = mix(mix(2166136261u, tuple->peer, 16), &tuple->peer_port, 2);
	uint32_t hash = local + peer;

	return &hold->ends[(hash ^ hash >> 12) % ENDS_MAX];
}

static bool is_mirrored(const struct ev_tuple *a, const struct ev_tuple *b)
{
	return a->local_port == b->peer_port && a->peer_port == b->local_port &&
	       !memcmp(a->local, b->peer, sizeof(a->local)) && !memcmp(a->peer, b->local, sizeof(a->peer));
}

/* One sends the reset that the other receives. */
static bool is_pair(enum kind a, enum kind b)
{
	bool is_received = a == KIND_RST_RECEIVED || b == KIND_RST_RECEIVED;

	return is_received && (a == KIND_RST_SENT || b == KIND_RST_SENT);
}

/* For the other end: one of several is nobody. */
static struct ev_task owner_of(const struct report *report)
{
	return report->owner.source == OWNER_SHARED ? (struct ev_task){ 0 } : report->owner;
}

static void describe(struct end *end, const struct report *report, uint64_t serial)
{
	const struct evidence *ev = &report->incident->evidence;

	end->tuple = ev->tuple;
	end->time_ns = ev->time_ns;
	end->serial = serial;
	end->kind = report->kind;
	end->seen_from_peer = (struct peer_end){
		.cause = report->cause,
		.certainty = report->certainty,
		.owner = owner_of(report),
		.netns = ev->tuple.netns,
	};
	snprintf(end->seen_from_peer.why, sizeof(end->seen_from_peer.why), "%.*s",
		 (int)sizeof(end->seen_from_peer.why) - 1, report->why);
}

static void pair(struct hold *hold, struct report *report, uint64_t serial)
{
	const struct evidence *ev = &report->incident->evidence;
	struct end *end = slot_of(hold, &ev->tuple);
	struct held *other;
	uint64_t apart;

	apart = ev->time_ns > end->time_ns ? ev->time_ns - end->time_ns : end->time_ns - ev->time_ns;
	if (end->serial && apart < PAIR_NS && is_mirrored(&end->tuple, &ev->tuple) &&
	    is_pair(end->kind, report->kind)) {
		report->peer = end->seen_from_peer;
		held_at(hold, serial)->other = end->serial;
		other = held_at(hold, end->serial);
		describe(end, report, serial);
		if (other) {
			other->report.peer = end->seen_from_peer;
			other->other = serial;
		}
		return;
	}
	describe(end, report, serial);
}

/* Who the other end was may have been found since the two were paired. */
static int release_oldest(struct hold *hold)
{
	struct held *held = held_at(hold, hold->first), *other = held_at(hold, held->other);
	int err;

	if (other)
		held->report.peer.owner = owner_of(&other->report);
	hold->first++;
	err = hold->release(hold->context, &held->report);
	if (other)
		other->report.peer.owner = owner_of(&held->report);
	return err;
}

int hold_put(struct hold *hold, const struct report *report)
{
	struct held *held;
	int err = 0;

	if (hold->next - hold->first == HELD_MAX)
		err = release_oldest(hold);
	held = &hold->ring[hold->next % HELD_MAX];
	held->incident = *report->incident;
	held->report = *report;
	held->report.incident = &held->incident;
	held->other = 0;
	hold->next++;
	if (report->kind == KIND_RST_SENT || report->kind == KIND_RST_RECEIVED)
		pair(hold, &held->report, hold->next - 1);
	return err;
}

/* An address is used again, and a recording from before that says no more. */
static bool is_same_socket(const struct evidence *death, const struct evidence *closed)
{
	return death->sk == closed->sk &&
	       (!closed->conn.opened_ns || death->conn.opened_ns == closed->conn.opened_ns);
}

void hold_owner(struct hold *hold, const struct evidence *closed)
{
	struct held *held;

	for (uint64_t serial = hold->next; serial-- > hold->first;) {
		held = held_at(hold, serial);
		if (!is_same_socket(&held->incident.evidence, closed))
			continue;
		if (held->report.owner.source == OWNER_SYSCALL)
			return;
		held->report.owner = closed->task;
		held->report.owner.source = OWNER_SYSCALL;
		return;
	}
}

static bool is_due(struct hold *hold, struct held *held, uint64_t before_ns)
{
	struct held *other = held_at(hold, held->other);

	return before_ns == UINT64_MAX ||
	       (held->incident.evidence.time_ns < before_ns && !hold->waits(hold->context, &held->report) &&
		!(other && hold->waits(hold->context, &other->report)));
}

int hold_release(struct hold *hold, uint64_t before_ns)
{
	int err = 0;

	while (!err && hold->first < hold->next && is_due(hold, held_at(hold, hold->first), before_ns))
		err = release_oldest(hold);
	return err;
}

void hold_free(struct hold *hold)
{
	free(hold);
}
