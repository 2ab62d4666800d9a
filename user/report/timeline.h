/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Deaths over the period, in steps that a clock has. */
#ifndef RSTTRACE_TIMELINE_H
#define RSTTRACE_TIMELINE_H

#include "deaths.h"

#define TIMELINE_MAX 64

struct moment {
	int64_t deaths;
	const char *cause; /* the most frequent, NULL = no death */
	int64_t of_cause;
};

struct timeline {
	int64_t from_ns; /* of the first step: a multiple of it */
	int64_t step_ns;
	unsigned int count;
	struct moment moments[TIMELINE_MAX];
};

/* `steps`: at most, in 2..TIMELINE_MAX. 0 or -ENOMEM. */
int timeline_make(const struct deaths *deaths, struct period period, unsigned int steps, struct timeline *ret_timeline);

#endif
