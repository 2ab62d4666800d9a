/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* See model.h. A hash table of rows, each with a list of its causes. */
#include "model.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../explain/causes.h"

#define CHAINS 1024

struct hist_model {
	const struct hist_by *by;
	struct hist_sums sums;
	struct hist_row *chains[CHAINS];
	struct hist_row *rows[HIST_ROWS_MAX];
	unsigned int rows_count, cells_count;
	struct hist_row folded; /* what there was no room for */
	struct hist_row rest; /* that, and rows that are not shown */
};

struct hist_model *hist_model_new(const struct hist_by *by)
{
	struct hist_model *model = calloc(1, sizeof(*model));

	if (model)
		model->by = by;
	return model;
}

static struct hist_row **chain_of(struct hist_model *model, const struct hist_key *key)
{
	const unsigned char *at = (const unsigned char *)key;
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < sizeof(*key); i++)
		hash = (hash ^ at[i]) * 16777619u; /* FNV-1a */
	return &model->chains[(hash ^ hash >> 16) % CHAINS];
}

static void add_cell(struct hist_row *row, const struct hist_cell *more, struct hist_cell *cell)
{
	cell->deaths += more->deaths;
	hist_measures_add(&cell->measures, &more->measures);
	row->deaths += more->deaths;
}

/* NULL: no memory. */
static struct hist_cell *cell_of(struct hist_row *row, const struct cause *cause, enum kind kind)
{
	struct hist_cell *cell = row->cells;

	while (cell && (cell->cause != cause || cell->kind != kind))
		cell = cell->next;
	if (cell)
		return cell;
	cell = calloc(1, sizeof(*cell));
	if (!cell)
		return NULL;
	cell->cause = cause;
	cell->kind = kind;
	cell->next = row->cells;
	row->cells = cell;
	return cell;
}

static int add_row(struct hist_row *sum, const struct hist_row *row)
{
	for (const struct hist_cell *more = row->cells; more; more = more->next) {
		struct hist_cell *cell = cell_of(sum, more->cause, more->kind);

		if (!cell)
			return -ENOMEM;
		add_cell(sum, more, cell);
	}
	return 0;
}

/* How many cells it had. */
static unsigned int drop_cells(struct hist_row *row)
{
	unsigned int count = 0;

	while (row->cells) {
		struct hist_cell *cell = row->cells;

		row->cells = cell->next;
		free(cell);
		count++;
	}
	row->deaths = 0;
	return count;
}

static int by_deaths(const void *a, const void *b)
{
	const struct hist_row *left = *(struct hist_row *const *)a, *right = *(struct hist_row *const *)b;
	int order = (right->deaths > left->deaths) - (right->deaths < left->deaths);

	return order ? order : memcmp(&left->key, &right->key, sizeof(left->key));
}

static void unchain(struct hist_model *model, const struct hist_row *row)
{
	struct hist_row **at = chain_of(model, &row->key);

	while (*at != row)
		at = &(*at)->next;
	*at = row->next;
}

/* The rarer half of the rows becomes one. */
static int fold(struct hist_model *model)
{
	unsigned int keep = model->rows_count / 2;

	qsort(model->rows, model->rows_count, sizeof(*model->rows), by_deaths);
	while (model->rows_count > keep) {
		struct hist_row *row = model->rows[model->rows_count - 1];

		if (add_row(&model->folded, row))
			return -ENOMEM;
		model->cells_count -= drop_cells(row);
		unchain(model, row);
		free(row);
		model->rows_count--;
		model->sums.rows++;
	}
	return 0;
}

static struct hist_row *row_of(struct hist_model *model, const struct report *report)
{
	struct hist_key key;
	struct hist_row *row;

	memset(&key, 0, sizeof(key));
	model->by->fill(report, &key);
	for (row = *chain_of(model, &key); row; row = row->next) {
		if (!memcmp(&row->key, &key, sizeof(key)))
			return row;
	}
	if ((model->rows_count == HIST_ROWS_MAX || model->cells_count >= HIST_CELLS_MAX) && fold(model))
		return NULL;
	row = calloc(1, sizeof(*row));
	if (!row)
		return NULL;
	row->key = key;
	row->next = *chain_of(model, &key);
	*chain_of(model, &key) = row;
	model->rows[model->rows_count++] = row;
	return row;
}

/* Of a death that was streamed. */
static void measure(const struct report *report, struct histograms *ret_histograms)
{
	const struct evidence *ev = &report->incident->evidence;

	memset(ret_histograms, 0, sizeof(*ret_histograms));
	if (ev->size > EVIDENCE_BARE_BYTES)
		histograms_count(ret_histograms, ev);
}

