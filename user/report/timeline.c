/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A step's most frequent cause is counted in a second pass, for one step after the other: deaths come in order. */
#include "timeline.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MS 1000000LL
#define SECOND (1000 * MS)
#define CAUSES_MAX 256

struct tally {
	const char *cause;
	int64_t deaths;
};

static int64_t choose_step(int64_t lasted_ns, unsigned int steps)
{
	static const int64_t choices[] = {
		MS, 10 * MS, 100 * MS, 500 * MS, SECOND, 2 * SECOND, 5 * SECOND, 10 * SECOND, 15 * SECOND, 30 * SECOND,
		60 * SECOND, 120 * SECOND, 300 * SECOND, 600 * SECOND, 900 * SECOND, 1800 * SECOND, 3600 * SECOND,
		7200 * SECOND, 14400 * SECOND, 43200 * SECOND, 86400 * SECOND,
	};

	/* One step is lost to the period not beginning on a step. */
	for (size_t i = 0; i < sizeof(choices) / sizeof(*choices); i++) {
		if (lasted_ns / choices[i] < steps - 1)
			return choices[i];
	}
	return (lasted_ns / (86400 * SECOND) / (steps - 1) + 1) * 86400 * SECOND;
}

static void count_death(struct tally *tallies, unsigned int *count, const struct death *death)
{
	unsigned int i = 0;

	while (i < *count && tallies[i].cause != death->cause)
		i++;
	if (i == CAUSES_MAX)
		return;
	if (i == *count)
		tallies[(*count)++] = (struct tally){ .cause = death->cause };
	tallies[i].deaths += death->count;
}

static void take_moment(struct moment *moment, const struct tally *tallies, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		moment->deaths += tallies[i].deaths;
		if (tallies[i].deaths <= moment->of_cause)
			continue;
		moment->cause = tallies[i].cause;
		moment->of_cause = tallies[i].deaths;
	}
}

int timeline_make(const struct deaths *deaths, struct period period, unsigned int steps, struct timeline *ret_timeline)
{
	struct tally *tallies = calloc(CAUSES_MAX, sizeof(*tallies));
	size_t next = 0;

	*ret_timeline = (struct timeline){ .step_ns = choose_step(period.to_ns - period.from_ns, steps) };
	if (!tallies)
		return -ENOMEM;
	ret_timeline->from_ns = period.from_ns - period.from_ns % ret_timeline->step_ns;
	for (unsigned int i = 0; i < steps; i++) {
		int64_t end_ns = ret_timeline->from_ns + (i + 1) * ret_timeline->step_ns;
		unsigned int count = 0;

		if (end_ns - ret_timeline->step_ns >= period.to_ns)
			break;
		for (; next < deaths->count && deaths->list[next].time_ns < end_ns; next++)
			count_death(tallies, &count, &deaths->list[next]);
		take_moment(&ret_timeline->moments[i], tallies, count);
		ret_timeline->count = i + 1;
	}
	free(tallies);
	return 0;
}
