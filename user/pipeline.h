/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The way of an event after its source: decode, join, explain, filter, sinks. The only file that sees all of them. */
#ifndef RSTTRACE_PIPELINE_H
#define RSTTRACE_PIPELINE_H

#include "attach/source.h"
#include "cli.h"
#include "decode/join.h"

struct pipeline;

/* Sees every incident that a cause was found for, before the filters, and those that are no death but that the kernel
 * counts as one. */
typedef void (*pipeline_observe_fn)(void *context, const struct incident *incident);

/* Takes the place of stdout: gets every report that passes the filters. 0 or a negative errno. */
struct pipeline_show {
	int (*report)(void *context, const struct report *report);
	void *context;
};

struct pipeline_counts {
	uint64_t seen; /* deaths that passed the filters */
	uint64_t kinds[KIND_MAX];
	uint64_t unknown;
};

/* Opens the outputs; `show`: NULL = none. 0, or a negative errno with a sentence in message[size]. */
int pipeline_open(const struct options *options, const struct join_names *names, const struct source_info *info,
		  const struct pipeline_show *show, struct pipeline **ret_pipeline, char *message, size_t size);
/* From now on; until the end even when --count is reached, so that nothing is missing from what is observed. */
void pipeline_observe(struct pipeline *pipeline, pipeline_observe_fn observe, void *context);
/* CLOCK_REALTIME - CLOCK_BOOTTIME for what comes from now on: somebody has set the clock. */
void pipeline_set_clock(struct pipeline *pipeline, int64_t wall_offset_ns);
/* A source_record_fn; context is the pipeline. -EBADMSG: not a record; -EPIPE: the reader of an output has gone;
 * -ECANCELED: --count is reached; else an output's negative errno. */
int pipeline_record(void *pipeline, const void *bytes, size_t size);
/* So many more like a record that came before, or like `example`: told after it, as one line. -EAGAIN: it has not come;
 * else errors as pipeline_record(). A source_tally_fn. */
int pipeline_tally(void *pipeline, const struct source_tally *tally, const void *example, size_t size);
/* How the deaths of a tally that was taken were measured; NULL: they were not. 0 or -ENOMEM. */
int pipeline_measure(struct pipeline *pipeline, const struct source_tally *tally, const struct histograms *histograms);
/* The record that those are judged by; NULL: it has not come. */
const struct evidence_stacked *pipeline_example(const struct pipeline *pipeline, const struct source_tally *tally);
/* Tells what has waited long enough at that time (CLOCK_BOOTTIME); errors as pipeline_record(). */
int pipeline_release(struct pipeline *pipeline, uint64_t now_ns);
/* Tells everything that waits: there will be no more records. */
int pipeline_end(struct pipeline *pipeline);
const struct pipeline_counts *pipeline_counts(const struct pipeline *pipeline);
/* Writes what is buffered; 0 or the negative errno of a write that failed. */
int pipeline_flush(struct pipeline *pipeline);
/* As pipeline_flush(), and closes. NULL is fine. */
int pipeline_close(struct pipeline *pipeline);
/* "12 deaths (7 rst-sent, 5 rst-received), 1 unknown" */
void pipeline_summary(const struct pipeline *pipeline, char *text, size_t size);

#endif
