/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What reconcile.c keeps and report.c prints. */
#ifndef RSTTRACE_RECONCILE_PRIVATE_H
#define RSTTRACE_RECONCILE_PRIVATE_H

#include "counters.h"
#include "reader.h"
#include "reconcile.h"

#define BUCKETS 1024

struct sample {
	struct reading reading;
	uint64_t seen[COUNTER_IDS]; /* records up to reading.before_ns */
	bool is_blurred; /* a record fell into the reading: whether it is counted there is not known */
	bool is_open; /* its records are still coming in */
};

struct space {
	uint32_t netns;
	int32_t err; /* of the last reading */
	uint64_t cookie;
	bool is_reused; /* the number went to another namespace meanwhile, which .base is of */
	bool is_unsettled;
	uint64_t latest_ns; /* time of the latest record of it */
	unsigned int agreements; /* readings in a row with the same .difference */
	int64_t difference[COUNTER_IDS];
	uint64_t seen[COUNTER_IDS];
	struct sample sample; /* the last one: of the end, when that has come */
	struct {
		uint64_t values[COUNTER_IDS];
		uint64_t seen[COUNTER_IDS];
	} base; /* zero for those found later */
	struct space *next; /* in its bucket */
};

struct reconcile {
	struct reader *reader;
	struct reconcile_host host;
	uint32_t netns;
	uint64_t latest_ns; /* time of the latest record of all */
	bool is_unknown_named; /* a record named a namespace that is not known */
	bool is_full; /* there were more namespaces than could be kept */
	struct space **spaces;
	unsigned int spaces_count;
	unsigned int spaces_room;
	struct space *buckets[BUCKETS];
};

/* NULL past the last. */
struct space *reconcile_space(const struct reconcile *reconcile, unsigned int i);

#endif