static void add_histograms(struct hist_measures *sum, const struct histograms *histograms)
{
	sum->deaths += histograms->deaths;
	for (unsigned int which = 0; which < HISTOGRAM_MAX; which++) {
		for (unsigned int i = 0; i < HISTOGRAM_SLOTS; i++)
			sum->slots[which][i] += histograms->slots[which][i];
	}
	for (unsigned int which = 0; which < HISTOGRAM_FINE; which++) {
		for (unsigned int i = 0; i < HISTOGRAM_FINE_SLOTS; i++) {
			sum->fine[which][i].deaths += histograms->fine[which][i].deaths;
			sum->fine[which][i].offsets += histograms->fine[which][i].offsets;
		}
	}
}

void hist_measures_add(struct hist_measures *sum, const struct hist_measures *more)
{
	const uint64_t *from = (const uint64_t *)more;
	uint64_t *to = (uint64_t *)sum;

	for (size_t i = 0; i < sizeof(*sum) / sizeof(*to); i++)
		to[i] += from[i];
}

static void add_sums(struct hist_sums *sums, const struct report *report, uint64_t deaths)
{
	const struct evidence *ev = &report->incident->evidence;

	sums->deaths += deaths;
	sums->kinds[report->kind] += deaths;
	if (report->certainty == CERTAINTY_UNKNOWN)
		sums->unknown += deaths;
	if (report->count && ev->size > EVIDENCE_BARE_BYTES)
		sums->counted += deaths;
	if (report->count && report->histograms)
		sums->measured += report->histograms->deaths;
	if (!report->count && !(ev->flags & EV_EXEMPLAR) && ev->conn.owner.source != OWNER_SHARED)
		sums->streamed++;
}

int hist_model_add(struct hist_model *model, const struct report *report)
{
	uint64_t deaths = report->count ? report->count : 1;
	struct hist_row *row = row_of(model, report);
	struct hist_cell *before = row ? row->cells : NULL, *cell;
	struct histograms own;

	cell = row ? cell_of(row, report->cause, report->kind) : NULL;
	if (!cell)
		return -ENOMEM;
	model->cells_count += row->cells != before;
	row->deaths += deaths;
	cell->deaths += deaths;
	if (!report->count)
		measure(report, &own);
	if (!report->count || report->histograms)
		add_histograms(&cell->measures, report->count ? report->histograms : &own);
	add_sums(&model->sums, report, deaths);
	return 0;
}

uint64_t hist_unmeasured(const struct hist_sums *sums)
{
	return sums->counted > sums->measured ? sums->counted - sums->measured : 0;
}

const struct hist_by *hist_model_by(const struct hist_model *model)
{
	return model->by;
}

const struct hist_sums *hist_model_sums(const struct hist_model *model)
{
	return &model->sums;
}

static bool comes_before(const struct hist_cell *a, const struct hist_cell *b)
{
	return a->deaths != b->deaths ? a->deaths > b->deaths : strcmp(a->cause->slug, b->cause->slug) < 0;
}

static void sort_cells(struct hist_row *row)
{
	struct hist_cell *sorted = NULL, *cell;

	while ((cell = row->cells)) {
		struct hist_cell **at = &sorted;

		row->cells = cell->next;
		while (*at && comes_before(*at, cell))
			at = &(*at)->next;
		cell->next = *at;
		*at = cell;
	}
	row->cells = sorted;
}

void hist_model_sort(struct hist_model *model)
{
	qsort(model->rows, model->rows_count, sizeof(*model->rows), by_deaths);
	for (unsigned int i = 0; i < model->rows_count; i++)
		sort_cells(model->rows[i]);
}

const struct hist_row *hist_model_row(const struct hist_model *model, unsigned int i)
{
	return i < model->rows_count ? model->rows[i] : NULL;
}

unsigned int hist_model_rows(const struct hist_model *model)
{
	return model->rows_count;
}

const struct hist_row *hist_model_others(struct hist_model *model, unsigned int from)
{
	int err;

	drop_cells(&model->rest);
	err = add_row(&model->rest, &model->folded);
	for (unsigned int i = from; !err && i < model->rows_count; i++)
		err = add_row(&model->rest, model->rows[i]);
	sort_cells(&model->rest);
	return err ? NULL : &model->rest;
}

void hist_model_clear(struct hist_model *model)
{
	const struct hist_by *by = model->by;

	for (unsigned int i = 0; i < model->rows_count; i++) {
		drop_cells(model->rows[i]);
		free(model->rows[i]);
	}
	drop_cells(&model->folded);
	drop_cells(&model->rest);
	memset(model, 0, sizeof(*model));
	model->by = by;
}

void hist_model_free(struct hist_model *model)
{
	if (!model)
		return;
	hist_model_clear(model);
	free(model);
}
