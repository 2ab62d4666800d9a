/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Deaths counted by some keys, in the period of the report and in the time before it. */
#ifndef RSTTRACE_GROUPS_H
#define RSTTRACE_GROUPS_H

#include "keys.h"

struct group {
	const char *texts[KEYS_MAX]; /* one for each key; of the struct words */
	int64_t deaths;
	int64_t incidents;
	int64_t before; /* deaths in the time before */
	int64_t first_ns, last_ns; /* in the period */
	int64_t example_ns; /* time of the first one: all of it can be asked for */
	struct group *next; /* in its chain */
};

struct groups;

struct groups *groups_new(struct words *words, const struct key_list *by); /* NULL without memory */
/* 0 or -ENOMEM */
int groups_add(struct groups *groups, const struct death *death);
int groups_add_before(struct groups *groups, const struct death *death);
/* Sorts them, most deaths first. No death is added afterwards. */
void groups_sort(struct groups *groups);
const struct key_list *groups_by(const struct groups *groups);
size_t groups_count(const struct groups *groups);
const struct group *groups_at(const struct groups *groups, size_t i);
/* NULL: none of these texts, which are of the struct words. */
const struct group *groups_find(const struct groups *groups, const char *const texts[]);
void groups_free(struct groups *groups); /* NULL is fine */

#endif
