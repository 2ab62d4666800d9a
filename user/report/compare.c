/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What differs most comes first. Periods of different length are compared by deaths an hour. */
#include "compare.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../util/text.h"
#include "text_private.h"

#define PAIRS_SHOWN 25
#define FIRST_COLUMN 0
#define SECOND_COLUMN 10
#define TIMES_COLUMN 20
#define NAMES_COLUMN 30

struct pair {
	const char *texts[KEYS_MAX];
	int64_t deaths[2];
	double distance; /* of the rates, an hour */
};

struct pairs {
	struct pair *list;
	size_t count;
};

static double hours_of(const struct digest *digest)
{
	return (digest->recorded_ns > RATE_MIN_NS ? digest->recorded_ns : RATE_MIN_NS) / 3.6e12;
}

/* The digests have words of their own: the same text is not the same pointer. */
static int by_texts(const void *a, const void *b)
{
	const struct pair *left = a, *right = b;
	int order = 0;

	for (unsigned int i = 0; !order && i < KEYS_MAX && left->texts[i]; i++)
		order = strcmp(left->texts[i], right->texts[i]);
	return order;
}

static double distance(const struct digest *const digests[2], const struct pair *pair)
{
	double by = pair->deaths[0] / hours_of(digests[0]) - pair->deaths[1] / hours_of(digests[1]);

	return by < 0 ? -by : by;
}

static int by_distance(const void *a, const void *b)
{
	const struct pair *left = a, *right = b;
	int order = (right->distance > left->distance) - (right->distance < left->distance);

	return order ? order : by_texts(a, b);
}

/* All groups of both, in order of their texts; those of the same are then one. */
static int make_pairs(const struct digest *const digests[2], struct pairs *pairs)
{
	size_t count = 0;

	pairs->list = calloc(groups_count(digests[0]->groups) + groups_count(digests[1]->groups) + 1,
			     sizeof(*pairs->list));
	if (!pairs->list)
		return -ENOMEM;
	for (unsigned int side = 0; side < 2; side++) {
		for (size_t i = 0; i < groups_count(digests[side]->groups); i++) {
			const struct group *group = groups_at(digests[side]->groups, i);
			struct pair *pair = &pairs->list[count++];

			memcpy(pair->texts, group->texts, sizeof(pair->texts));
			pair->deaths[side] = group->deaths;
		}
	}
	qsort(pairs->list, count, sizeof(*pairs->list), by_texts);
	for (size_t i = 0; i < count; i++) {
		if (i && !by_texts(&pairs->list[i], &pairs->list[pairs->count - 1])) {
			pairs->list[pairs->count - 1].deaths[0] += pairs->list[i].deaths[0];
			pairs->list[pairs->count - 1].deaths[1] += pairs->list[i].deaths[1];
		} else {
			pairs->list[pairs->count++] = pairs->list[i];
		}
	}
	for (size_t i = 0; i < pairs->count; i++)
		pairs->list[i].distance = distance(digests, &pairs->list[i]);
	qsort(pairs->list, pairs->count, sizeof(*pairs->list), by_distance);
	return 0;
}

static void put_cell(struct flow *flow, unsigned int column, const char *text, const char *sgr)
{
	flow->indent = NAMES_COLUMN;
	flow_cell(flow, column, text, sgr);
}

static void write_pair(struct flow *flow, const struct digest *const digests[2], const struct pair *pair,
		       unsigned int keys_used)
{
	double before = pair->deaths[0] / hours_of(digests[0]), after = pair->deaths[1] / hours_of(digests[1]);
	double times = before > 0 ? after / before : 0;
	char text[64];

	for (unsigned int side = 0; side < 2; side++) {
		snprintf(text, sizeof(text), "%9" PRId64, pair->deaths[side]);
		put_cell(flow, side ? SECOND_COLUMN : FIRST_COLUMN, text, NULL);
	}
	if (!pair->deaths[0])
		snprintf(text, sizeof(text), "  only B");
	else if (!pair->deaths[1])
		snprintf(text, sizeof(text), "  only A");
	else
		snprintf(text, sizeof(text), "  x %.*f", times >= 10 ? 0 : times >= 0.1 ? 1 : 2, times);
	put_cell(flow, TIMES_COLUMN, text, "1");
	for (unsigned int i = 0, column = NAMES_COLUMN; i < keys_used; i++) {
		put_cell(flow, column, *pair->texts[i] ? pair->texts[i] : "-", NULL);
		column += 29;
	}
	flow_end(flow);
}

static void write_period(struct flow *flow, const char *name, const struct digest *digest, bool utc)
{
	char from[32], to[32], lasted[32], text[256];

	text_date(from, sizeof(from), digest->period.from_ns, utc);
	text_date(to, sizeof(to), digest->period.to_ns, utc);
	text_duration(lasted, sizeof(lasted), digest->recorded_ns);
	flow->indent = 3;
	flow_piece(flow, 0, name, "1");
	flow_cell(flow, 3, "", NULL);
	snprintf(text, sizeof(text), "%s to %s, %s recorded: %" PRId64 " deaths, %.1f an hour", from, to, lasted,
		 digest->deaths_count, digest->deaths_count / hours_of(digest));
	flow_words(flow, text, NULL);
	flow_end(flow);
}

static void write_stories(struct flow *flow, const char *name, const struct digest *digest)
{
	char text[STORY_BYTES + 32];

	for (size_t i = 0; i < digest->stories.news && i < STORIES_SHOWN; i++) {
		flow->indent = 3;
		flow_piece(flow, 0, name, "1");
		flow_cell(flow, 3, "", NULL);
		snprintf(text, sizeof(text), "%s.", digest->stories.list[i].sentence);
		text[0] = (char)toupper((unsigned char)text[0]);
		flow_words(flow, text, NULL);
		flow_end(flow);
	}
}

int compare_write(const struct digest *first, const struct digest *second, const struct text_options *options,
		  FILE *out)
{
	const struct digest *const digests[2] = { first, second };
	unsigned int keys_used = groups_by(first->groups)->count;
	struct flow flow = { .out = out, .width = options->width, .colour = options->colour };
	struct pairs pairs = { 0 };
	int err = make_pairs(digests, &pairs);
	size_t shown = options->verbose || pairs.count < PAIRS_SHOWN ? pairs.count : PAIRS_SHOWN;
	char text[64];

	if (err)
		return err;
	write_period(&flow, "A", first, options->utc);
	write_period(&flow, "B", second, options->utc);
	flow_end(&flow);
	put_cell(&flow, FIRST_COLUMN, "        A", "2");
	put_cell(&flow, SECOND_COLUMN, "        B", "2");
	put_cell(&flow, TIMES_COLUMN, "  B / A", "2");
	flow_end(&flow);
	for (size_t i = 0; i < shown; i++)
		write_pair(&flow, digests, &pairs.list[i], keys_used);
	if (shown < pairs.count) {
		snprintf(text, sizeof(text), "and %zu more, which -v shows", pairs.count - shown);
		put_cell(&flow, NAMES_COLUMN, text, "2");
		flow_end(&flow);
	}
	if (first->stories.news + second->stories.news)
		flow_end(&flow);
	write_stories(&flow, "A", first);
	write_stories(&flow, "B", second);
	free(pairs.list);
	return 0;
}
