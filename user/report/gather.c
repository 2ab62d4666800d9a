/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The facts of deaths that were gathered: how many, of how many different ones. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "story.h"

/* A value of a death that is counted by how many different ones there are; 0 = not known. */
typedef uint64_t (*value_fn)(const struct death *death);

static uint64_t mix(uint64_t value)
{
	value = (value ^ value >> 31) * 0x9e3779b97f4a7c15ULL;
	return value ^ value >> 29;
}

static uint64_t connection(const struct death *death)
{
	uint64_t value = mix((uintptr_t)death->local) ^ (uint64_t)death->local_port;

	return mix(mix(mix(value) ^ (uintptr_t)death->peer) ^ (uint64_t)death->peer_port);
}

static uint64_t text_value(const char *text)
{
	return *text ? (uintptr_t)text : 0;
}

static uint64_t number_value(int64_t number)
{
	return number == NOT_KNOWN ? 0 : (uint64_t)number + 1;
}

static uint64_t cause(const struct death *death)
{
	return text_value(death->cause);
}

static uint64_t process(const struct death *death)
{
	return text_value(death->process);
}

static uint64_t pid(const struct death *death)
{
	return number_value(death->pid);
}

static uint64_t peer(const struct death *death)
{
	return text_value(death->peer);
}

static uint64_t peer_port(const struct death *death)
{
	return number_value(death->peer_port);
}

static uint64_t local_port(const struct death *death)
{
	return number_value(death->local_port);
}

static const struct {
	enum story_fact fact;
	value_fn value;
} distincts[] = {
	{ STORY_CONNECTIONS, connection }, { STORY_CAUSES, cause },	     { STORY_PROCESSES, process },
	{ STORY_PIDS, pid },		   { STORY_PEERS, peer },	     { STORY_PEER_PORTS, peer_port },
	{ STORY_LOCAL_PORTS, local_port },
};

static int by_value(const void *a, const void *b)
{
	uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

	return (left > right) - (left < right);
}

static int64_t count_distinct(const struct death *const *deaths, size_t count, value_fn value, uint64_t *scratch)
{
	int64_t distinct = 0;

	for (size_t i = 0; i < count; i++)
		scratch[i] = value(deaths[i]);
	qsort(scratch, count, sizeof(*scratch), by_value);
	for (size_t i = 0; i < count; i++)
		distinct += scratch[i] && (!i || scratch[i] != scratch[i - 1]);
	return distinct;
}

/* The median, and how far from it nine of ten are at most. */
static void count_idle(struct story *story, const struct death *const *deaths, size_t count, uint64_t *scratch)
{
	size_t known = 0;
	uint64_t median, low, high;

	for (size_t i = 0; i < count; i++) {
		if (deaths[i]->idle_ms != NOT_KNOWN)
			scratch[known++] = deaths[i]->idle_ms;
	}
	story->facts[STORY_IDLE_SPREAD] = 100;
	if (known < count || !known)
		return;
	qsort(scratch, known, sizeof(*scratch), by_value);
	median = scratch[known / 2];
	low = median - scratch[known / 20];
	high = scratch[known - 1 - known / 20] - median;
	story->facts[STORY_IDLE_MS] = median;
	if (median)
		story->facts[STORY_IDLE_SPREAD] = (int64_t)(100 * (low > high ? low : high) / median);
}

static bool was_open(const struct death *death)
{
	return family_of(death->cause) != FAMILY_UNCONNECTED;
}

int story_count(struct story *story, const struct death *const *deaths, size_t count)
{
	uint64_t *scratch = calloc(count, sizeof(*scratch));

	if (!scratch)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		story->facts[STORY_DEATHS] += deaths[i]->count;
		story->facts[STORY_OPEN] += was_open(deaths[i]);
	}
	for (size_t i = 0; i < sizeof(distincts) / sizeof(*distincts); i++)
		story->facts[distincts[i].fact] = count_distinct(deaths, count, distincts[i].value, scratch);
	count_idle(story, deaths, count, scratch);
	story->facts[STORY_LASTED_MS] = (story->to_ns - story->from_ns) / 1000000;
	free(scratch);
	return 0;
}
