/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Holds the stages together; each of them is somewhere else. */
#include "pipeline.h"

#include <errno.h>
#include <inttypes.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decode/decode.h"
#include "explain/causes.h"
#include "explain/explain.h"
#include "filter.h"
#include "hold.h"
#include "outputs.h"
#include "tally.h"

/* So long after a death its owner is sought, where only the listener is known. */
#define SEEK_NS 300000000ULL

struct pipeline {
	const struct options *options;
	struct filter filter;
	struct join_names names;
	struct join *join;
	struct hold *hold;
	struct tally_store *tallies;
	uint64_t now_ns; /* of a release */
	struct outputs *outputs;
	struct pipeline_show show; /* .report NULL: none */
	struct pipeline_counts counts;
	pipeline_observe_fn observe; /* NULL: nobody does */
	void *observer;
	/* Scratch of pipeline_record(): too large for the stack of a signal-free, recursion-free path to care about,
	 * too small to allocate each time. */
	struct evidence_stacked record;
	struct incident incident;
};

/* What only the listener is known of belongs to whoever accepted it, and has it open or will close it. Not of deaths
 * that were counted: they are of many sockets. */
static bool is_sought(const struct pipeline *pipeline, const struct report *report)
{
	const struct evidence *ev = &report->incident->evidence;
	bool is_listeners = report->owner.source == OWNER_LISTENER || report->owner.source == OWNER_SHARED;

	/* A child of Fast Open that is still in its handshake has no beginning to know it by. */
	return pipeline->names.owner && !report->count && is_listeners && !report->is_nobodys &&
	       ev->flags & EV_SOCKET && !(ev->flags & EV_REQUEST) && ev->sock.state != TCP_LISTEN && ev->conn.opened_ns;
}

/* A socket that nobody has open was closed: the ring buffer tells by whom, before the next release. */
static bool waits(void *context, struct report *report)
{
	struct pipeline *pipeline = context;
	int found;

	if (!is_sought(pipeline, report) || pipeline->now_ns > report->incident->evidence.time_ns + SEEK_NS)
		return false;
	found = pipeline->names.owner(pipeline->names.context, &report->incident->evidence, &report->owner);
	report->is_nobodys = found == 0;
	return found <= 0;
}

/* A report's time has come. */
static int tell(void *context, struct report *report)
{
	struct pipeline *pipeline = context;
	struct pipeline_counts *counts = &pipeline->counts;
	struct ev_task *owner = &report->owner;
	uint64_t deaths = report->count ? report->count : 1;
	int err;

	if (is_sought(pipeline, report))
		pipeline->names.owner(pipeline->names.context, &report->incident->evidence, &report->owner);
	if (owner->source == OWNER_SHARED)
		*owner = (struct ev_task){ 0 }; /* one of several: better nobody than another one */
	if (owner->source != OWNER_UNKNOWN)
		report->cgroup = pipeline->names.cgroup(pipeline->names.context, owner);
	if (pipeline->options->count && counts->seen >= pipeline->options->count)
		return pipeline->observe ? 0 : -ECANCELED;
	if (!filter_wants(&pipeline->filter, report))
		return 0;
	explain_again(report);
	counts->seen += deaths;
	counts->kinds[report->kind] += deaths;
	counts->unknown += report->certainty == CERTAINTY_UNKNOWN ? deaths : 0;
	err = outputs_report(pipeline->outputs, report);
	if (!err && pipeline->show.report)
		err = pipeline->show.report(pipeline->show.context, report);
	if (!err && pipeline->options->count && counts->seen >= pipeline->options->count)
		err = -ECANCELED;
	return err;
}

int pipeline_open(const struct options *options, const struct join_names *names, const struct source_info *info,
		  const struct pipeline_show *show, struct pipeline **ret_pipeline, char *message, size_t size)
{
	struct pipeline *pipeline = calloc(1, sizeof(*pipeline));
	int err;

	if (!pipeline)
		return -ENOMEM;
	pipeline->options = options;
	pipeline->names = *names;
	if (show)
		pipeline->show = *show;
	pipeline->join = join_new(names, info->wall_offset_ns);
	pipeline->hold = hold_new(tell, waits, pipeline);
	pipeline->tallies = tally_new();
	if (!pipeline->join || !pipeline->hold || !pipeline->tallies)
		err = -ENOMEM;
	else
		err = filter_open(options, &pipeline->filter, message, size);
	if (!err)
		err = outputs_open(options, show ? NULL : stdout, &pipeline->outputs, message, size);
	if (err) {
		pipeline_close(pipeline);
		return err;
	}
	*ret_pipeline = pipeline;
	return 0;
}

void pipeline_observe(struct pipeline *pipeline, pipeline_observe_fn observe, void *context)
{
	pipeline->observe = observe;
	pipeline->observer = context;
}

void pipeline_set_clock(struct pipeline *pipeline, int64_t wall_offset_ns)
{
	join_set_clock(pipeline->join, wall_offset_ns);
}

static void observe(struct pipeline *pipeline)
{
	if (pipeline->observe)
		pipeline->observe(pipeline->observer, &pipeline->incident);
}

static int take_incident(struct pipeline *pipeline)
{
	struct report report;

	explain(&pipeline->incident, &report);
	join_verdict(pipeline->join, &pipeline->incident, report.cause->slug);
	if (report.certainty != CERTAINTY_UNKNOWN)
		observe(pipeline);
	return hold_put(pipeline->hold, &report);
}

