/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Deaths counted by a key and by cause, each with its histograms. Memory is bounded: when there is no room, the rows
 * with the fewest deaths are put together into one, `others`, and no death is counted less.
 */
#ifndef RSTTRACE_HIST_MODEL_H
#define RSTTRACE_HIST_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include "../../bpf/histogram.h"
#include "key.h"

#define HIST_ROWS_MAX 2048
#define HIST_CELLS_MAX 4096 /* of all rows, some 5 KB each */

struct hist_fine {
	uint64_t deaths, offsets;
};

/* The sum of many struct histograms. */
struct hist_measures {
	uint64_t deaths;
	uint64_t slots[HISTOGRAM_MAX][HISTOGRAM_SLOTS];
	struct hist_fine fine[HISTOGRAM_FINE][HISTOGRAM_FINE_SLOTS];
};

/* One cause of one row. */
struct hist_cell {
	struct hist_cell *next;
	const struct cause *cause;
	enum kind kind;
	uint64_t deaths;
	struct hist_measures measures;
};

struct hist_row {
	struct hist_row *next; /* in its chain */
	struct hist_key key;
	uint64_t deaths;
	struct hist_cell *cells;
};

struct hist_model;

struct hist_sums {
	uint64_t deaths;
	uint64_t kinds[KIND_MAX];
	uint64_t unknown; /* without a cause */
	uint64_t counted, measured; /* ... of which histograms are to have each, and have */
	uint64_t streamed; /* one by one, though they were not the first of their kind: no room to count them */
	unsigned int rows; /* that were put together, not those that are left */
};

struct hist_model *hist_model_new(const struct hist_by *by); /* NULL without memory */
int hist_model_add(struct hist_model *model, const struct report *report); /* 0 or -ENOMEM */
const struct hist_by *hist_model_by(const struct hist_model *model);
/* Deaths that no histogram has, though they had a socket. What was measured can be ahead of what was counted. */
uint64_t hist_unmeasured(const struct hist_sums *sums);
const struct hist_sums *hist_model_sums(const struct hist_model *model);
/* Sorts the rows, most deaths first, and the causes of each; then they can be asked for by number, from 0. */
void hist_model_sort(struct hist_model *model);
const struct hist_row *hist_model_row(const struct hist_model *model, unsigned int i);
unsigned int hist_model_rows(const struct hist_model *model);
/* What there was no room for, and from that row on the rest; its key means nothing. In memory of the model, until the
 * next call. Without deaths: there is none. NULL: no memory. */
const struct hist_row *hist_model_others(struct hist_model *model, unsigned int from);
/* Nothing has died. */
void hist_model_clear(struct hist_model *model);
void hist_model_free(struct hist_model *model); /* NULL is fine */

void hist_measures_add(struct hist_measures *sum, const struct hist_measures *more);

#endif
