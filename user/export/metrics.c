/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* See metrics.h. */
#include "metrics.h"

#include <stddef.h>
#include <string.h>
#include <time.h>

#include "../explain/causes.h"
#include "../explain/fields.h"

#define OTHER 1u /* index of that name; 0 is the name of nobody */

const uint64_t metrics_bounds_ms[METRICS_BUCKETS] = {
	1,	10,	100,	1000,	 5000,	  15000,   30000,   60000,    120000,
	300000, 350000, 600000, 900000, 1800000, 3600000, 7200000, 43200000, 86400000,
};

static void names_init(struct metrics_names *names)
{
	strcpy(names->names[OTHER], "other");
	names->count = OTHER + 1;
}

static uint8_t name_index(struct metrics_names *names, const char *name)
{
	for (unsigned int i = 0; i < names->count; i++) {
		if (!strcmp(names->names[i], name))
			return i;
	}
	if (names->count == METRICS_NAMES || strlen(name) >= METRICS_NAME_BYTES)
		return OTHER;
	strcpy(names->names[names->count], name);
	return names->count++;
}

static const struct field *field_of(const char *path)
{
	unsigned int i = 0;

	while (!fields[i].path || strcmp(fields[i].path, path))
		i++; /* they are all there: see metrics_init() */
	return &fields[i];
}

static bool get(const struct field *field, const struct report *report, struct field_value *ret_value)
{
	*ret_value = (struct field_value){ 0 };
	return field->get(report, ret_value);
}

static const char *string_of(const struct field *field, const struct report *report, struct field_value *scratch)
{
	return get(field, report, scratch) ? scratch->string : "";
}

static bool is_same(const struct metrics_series *series, const struct metrics_series *other)
{
	return series->cause == other->cause && series->kind == other->kind && series->process == other->process &&
	       series->cgroup == other->cgroup;
}

/* FNV-1a; the cause is one of a table of constants, so its address stands for it. */
static unsigned int hash_of(const struct metrics_series *key)
{
	uintptr_t words[] = { (uintptr_t)key->cause, key->kind, key->process, key->cgroup };
	const unsigned char *bytes = (const unsigned char *)words;
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < sizeof(words); i++)
		hash = (hash ^ bytes[i]) * 16777619u;
	return hash;
}

/* The slot of that series, or the free one where it would stand. */
static uint16_t *slot_of(struct metrics *metrics, const struct metrics_series *key)
{
	unsigned int at = hash_of(key) % METRICS_SLOTS;

	while (metrics->slots[at] && !is_same(&metrics->series[metrics->slots[at] - 1], key))
		at = (at + 1) % METRICS_SLOTS;
	return &metrics->slots[at];
}

/* NULL: no room, which takes more causes than there are. */
static struct metrics_series *series_of(struct metrics *metrics, struct metrics_series key)
{
	uint16_t *slot = slot_of(metrics, &key);

	if (!*slot && metrics->series_count >= METRICS_OWN_SERIES) {
		key.process = key.cgroup = OTHER;
		slot = slot_of(metrics, &key);
	}
	if (!*slot && metrics->series_count == METRICS_SERIES)
		return NULL;
	if (!*slot) {
		metrics->series[metrics->series_count] = key;
		*slot = ++metrics->series_count;
	}
	return &metrics->series[*slot - 1];
}

static void observe(struct metrics_histogram *histogram, uint64_t value_ms)
{
	unsigned int bucket = 0;

	while (bucket < METRICS_BUCKETS && value_ms > metrics_bounds_ms[bucket])
		bucket++;
	histogram->counts[bucket]++;
	histogram->sum_ms += value_ms;
}

static void set_exemplar(struct metrics_exemplar *exemplar, const struct report *report)
{
	const struct evidence *ev = &report->incident->evidence;

	memcpy(exemplar->local, ev->tuple.local, sizeof(exemplar->local));
	memcpy(exemplar->peer, ev->tuple.peer, sizeof(exemplar->peer));
	exemplar->local_port = ev->tuple.local_port;
	exemplar->peer_port = ev->tuple.peer_port;
	exemplar->time_ns = (int64_t)report->incident->time_wall_ns;
}

void metrics_init(struct metrics *metrics, const char *kernel, const char *tier)
{
	struct timespec now;

	memset(metrics, 0, sizeof(*metrics));
	names_init(&metrics->processes);
	names_init(&metrics->cgroups);
	metrics->process = field_of("process.executable.name");
	metrics->cgroup = field_of("cgroup");
	metrics->count = field_of("count");
	metrics->age_ms = field_of("tcp.age_ms");
	metrics->idle_ms = field_of("tcp.idle_ms");
	snprintf(metrics->kernel, sizeof(metrics->kernel), "%s", kernel);
	snprintf(metrics->tier, sizeof(metrics->tier), "%s", tier);
	clock_gettime(CLOCK_REALTIME, &now);
	metrics->started = (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

void metrics_report(struct metrics *metrics, const struct report *report)
{
	struct field_value value;
	struct metrics_series key = { .cause = report->cause->slug, .kind = report->kind }, *series;
	uint64_t count = get(metrics->count, report, &value) ? (uint64_t)value.integer : 1;

	key.process = name_index(&metrics->processes, string_of(metrics->process, report, &value));
	key.cgroup = name_index(&metrics->cgroups, string_of(metrics->cgroup, report, &value));
	series = series_of(metrics, key);
	if (series) {
		series->count += count;
		set_exemplar(&series->exemplar, report);
	}
	metrics->certainties[report->certainty] += count;
	metrics->suppressed += report->count;
	metrics->unattributed += report->owner.source == OWNER_UNKNOWN ? count : 0;
	/* Of many deaths that stand in one report, one is known this well. */
	if (get(metrics->age_ms, report, &value))
		observe(&metrics->age[report->kind], (uint64_t)value.integer);
	if (get(metrics->idle_ms, report, &value))
		observe(&metrics->idle[report->kind], (uint64_t)value.integer);
}
