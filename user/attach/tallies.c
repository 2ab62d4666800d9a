/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* See tallies.h. The kernel's numbers only grow: what is remembered of each key is how much of it was told. */
#include "tallies.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "../../bpf/control.h"

#define SLOTS 16384 /* a power of two, several times as many as there can be keys */
#define IDLE_NS (60 * 1000000000ULL)

_Static_assert(SLOTS >= 2 * (VALVE_KEYS + VALVE_SPARE_KEYS), "most slots are free");

enum entry_use { ENTRY_FREE = 0, ENTRY_USED, ENTRY_DELETED };

struct entry {
	struct source_tally tally; /* not told yet */
	uint64_t sum; /* as the kernel has it */
	uint64_t last_ns;
	struct histograms *measured; /* what was told of them; NULL: nothing */
	bool is_spare; /* of the map without ports */
	enum entry_use use;
};

struct tallies {
	int fds[2];
	int histograms_fd; /* -1: none */
	int cpus;
	uint64_t sum;
	bool is_measured; /* .growth is of the tally that is being told */
	struct histograms growth;
	struct histograms now;
	struct valve_tally *values; /* of one key, one for each CPU */
	struct entry entries[SLOTS];
};

struct tallies *tallies_new(int fd, int spare_fd, int histograms_fd)
{
	struct tallies *tallies = calloc(1, sizeof(*tallies));

	if (!tallies)
		return NULL;
	tallies->fds[0] = fd;
	tallies->fds[1] = spare_fd;
	tallies->histograms_fd = histograms_fd;
	tallies->cpus = libbpf_num_possible_cpus();
	tallies->values = tallies->cpus > 0 ? calloc(tallies->cpus, sizeof(*tallies->values)) : NULL;
	if (!tallies->values) {
		free(tallies);
		return NULL;
	}
	return tallies;
}

static uint32_t hash(const struct valve_key *key)
{
	const unsigned char *at = (const unsigned char *)key;
	uint32_t value = 2166136261u;

	for (size_t i = 0; i < sizeof(*key); i++)
		value = (value ^ at[i]) * 16777619u; /* FNV-1a */
	return value;
}

/* NULL: every slot is taken, which cannot be. */
static struct entry *find_or_make(struct tallies *tallies, const struct valve_key *key, bool is_spare)
{
	uint32_t start = hash(key);
	struct entry *room = NULL;

	for (uint32_t i = 0; i < SLOTS; i++) {
		struct entry *entry = &tallies->entries[(start + i) % SLOTS];

		if (entry->use == ENTRY_USED && entry->is_spare == is_spare &&
		    !memcmp(&entry->tally.key, key, sizeof(*key)))
			return entry;
		if (entry->use != ENTRY_USED && !room)
			room = entry;
		if (entry->use == ENTRY_FREE)
			break;
	}
	if (!room)
		return NULL;
	memset(room, 0, sizeof(*room));
	room->use = ENTRY_USED;
	room->is_spare = is_spare;
	room->tally.key = *key;
	return room;
}

/* Adds up the CPUs. What was told before is no part of the time that is told now. */
static void take(struct tallies *tallies, struct entry *entry)
{
	uint64_t sum = 0, first_ns = UINT64_MAX, last_ns = 0, told_ns = entry->last_ns;

	for (int i = 0; i < tallies->cpus; i++) {
		const struct valve_tally *value = &tallies->values[i];

		sum += value->count;
		if (value->first_ns && value->first_ns < first_ns)
			first_ns = value->first_ns;
		if (value->last_ns > last_ns)
			last_ns = value->last_ns;
		if (!entry->tally.exemplar_ns)
			entry->tally.exemplar_ns = value->exemplar_ns;
	}
	if (sum == entry->sum)
		return;
	if (!entry->tally.count)
		entry->tally.first_ns = told_ns && told_ns < last_ns ? told_ns + 1 : first_ns;
	tallies->sum += sum - entry->sum;
	entry->tally.count += sum - entry->sum;
	entry->tally.last_ns = entry->last_ns = last_ns;
	entry->sum = sum;
}

