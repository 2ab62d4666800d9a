/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The flight recorder's database: incidents go in, the oldest leave, and whatever happens to the machine, what was
 * committed is there.
 *
 * Reports are gathered in a transaction that is committed after a second, or when it is large. Where writing fails, for
 * want of room or because somebody else has the database locked, recording pauses: what comes meanwhile is counted, and
 * kept as a gap when writing goes on.
 */
#ifndef RSTTRACE_STORE_H
#define RSTTRACE_STORE_H

#include "../explain/report.h"

#define STORE_SIZE_MIN (4u << 20)

struct store;

struct store_options {
	const char *path;
	uint64_t keep_ns; /* 0 = for ever */
	uint64_t max_bytes; /* of the database and its log together; at least STORE_SIZE_MIN */
};

/* This run of the recorder. */
struct store_session {
	const char *boot_id;
	const char *host;
	const char *kernel;
	const char *machine;
	const char *tier;
	const char *command;
	uint32_t netns;
};

/* Two clocks, as they are at a call. */
struct store_time {
	int64_t wall_ns;
	int64_t monotonic_ms;
};

struct store_counts {
	uint64_t kept, kept_deaths; /* incidents committed, and the deaths that they stand for */
	uint64_t missed, missed_deaths; /* those that could not be kept */
	uint64_t left; /* incidents that left by age or size */
};

/* Makes the database and its folder where there are none. 0, or a negative errno with a sentence in message[size]. */
int store_open(const struct store_options *options, struct store_time now, struct store **ret_store, char *message,
	       size_t size);
/* Before the first report. Errors as store_open(). */
int store_begin(struct store *store, const struct store_session *session, struct store_time now, char *message,
		size_t size);
void store_report(struct store *store, const struct report *report, struct store_time now);
/* A sysctl: kept where its value is another than the last one. NULL: there is none of that name. */
void store_setting(struct store *store, const char *name, const char *value, struct store_time now);
/* To be called several times a second: commits, lets the oldest leave, tries again after a pause. `lost`: records that
 * did not reach user space. Puts a sentence into message[size] when a pause begins or ends, else "". 0, or a negative
 * errno when there is no sense in going on. */
int store_step(struct store *store, struct store_time now, uint64_t lost, char *message, size_t size);
void store_count(const struct store *store, struct store_counts *ret_counts);
/* Commits, notes that this session has ended, and closes. 0, or a negative errno when that could not be written. */
int store_close(struct store *store, struct store_time now, struct store_counts *ret_counts);

#endif
