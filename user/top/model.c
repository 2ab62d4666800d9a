/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* See model.h. Tables are searched from end to end: they are small, and that costs less than a report does. */
#include "model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../sinks/wording.h"
#include "../util/text.h"

struct model *model_new(void)
{
	return calloc(1, sizeof(struct model));
}

void model_clear(struct model *model)
{
	memset(model, 0, sizeof(*model));
}

void model_advance(struct model *model, uint64_t now_ns)
{
	if (!model->begin_ns)
		model->begin_ns = now_ns;
	if (now_ns > model->now_ns)
		model->now_ns = now_ns;
}

bool process_equals(const struct process *a, const struct process *b)
{
	return a->pid == b->pid && a->is_former == b->is_former &&
	       !memcmp(a->comm, b->comm, sizeof(a->comm));
}

void program_text(const struct process *process, char *text, size_t size)
{
	char comm[4 * EVIDENCE_COMM_BYTES + 1] = "no process";

	if (process->pid)
		text_printable(comm, sizeof(comm), process->comm, sizeof(process->comm));
	snprintf(text, size, process->is_former || !process->pid ? "(%s)" : "%s", comm);
}

void process_text(const struct process *process, char *text, size_t size)
{
	char comm[4 * EVIDENCE_COMM_BYTES + 1];

	if (!process->pid) {
		program_text(process, text, size);
		return;
	}
	text_printable(comm, sizeof(comm), process->comm, sizeof(process->comm));
	snprintf(text, size, process->is_former ? "(%s[%u])" : "%s[%u]", comm, process->pid);
}

static struct process process_of(const struct report *report)
{
	bool is_former;
	const struct ev_task *task = wording_task(report, &is_former);
	struct process process = { 0 };

	if (!task || !task->pid)
		return process;
	process.pid = task->pid;
	process.is_former = is_former;
	snprintf(process.comm, sizeof(process.comm), "%.*s", (int)sizeof(task->comm), task->comm);
	return process;
}

static uint32_t mix(uint32_t hash, const void *bytes, size_t size)
{
	const unsigned char *at = bytes;

	for (size_t i = 0; i < size; i++)
		hash = (hash ^ at[i]) * 16777619u; /* FNV-1a */
	return hash;
}

static uint32_t pair_hash(const struct process *process, const struct report *report)
{
	uint32_t hash = mix(2166136261u, process->comm, sizeof(process->comm));

	hash = mix(hash, &process->pid, sizeof(process->pid));
	hash = mix(hash, &report->cause, sizeof(report->cause));
	return hash ^ report->kind;
}

static unsigned int drop_oldest(struct pair *pair)
{
	unsigned int place = pair->places[pair->first_place];

	pair->first_place = (pair->first_place + 1) % DEATHS_PER_PAIR;
	pair->places_count--;
	return place;
}

/* Makes room by letting go of the pair that was quiet for longest. */
static unsigned int forget_pair(struct model *model)
{
	unsigned int oldest = 0;

	for (unsigned int i = 1; i < PAIRS_MAX; i++) {
		if (model->pairs[i].last_ns < model->pairs[oldest].last_ns)
			oldest = i;
	}
	while (model->pairs[oldest].places_count)
		model->keys[drop_oldest(&model->pairs[oldest])].serial = 0;
	model->forgotten += model->pairs[oldest].deaths;
	return oldest;
}

static unsigned int find_pair(struct model *model, const struct process *process,
			      const struct report *report)
{
	uint32_t hash = pair_hash(process, report);
	unsigned int slot;

	for (unsigned int i = 0; i < model->pairs_count; i++) {
		const struct pair *pair = &model->pairs[i];

		if (model->pair_hashes[i] == hash && pair->cause == report->cause &&
		    pair->kind == report->kind && process_equals(&pair->process, process))
			return i;
	}
	slot = model->pairs_count < PAIRS_MAX ? model->pairs_count++ : forget_pair(model);
	model->pair_hashes[slot] = hash;
	model->pairs[slot] = (struct pair){
		.cause = report->cause,
		.kind = report->kind,
		.process = *process,
	};
	return slot;
}

/* A free place, or that of the oldest death of all. */
static unsigned int find_place(struct model *model)
{
	unsigned int oldest = 0;

	for (unsigned int i = 1; i < DEATHS_MAX; i++) {
		if (model->keys[i].serial < model->keys[oldest].serial)
			oldest = i;
	}
	/* Its pair has none that is older. */
	return model->keys[oldest].serial ? drop_oldest(&model->pairs[model->keys[oldest].pair]) : oldest;
}

/* Where the next death of that pair is to be kept: a pair that has its share lets go of its own oldest. */
static unsigned int take_place(struct model *model, unsigned int slot)
{
	struct pair *pair = &model->pairs[slot];
	unsigned int place = pair->places_count == DEATHS_PER_PAIR ? drop_oldest(pair) : find_place(model);

	pair->places[(pair->first_place + pair->places_count++) % DEATHS_PER_PAIR] = (uint16_t)place;
	model->keys[place] = (struct death_key){ ++model->serial, slot };
	return place;
}

/* The names belong to a cache that goes on without us. */
static void keep_program(struct death *death, const struct incident *incident)
{
	size_t used = 0;

	for (unsigned int i = 0; i < incident->user_depth; i++) {
		const char *name = incident->user_frames[i];
		size_t bytes = name ? strlen(name) + 1 : 0;

		death->user_frames[i] = 0;
		death->incident.user_frames[i] = NULL;
		if (!name || bytes > sizeof(death->program) - used)
			continue;
		memcpy(death->program + used, name, bytes);
		death->user_frames[i] = used + 1;
		used += bytes;
	}
}

static void keep(struct model *model, unsigned int pair, const struct report *report)
{
	struct death *death = &model->kept[take_place(model, pair)];

	death->report = *report;
	death->incident = *report->incident;
	snprintf(death->cgroup, sizeof(death->cgroup), "%s", report->cgroup ? report->cgroup : "");
	keep_program(death, report->incident);
	death->report.incident = NULL;
	death->report.cgroup = NULL;
}

void death_report(const struct death *death, struct death_report *ret_report)
{
	ret_report->report = death->report;
	ret_report->incident = death->incident;
	ret_report->report.incident = &ret_report->incident;
	ret_report->report.cgroup = death->cgroup[0] ? death->cgroup : NULL;
	for (unsigned int i = 0; i < death->incident.user_depth; i++) {
		unsigned int at = death->user_frames[i];

		ret_report->incident.user_frames[i] = at ? death->program + at - 1 : NULL;
	}
}

void model_add(struct model *model, const struct report *report)
{
	uint64_t time_ns = report->incident->evidence.time_ns, second = model_second(time_ns);
	uint64_t count = report->count ? report->count : 1;
	struct process process = process_of(report);
	unsigned int slot = find_pair(model, &process, report);
	struct pair *pair = &model->pairs[slot];

	model_advance(model, time_ns);
	pair->deaths += count;
	pair->last_ns = time_ns > pair->last_ns ? time_ns : pair->last_ns;
	history_add(&pair->history, second, count);
	model->deaths += count;
	model->unknown += report->certainty == CERTAINTY_UNKNOWN ? count : 0;
	model->kinds[report->kind] += count;
	history_add(&model->history, second, count);
	history_add(&model->kind_histories[report->kind], second, count);
	keep(model, slot, report);
}