/* A death that comes between the last look and this is lost: once a minute at most, of a key that was idle for one. */
static void forget_idle(const struct tallies *tallies, struct entry *entry, int fd, uint64_t now_ns)
{
	if (!entry->last_ns)
		entry->last_ns = now_ns; /* only its example has come */
	if (entry->tally.count || now_ns < entry->last_ns + IDLE_NS)
		return;
	bpf_map_delete_elem(fd, &entry->tally.key);
	if (tallies->histograms_fd >= 0)
		bpf_map_delete_elem(tallies->histograms_fd, &entry->tally.key);
	free(entry->measured);
	entry->measured = NULL;
	entry->use = ENTRY_DELETED;
}

static void read_map(struct tallies *tallies, bool is_spare, uint64_t now_ns)
{
	struct valve_key key, next;
	int fd = tallies->fds[is_spare];
	int err = bpf_map_get_next_key(fd, NULL, &next);

	for (unsigned int i = 0; !err && i < SLOTS; i++) {
		struct entry *entry;

		key = next;
		err = bpf_map_get_next_key(fd, &key, &next);
		if (bpf_map_lookup_elem(fd, &key, tallies->values))
			continue;
		entry = find_or_make(tallies, &key, is_spare);
		if (!entry)
			return;
		take(tallies, entry);
		forget_idle(tallies, entry, fd, now_ns);
	}
}

void tallies_read(struct tallies *tallies, uint64_t now_ns)
{
	read_map(tallies, false, now_ns);
	read_map(tallies, true, now_ns);
}

/* What the deaths of that key were measured by since it was told last; modulo 2^32, as the kernel counts. */
static void measure(struct tallies *tallies, struct entry *entry)
{
	const uint32_t *before = (const uint32_t *)entry->measured, *now = (const uint32_t *)&tallies->now;
	uint32_t *growth = (uint32_t *)&tallies->growth;

	tallies->is_measured = false;
	if (tallies->histograms_fd < 0)
		return;
	if (!entry->measured)
		before = (const uint32_t *)(entry->measured = calloc(1, sizeof(*entry->measured)));
	if (!before || bpf_map_lookup_elem(tallies->histograms_fd, &entry->tally.key, &tallies->now))
		return;
	for (size_t i = 0; i < sizeof(tallies->now) / sizeof(*now); i++)
		growth[i] = now[i] - before[i];
	tallies->is_measured = true;
}

static void is_told(struct tallies *tallies, struct entry *entry)
{
	entry->tally.count = 0;
	if (tallies->is_measured)
		*entry->measured = tallies->now;
}

int tallies_tell(struct tallies *tallies, source_tally_fn tell, void *context)
{
	for (unsigned int i = 0; i < SLOTS; i++) {
		struct entry *entry = &tallies->entries[i];
		int err;

		if (entry->use != ENTRY_USED || !entry->tally.count || !entry->tally.exemplar_ns)
			continue;
		measure(tallies, entry);
		err = tell(context, &entry->tally, NULL, 0);
		if (err != -EAGAIN)
			is_told(tallies, entry);
		tallies->is_measured = false;
		if (err && err != -EAGAIN)
			return err;
	}
	return 0;
}

const struct histograms *tallies_measured(const struct tallies *tallies)
{
	return tallies->is_measured ? &tallies->growth : NULL;
}

uint64_t tallies_untold(const struct tallies *tallies)
{
	uint64_t untold = 0;

	for (unsigned int i = 0; i < SLOTS; i++)
		untold += tallies->entries[i].use == ENTRY_USED ? tallies->entries[i].tally.count : 0;
	return untold;
}

uint64_t tallies_sum(const struct tallies *tallies)
{
	return tallies->sum;
}

void tallies_free(struct tallies *tallies)
{
	if (!tallies)
		return;
	for (unsigned int i = 0; i < SLOTS; i++)
		free(tallies->entries[i].measured);
	free(tallies->values);
	free(tallies);
}
