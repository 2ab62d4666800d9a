/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* How many in each of the last seconds: what rates and sparklines are made of. All zero is an empty one. */
#ifndef RSTTRACE_HISTORY_H
#define RSTTRACE_HISTORY_H

#include <stdint.h>

#define HISTORY_SECONDS 60

struct history {
	uint64_t second; /* the newest one counted */
	uint32_t counts[HISTORY_SECONDS]; /* by second % HISTORY_SECONDS */
};

/* A second that is too old to be kept is left out. */
void history_add(struct history *history, uint64_t second, uint64_t count);
/* Adds all of another one. */
void history_merge(struct history *history, const struct history *other);
/* How many in `seconds` seconds, the last of which is `last`. */
uint64_t history_sum(const struct history *history, uint64_t last, unsigned int seconds);

#endif
