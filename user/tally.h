/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The examples by which deaths are judged that the kernel only counted, and how many of each wait to be told. */
#ifndef RSTTRACE_TALLY_H
#define RSTTRACE_TALLY_H

#include <stdint.h>

#include "attach/source.h"
#include "../bpf/evidence.h"
#include "../bpf/histogram.h"

struct tally_store;

/* One line's worth: the example, how many more, and when. */
struct tally {
	struct valve_key key;
	const struct evidence_stacked *exemplar;
	const struct histograms *histograms; /* how they were measured; NULL: they were not */
	uint64_t count;
	uint64_t first_ns, last_ns;
};

typedef int (*tally_fn)(void *context, const struct tally *tally);

struct tally_store *tally_new(void); /* NULL: no memory */
/* A record with EV_EXEMPLAR. 0 or -ENOMEM. */
int tally_keep(struct tally_store *store, const struct evidence_stacked *record);
/* The example of that time, or NULL: it has not come. */
const struct evidence_stacked *tally_find(const struct tally_store *store, const struct source_tally *counted);
/* So many more like it; it, or NULL. */
const struct evidence_stacked *tally_add(struct tally_store *store, const struct source_tally *counted);
/* How those that were added last were measured. 0 or -ENOMEM. */
int tally_measure(struct tally_store *store, const struct source_tally *counted, const struct histograms *histograms);
/* Tells what waits and whose example is older than that; examples that nobody asks for any more are forgotten. 0, or
 * the first negative errno. */
int tally_release(struct tally_store *store, uint64_t before_ns, tally_fn tell, void *context);
void tally_free(struct tally_store *store); /* NULL is fine */

#endif
