/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* See rows.h. Pairs are put into the order of their groups first: then a group is a run of them. */
#include "rows.h"

#include <stdlib.h>
#include <string.h>

#include "../explain/causes.h"

static int compare_numbers(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int compare_programs(const struct process *a, const struct process *b)
{
	int order = compare_numbers(!a->pid, !b->pid); /* nobody comes last */

	order = order ? order : strncmp(a->comm, b->comm, sizeof(a->comm));
	return order ? order : compare_numbers(a->is_former, b->is_former);
}

static int compare_processes(const struct process *a, const struct process *b)
{
	int order = compare_programs(a, b);

	return order ? order : compare_numbers(a->pid, b->pid);
}

static int compare_causes(const struct cause *a, enum kind a_kind, const struct cause *b,
			  enum kind b_kind)
{
	int order = strcmp(a->slug, b->slug);

	return order ? order : compare_numbers(a_kind, b_kind);
}

/* Whose groups are runs: processes of one program stand together, and pairs of one process. */
static int by_process(const void *a, const void *b)
{
	const struct pair *left = *(const struct pair *const *)a,
			  *right = *(const struct pair *const *)b;
	int order = compare_processes(&left->process, &right->process);

	return order ? order : compare_causes(left->cause, left->kind, right->cause, right->kind);
}

static int by_cause(const void *a, const void *b)
{
	const struct pair *left = *(const struct pair *const *)a,
			  *right = *(const struct pair *const *)b;
	int order = compare_causes(left->cause, left->kind, right->cause, right->kind);

	return order ? order : compare_processes(&left->process, &right->process);
}

bool row_key_matches(const struct row_key *key, const struct pair *pair)
{
	bool is_cause = key->cause == pair->cause && key->kind == pair->kind;

	switch (key->grouping) {
	case GROUP_PAIR:
		return is_cause && process_equals(&key->process, &pair->process);
	case GROUP_PROCESS:
		return process_equals(&key->process, &pair->process);
	case GROUP_PROGRAM:
		return !compare_programs(&key->process, &pair->process);
	case GROUP_CAUSE:
		return is_cause;
	case GROUP_MAX:
		break;
	}
	return false;
}

bool row_key_equals(const struct row_key *a, const struct row_key *b)
{
	const struct pair pair = { .process = b->process, .cause = b->cause, .kind = b->kind };

	return a->grouping == b->grouping && row_key_matches(a, &pair);
}

static bool passes(const struct pair *pair, const char *filter)
{
	char process[4 * EVIDENCE_COMM_BYTES + 16];

	if (!*filter)
		return true;
	process_text(&pair->process, process, sizeof(process));
	return strcasestr(process, filter) || strcasestr(pair->cause->slug, filter) ||
	       strcasestr(kind_name(pair->kind), filter);
}

/* How many causes there are in a run of pairs. */
static unsigned int count_causes(const struct pair *const *pairs, unsigned int count)
{
	unsigned int causes = 0;

	for (unsigned int i = 0; i < count; i++) {
		unsigned int earlier = 0;

		while (earlier < i && pairs[earlier]->cause != pairs[i]->cause)
			earlier++;
		causes += earlier == i;
	}
	return causes;
}

static void fill_row(struct row *row, const struct pair *const *pairs, unsigned int count,
		     uint64_t now)
{
	row->lead = pairs[0];
	row->causes = count_causes(pairs, count);
	for (unsigned int i = 0; i < count; i++) {
		const struct pair *pair = pairs[i];

		row->processes += !i || !process_equals(&pair->process, &pairs[i - 1]->process);
		row->has_mixed_kinds |= pair->kind != pairs[0]->kind;
		row->deaths += pair->deaths;
		row->last_ns = pair->last_ns > row->last_ns ? pair->last_ns : row->last_ns;
		row->lead = pair->deaths > row->lead->deaths ? pair : row->lead;
		history_merge(&row->history, &pair->history);
	}
	row->recent = now ? history_sum(&row->history, now - 1, RATE_SECONDS) : 0;
	row->minute = history_sum(&row->history, now, HISTORY_SECONDS);
}

void rows_make(struct rows *rows, const struct model *model, enum grouping grouping,
	       const char *filter)
{
	unsigned int count = 0, length;

	for (unsigned int i = 0; i < model->pairs_count; i++) {
		if (passes(&model->pairs[i], filter))
			rows->pairs[count++] = &model->pairs[i];
	}
	qsort(rows->pairs, count, sizeof(*rows->pairs),
	      grouping == GROUP_CAUSE ? by_cause : by_process);
	rows->count = 0;
	for (unsigned int first = 0; first < count; first += length) {
		struct row *row = &rows->rows[rows->count++];
		const struct pair *pair = rows->pairs[first];

		memset(row, 0, sizeof(*row));
		row->key = (struct row_key){ grouping, pair->process, pair->cause, pair->kind };
		for (length = 1; first + length < count; length++) {
			if (!row_key_matches(&row->key, rows->pairs[first + length]))
				break;
		}
		fill_row(row, &rows->pairs[first], length, model_second(model->now_ns));
	}
}

struct order {
	enum sort sort;
	bool is_reversed;
};

static int compare_by(enum sort sort, const struct row *a, const struct row *b)
{
	switch (sort) {
	case SORT_RATE:
		return compare_numbers(b->recent, a->recent);
	case SORT_MINUTE:
		return compare_numbers(b->minute, a->minute);
	case SORT_DEATHS:
		return compare_numbers(b->deaths, a->deaths);
	case SORT_LAST:
		return compare_numbers(b->last_ns, a->last_ns);
	case SORT_PROCESS:
		return compare_processes(&a->lead->process, &b->lead->process);
	case SORT_CAUSE:
		return compare_causes(a->lead->cause, a->lead->kind, b->lead->cause, b->lead->kind);
	case SORT_MAX:
		break;
	}
	return 0;
}

/* What is equal in that is in the order of the longer times, then of the names: rows do not jump about. */
static int compare_rows(const void *a, const void *b, void *context)
{
	static const enum sort then[] = { SORT_MINUTE, SORT_DEATHS, SORT_PROCESS, SORT_CAUSE };
	const struct order *wanted = context;
	int order = compare_by(wanted->sort, a, b);

	if (order)
		return wanted->is_reversed ? -order : order;
	for (unsigned int i = 0; !order && i < sizeof(then) / sizeof(*then); i++)
		order = compare_by(then[i], a, b);
	return order;
}

void rows_sort(struct rows *rows, enum sort sort, bool is_reversed)
{
	struct order order = { sort, is_reversed };

	qsort_r(rows->rows, rows->count, sizeof(*rows->rows), compare_rows, &order);
}

const char *grouping_name(enum grouping grouping)
{
	static const char *const names[GROUP_MAX] = {
		[GROUP_PAIR] = "process and cause",
		[GROUP_PROCESS] = "process",
		[GROUP_PROGRAM] = "program",
		[GROUP_CAUSE] = "cause",
	};

	return grouping < GROUP_MAX ? names[grouping] : "";
}

const char *sort_name(enum sort sort)
{
	static const char *const names[SORT_MAX] = {
		[SORT_RATE] = "rate",	    [SORT_MINUTE] = "minute",	[SORT_DEATHS] = "deaths",
		[SORT_LAST] = "last death", [SORT_PROCESS] = "process", [SORT_CAUSE] = "cause",
	};

	return sort < SORT_MAX ? names[sort] : "";
}

static int newest_first(const void *a, const void *b, void *context)
{
	const struct model *model = context;

	return compare_numbers(model->keys[*(const unsigned int *)b].serial,
			       model->keys[*(const unsigned int *)a].serial);
}

unsigned int row_deaths(const struct row_key *key, const struct model *model,
			unsigned int ret_places[DEATHS_MAX])
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < DEATHS_MAX; i++) {
		if (model->keys[i].serial &&
		    row_key_matches(key, &model->pairs[model->keys[i].pair]))
			ret_places[count++] = i;
	}
	qsort_r(ret_places, count, sizeof(*ret_places), newest_first, (void *)model);
	return count;
}

int row_newest(const struct row_key *key, const struct model *model)
{
	uint64_t serial = 0;
	int newest = -1;

	for (unsigned int i = 0; i < DEATHS_MAX; i++) {
		if (model->keys[i].serial > serial &&
		    row_key_matches(key, &model->pairs[model->keys[i].pair])) {
			serial = model->keys[i].serial;
			newest = (int)i;
		}
	}
	return newest;
}
