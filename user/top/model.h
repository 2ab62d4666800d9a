/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What has died, by process and cause, as far as memory that is fixed allows: when there is no room for a new pair of
 * the two, the one that was quiet for longest goes, and what it counted is `forgotten`, never silently less.
 *
 * Times are CLOCK_BOOTTIME nanoseconds. No pointer in a model leads into it: copying its bytes makes another one.
 */
#ifndef RSTTRACE_MODEL_H
#define RSTTRACE_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include "../explain/report.h"
#include "history.h"

#define PAIRS_MAX 2048
#define DEATHS_MAX 1024 /* kept with their evidence, some 5 KB each */
#define DEATHS_PER_PAIR 16 /* so that the many do not push out the rare */
#define CGROUP_BYTES 256
#define PROGRAM_BYTES 1024 /* names in a program's own stack */

struct process {
	uint32_t pid; /* 0: nobody, or nobody known */
	bool is_former; /* it had the socket or port before, and has gone or let go of it */
	char comm[EVIDENCE_COMM_BYTES];
};

/* One process and one cause of its connections' deaths. */
struct pair {
	const struct cause *cause;
	enum kind kind;
	struct process process;
	uint64_t deaths;
	uint64_t last_ns;
	struct history history;
	/* Where its last deaths are kept: a ring, the oldest first. */
	uint16_t places[DEATHS_PER_PAIR];
	unsigned int first_place, places_count;
};

/* A copy of a report that needs nothing else to live: see death_report(). */
struct death {
	struct report report;
	struct incident incident;
	char cgroup[CGROUP_BYTES];
	uint16_t user_frames
		[EVIDENCE_USER_FRAMES]; /* where each begins in `program`, 1 up; 0 = not resolved */
	char program[PROGRAM_BYTES];
};

/* What is searched of the deaths, apart from them. */
struct death_key {
	uint64_t serial; /* counts up; 0: this place is free */
	unsigned int pair;
};

struct model {
	uint64_t begin_ns, now_ns; /* 0: not begun */
	uint64_t deaths, unknown;
	uint64_t forgotten; /* deaths of pairs that there is no room for */
	uint64_t kinds[KIND_MAX];
	struct history history, kind_histories[KIND_MAX];
	uint64_t serial; /* of the newest death */
	unsigned int pairs_count;
	uint32_t pair_hashes[PAIRS_MAX];
	struct pair pairs[PAIRS_MAX];
	struct death_key keys[DEATHS_MAX];
	struct death kept[DEATHS_MAX]; /* in the same places */
};

struct model *model_new(void); /* NULL without memory; free() ends it */
/* Nothing has happened; it begins anew with the next time that it is told of. */
void model_clear(struct model *model);
/* Time goes on; never back. The first time is when it begins. */
void model_advance(struct model *model, uint64_t now_ns);
void model_add(struct model *model, const struct report *report);

/* The second that a time is in. */
static inline uint64_t model_second(uint64_t time_ns)
{
	return time_ns / 1000000000;
}

/* A death as a sink receives it. It points into the model. */
struct death_report {
	struct report report;
	struct incident incident;
};
void death_report(const struct death *death, struct death_report *ret_report);

bool process_equals(const struct process *a, const struct process *b);
/* "nginx[2211]", "(redis[988])", "(no process)"; safe to print. */
void process_text(const struct process *process, char *text, size_t size);
/* "nginx", "(redis)", "(no process)" */
void program_text(const struct process *process, char *text, size_t size);

#endif
