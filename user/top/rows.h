/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The lines of the overview: pairs that pass the filter, put together by what the user wants to see, and sorted. */
#ifndef RSTTRACE_ROWS_H
#define RSTTRACE_ROWS_H

#include "model.h"

#define RATE_SECONDS 5 /* over so many whole ones */

enum grouping { GROUP_PAIR, GROUP_PROCESS, GROUP_PROGRAM, GROUP_CAUSE, GROUP_MAX };

enum sort { SORT_RATE, SORT_MINUTE, SORT_DEATHS, SORT_LAST, SORT_PROCESS, SORT_CAUSE, SORT_MAX };

/* What is in a row: every pair that is like this one in what the grouping asks for. */
struct row_key {
	enum grouping grouping;
	struct process process;
	const struct cause *cause;
	enum kind kind;
};

struct row {
	struct row_key key;
	const struct pair *lead; /* the pair with the most deaths in it */
	unsigned int processes, causes;
	bool has_mixed_kinds;
	uint64_t deaths, last_ns;
	uint64_t recent; /* in RATE_SECONDS */
	uint64_t minute;
	struct history history;
};

struct rows {
	unsigned int count;
	struct row rows[PAIRS_MAX];
	const struct pair *pairs[PAIRS_MAX]; /* scratch */
};

/* `filter`: what a process's, cause's or kind's name contains, in capitals or not; "" = all. */
void rows_make(struct rows *rows, const struct model *model, enum grouping grouping,
	       const char *filter);
/* Numbers descend and names ascend, unless reversed. */
void rows_sort(struct rows *rows, enum sort sort, bool is_reversed);
bool row_key_matches(const struct row_key *key, const struct pair *pair);
bool row_key_equals(const struct row_key *a, const struct row_key *b);
/* "processes x causes"; "per second" */
const char *grouping_name(enum grouping grouping);
const char *sort_name(enum sort sort);

/* The newest deaths of a row: indices into model->kept, newest first; how many. */
unsigned int row_deaths(const struct row_key *key, const struct model *model,
			unsigned int ret_places[DEATHS_MAX]);
/* The newest of them, -1 when none is kept. */
int row_newest(const struct row_key *key, const struct model *model);

#endif
