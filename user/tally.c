/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* See tally.h. Examples are few: one for each key and CPU of a storm. They are found by their time, which no other
 * record of that hook has. */
#include "tally.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define BUCKETS 4096
#define KEPT_NS (180 * 1000000000ULL) /* the kernel side forgets a key that is idle for a minute */

struct example {
	struct example *next; /* in its bucket */
	uint64_t used_ns;
	uint64_t count, first_ns, last_ns; /* to be told */
	struct histograms *histograms; /* of these; NULL: never measured */
	struct valve_key key;
	struct evidence_stacked record;
};

struct tally_store {
	struct example *buckets[BUCKETS];
	uint64_t cleaned_ns;
};

struct tally_store *tally_new(void)
{
	return calloc(1, sizeof(struct tally_store));
}

static unsigned int bucket_of(uint64_t time_ns)
{
	return (time_ns ^ time_ns >> 12 ^ time_ns >> 24) % BUCKETS;
}

int tally_keep(struct tally_store *store, const struct evidence_stacked *record)
{
	struct example **bucket = &store->buckets[bucket_of(record->evidence.time_ns)];
	struct example *example = calloc(1, sizeof(*example));

	if (!example)
		return -ENOMEM;
	example->record = *record;
	example->used_ns = record->evidence.time_ns;
	example->next = *bucket;
	*bucket = example;
	return 0;
}

static bool is_of(const struct evidence *ev, const struct source_tally *counted)
{
	return ev->time_ns == counted->exemplar_ns && ev->hook == counted->key.hook &&
	       ev->tuple.netns == counted->key.netns;
}

static struct example *find(const struct tally_store *store, const struct source_tally *counted)
{
	struct example *example = store->buckets[bucket_of(counted->exemplar_ns)];

	while (example && !is_of(&example->record.evidence, counted))
		example = example->next;
	return example;
}

const struct evidence_stacked *tally_find(const struct tally_store *store, const struct source_tally *counted)
{
	const struct example *example = find(store, counted);

	return example ? &example->record : NULL;
}

const struct evidence_stacked *tally_add(struct tally_store *store, const struct source_tally *counted)
{
	struct example *example = find(store, counted);

	if (!example)
		return NULL;
	if (!example->count)
		example->first_ns = counted->first_ns;
	example->key = counted->key;
	example->count += counted->count;
	example->last_ns = example->used_ns = counted->last_ns;
	return &example->record;
}

int tally_measure(struct tally_store *store, const struct source_tally *counted, const struct histograms *histograms)
{
	struct example *example = find(store, counted);

	if (!example)
		return 0;
	if (!example->histograms)
		example->histograms = calloc(1, sizeof(*example->histograms));
	if (!example->histograms)
		return -ENOMEM;
	for (size_t i = 0; i < sizeof(*histograms) / sizeof(uint32_t); i++)
		((uint32_t *)example->histograms)[i] += ((const uint32_t *)histograms)[i];
	return 0;
}

static int tell_one(struct example *example, tally_fn tell, void *context)
{
	const struct tally tally = {
		.key = example->key,
		.exemplar = &example->record,
		.histograms = example->histograms,
		.count = example->count,
		.first_ns = example->count == 1 ? example->last_ns : example->first_ns, /* that is no later than it */
		.last_ns = example->last_ns,
	};

	int err;

	example->count = 0;
	err = tell(context, &tally);
	if (example->histograms)
		memset(example->histograms, 0, sizeof(*example->histograms));
	return err;
}

static void forget(struct example *example)
{
	free(example->histograms);
	free(example);
}

static void clean(struct example **at, uint64_t now_ns)
{
	while (*at) {
		struct example *example = *at;

		if (example->count || now_ns < example->used_ns + KEPT_NS) {
			at = &example->next;
			continue;
		}
		*at = example->next;
		forget(example);
	}
}

int tally_release(struct tally_store *store, uint64_t before_ns, tally_fn tell, void *context)
{
	int err = 0;

	for (unsigned int i = 0; !err && i < BUCKETS; i++) {
		for (struct example *at = store->buckets[i]; !err && at; at = at->next) {
			if (at->count && at->record.evidence.time_ns < before_ns)
				err = tell_one(at, tell, context);
		}
	}
	if (before_ns == UINT64_MAX || before_ns < store->cleaned_ns + KEPT_NS)
		return err;
	store->cleaned_ns = before_ns;
	for (unsigned int i = 0; i < BUCKETS; i++)
		clean(&store->buckets[i], before_ns);
	return err;
}

void tally_free(struct tally_store *store)
{
	for (unsigned int i = 0; store && i < BUCKETS; i++) {
		while (store->buckets[i]) {
			struct example *example = store->buckets[i];

			store->buckets[i] = example->next;
			forget(example);
		}
	}
	free(store);
}
