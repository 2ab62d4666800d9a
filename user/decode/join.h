/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Records into incidents: names for addresses and numbers, the part of the stack that belongs to the event, and what
 * earlier records told of the same port or connection. Memory is bounded: the oldest memory is forgotten first.
 */
#ifndef RSTTRACE_JOIN_H
#define RSTTRACE_JOIN_H

#include "incident.h"

struct join;

struct join_names {
	/* The function at an address, NULL when unknown. */
	const char *(*symbol)(void *context, uint64_t address);
	/* The kernel's reset reason of that number, NULL when it has none. */
	const char *(*reason)(void *context, int32_t number);
	/* The path of that task's cgroup, NULL when unknown. */
	const char *(*cgroup)(void *context, const struct ev_task *task);
	/* Who has the socket of that death open now: 1; 0: nobody; -EAGAIN: not known yet. NULL where there is no now
	 * (a recording). */
	int (*owner)(void *context, const struct evidence *ev, struct ev_task *ret_owner);
	void *context;
	/* The kernel's drop reason of that number, NULL when it has none; the function itself may be NULL. */
	const char *(*drop)(void *context, int32_t number);
	/* What stands at a frame of a program's stack; NULL when unknown. May be NULL itself. */
	const char *(*user_frame)(void *context, const struct ev_user_frame *frame);
};

enum join_result {
	JOIN_INCIDENT, /* a death: *ret_incident is filled */
	JOIN_REMEMBERED, /* no death by itself; it may explain a later one */
	JOIN_OWNER, /* whose socket it was that died before: the record's .sk and .task */
	JOIN_QUIET, /* *ret_incident is filled, but it is no death: only the kernel's counters hold it */
};

/* NULL without memory. wall_offset_ns: see struct source_info. */
struct join *join_new(const struct join_names *names, int64_t wall_offset_ns);
void join_set_clock(struct join *join, int64_t wall_offset_ns);
enum join_result join_record(struct join *join, const struct evidence_stacked *record, struct incident *ret_incident);
/* The program's own stack, as decode_user() gave it, into the incident of that record. */
void join_user(const struct join *join, const struct ev_user_frame *frames, unsigned int depth,
	       struct incident *incident);
/* `incident` is the example of `count` others, from the first to the last of that time; makes it these. */
void join_count(const struct join *join, struct incident *incident, uint64_t count, uint64_t first_ns,
		uint64_t last_ns);
/* Tells the join what became of an incident, for the ones that come after it. `cause` must live as long. */
void join_verdict(struct join *join, const struct incident *incident, const char *cause);
void join_free(struct join *join); /* NULL is fine */

#endif