int pipeline_record(void *context, const void *bytes, size_t size)
{
	struct pipeline *pipeline = context;
	const struct evidence *ev = &pipeline->record.evidence;
	struct ev_user_frame frames[EVIDENCE_USER_FRAMES];
	int err = decode_evidence(bytes, size, &pipeline->record);

	if (err)
		return err;
	if (ev->flags & EV_EXEMPLAR && tally_keep(pipeline->tallies, &pipeline->record))
		return -ENOMEM;
	switch (join_record(pipeline->join, &pipeline->record, &pipeline->incident)) {
	case JOIN_REMEMBERED:
		break;
	case JOIN_QUIET:
		observe(pipeline);
		break;
	case JOIN_OWNER:
		hold_owner(pipeline->hold, ev);
		break;
	case JOIN_INCIDENT:
		if (ev->detail.user_depth)
			join_user(pipeline->join, frames, decode_user(bytes, size, frames), &pipeline->incident);
		err = take_incident(pipeline);
		break;
	}
	return err;
}

/* The example as it was joined, now standing for others. Its record stays as it is. */
static enum join_result join_tally(struct pipeline *pipeline, const struct tally *tally)
{
	enum join_result result = join_record(pipeline->join, tally->exemplar, &pipeline->incident);

	if (tally->key.port)
		pipeline->incident.common_port =
			tally->key.facts & VALVE_PEER_PORT ? COMMON_PORT_PEER : COMMON_PORT_LOCAL;
	join_count(pipeline->join, &pipeline->incident, tally->count, tally->first_ns, tally->last_ns);
	return result;
}

static int tell_tally(void *context, const struct tally *tally)
{
	struct pipeline *pipeline = context;
	struct report report;

	if (join_tally(pipeline, tally) != JOIN_INCIDENT)
		return 0;
	explain(&pipeline->incident, &report);
	report.histograms = tally->histograms;
	return tell(pipeline, &report);
}

const struct evidence_stacked *pipeline_example(const struct pipeline *pipeline, const struct source_tally *tally)
{
	return tally_find(pipeline->tallies, tally);
}

/* The record of an example may be in another recording than the deaths. */
static int keep_example(struct pipeline *pipeline, const struct source_tally *counted, const void *bytes, size_t size)
{
	int err = decode_evidence(bytes, size, &pipeline->record);

	if (err || tally_find(pipeline->tallies, counted))
		return err;
	return tally_keep(pipeline->tallies, &pipeline->record);
}

int pipeline_tally(void *context, const struct source_tally *counted, const void *example, size_t size)
{
	struct pipeline *pipeline = context;
	struct tally tally = {
		.key = counted->key,
		.count = counted->count,
		.first_ns = counted->first_ns,
		.last_ns = counted->last_ns,
	};
	struct report report;
	int err = example ? keep_example(pipeline, counted, example, size) : 0;

	if (err)
		return err;
	tally.exemplar = tally_add(pipeline->tallies, counted);
	if (!tally.exemplar)
		return -EAGAIN;
	switch (join_tally(pipeline, &tally)) {
	case JOIN_QUIET:
		observe(pipeline);
		break;
	case JOIN_INCIDENT:
		explain(&pipeline->incident, &report);
		if (report.certainty != CERTAINTY_UNKNOWN)
			observe(pipeline);
		break;
	case JOIN_REMEMBERED:
	case JOIN_OWNER:
		break;
	}
	return 0;
}

int pipeline_measure(struct pipeline *pipeline, const struct source_tally *counted,
		     const struct histograms *histograms)
{
	return histograms ? tally_measure(pipeline->tallies, counted, histograms) : 0;
}

int pipeline_release(struct pipeline *pipeline, uint64_t now_ns)
{
	uint64_t before_ns = now_ns > HOLD_NS ? now_ns - HOLD_NS : 0;
	int err;

	pipeline->now_ns = now_ns;
	err = hold_release(pipeline->hold, before_ns);
	return err ? err : tally_release(pipeline->tallies, before_ns, tell_tally, pipeline);
}

int pipeline_end(struct pipeline *pipeline)
{
	int err = hold_release(pipeline->hold, UINT64_MAX);

	return err ? err : tally_release(pipeline->tallies, UINT64_MAX, tell_tally, pipeline);
}

const struct pipeline_counts *pipeline_counts(const struct pipeline *pipeline)
{
	return &pipeline->counts;
}

int pipeline_flush(struct pipeline *pipeline)
{
	return outputs_flush(pipeline->outputs);
}

int pipeline_close(struct pipeline *pipeline)
{
	int err;

	if (!pipeline)
		return 0;
	err = outputs_close(pipeline->outputs);
	hold_free(pipeline->hold);
	tally_free(pipeline->tallies);
	join_free(pipeline->join);
	free(pipeline);
	return err;
}

void pipeline_summary(const struct pipeline *pipeline, char *text, size_t size)
{
	const struct pipeline_counts *counts = &pipeline->counts;
	const char *separator = " (";
	size_t at;

	snprintf(text, size, "%" PRIu64 " death%s", counts->seen, counts->seen == 1 ? "" : "s");
	for (enum kind kind = 0; kind < KIND_MAX; kind++) {
		if (!counts->kinds[kind])
			continue;
		at = strlen(text);
		snprintf(text + at, size - at, "%s%" PRIu64 " %s", separator, counts->kinds[kind], kind_name(kind));
		separator = ", ";
	}
	at = strlen(text);
	snprintf(text + at, size - at, "%s, %" PRIu64 " unknown", counts->seen ? ")" : "", counts->unknown);
}
