/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Deaths as numbers: what a scrape reads.
 *
 * However many names processes give themselves, there are at most METRICS_SERIES series: the first METRICS_NAMES of
 * processes and of cgroups have their own, the rest is `other`. A series never goes away, as rates need.
 */
#ifndef RSTTRACE_METRICS_H
#define RSTTRACE_METRICS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "../explain/fields.h"

#define METRICS_NAMES 64 /* with "" (not known) and "other" */
#define METRICS_NAME_BYTES 192 /* longer ones are `other`, too */
#define METRICS_SERIES 2048
#define METRICS_OWN_SERIES 1536 /* the rest is kept for those of `other` */
#define METRICS_SLOTS 4096 /* of the hash table: a power of two, twice the series */
#define METRICS_BUCKETS 18
#define METRICS_SENDINGS 2

struct metrics_names {
	char names[METRICS_NAMES][METRICS_NAME_BYTES];
	unsigned int count;
};

/* The last death of a series. */
struct metrics_exemplar {
	uint8_t local[16], peer[16];
	uint16_t local_port, peer_port;
	int64_t time_ns;
};

struct metrics_series {
	const char *cause;
	uint8_t kind, process, cgroup; /* the latter index the names */
	uint64_t count;
	struct metrics_exemplar exemplar;
};

/* What became of incidents that a server is to get. */
struct metrics_sending {
	const char *server; /* NULL: there is none */
	uint64_t sent, waiting, dropped;
};

struct metrics_histogram {
	uint64_t counts[METRICS_BUCKETS + 1]; /* not cumulative; the last is +Inf */
	uint64_t sum_ms;
};

/* Points to nothing but what is constant: a copy of it is as good. */
struct metrics {
	const struct field *process, *cgroup, *count, *age_ms, *idle_ms; /* where these come from */
	struct metrics_names processes, cgroups;
	struct metrics_series series[METRICS_SERIES];
	unsigned int series_count;
	uint16_t slots[METRICS_SLOTS]; /* 0 = free, else the index of a series + 1 */
	struct metrics_histogram age[KIND_MAX], idle[KIND_MAX];
	uint64_t certainties[CERTAINTY_MAX];
	uint64_t unattributed, suppressed;
	struct metrics_sending sendings[METRICS_SENDINGS];
	uint64_t lost;
	char kernel[64], tier[16];
	double started; /* seconds since the epoch */
};

/* Where histograms divide, in milliseconds: the usual timeouts of applications and of what stands between them. */
extern const uint64_t metrics_bounds_ms[METRICS_BUCKETS];

void metrics_init(struct metrics *metrics, const char *kernel, const char *tier);
void metrics_report(struct metrics *metrics, const struct report *report);

/* exposition.c: OpenMetrics 1.0 or, for who does not ask for that, Prometheus' text format 0.0.4, which has no
 * exemplars. What cannot be written is seen in ferror(out). */
void metrics_write(const struct metrics *metrics, bool is_openmetrics, FILE *out);

#endif
