/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* See history.h. A slot of the ring counts only when its second is less than HISTORY_SECONDS before the newest. */
#include "history.h"

#include <string.h>

/* Makes it the newest second: those that it takes the slots of are forgotten. */
static void advance(struct history *history, uint64_t second)
{
	if (second - history->second >= HISTORY_SECONDS)
		memset(history->counts, 0, sizeof(history->counts));
	else
		for (uint64_t gone = history->second + 1; gone <= second; gone++)
			history->counts[gone % HISTORY_SECONDS] = 0;
	history->second = second;
}

void history_add(struct history *history, uint64_t second, uint64_t count)
{
	uint32_t *slot = &history->counts[second % HISTORY_SECONDS];

	if (second > history->second)
		advance(history, second);
	else if (history->second - second >= HISTORY_SECONDS)
		return;
	*slot = count > UINT32_MAX - *slot ? UINT32_MAX : *slot + count;
}

static uint32_t count_at(const struct history *history, uint64_t second)
{
	if (second > history->second || history->second - second >= HISTORY_SECONDS)
		return 0;
	return history->counts[second % HISTORY_SECONDS];
}

void history_merge(struct history *history, const struct history *other)
{
	for (uint64_t ago = 0; ago < HISTORY_SECONDS && ago <= other->second; ago++) {
		uint32_t count = count_at(other, other->second - ago);

		if (count)
			history_add(history, other->second - ago, count);
	}
}

uint64_t history_sum(const struct history *history, uint64_t last, unsigned int seconds)
{
	uint64_t sum = 0;

	for (unsigned int ago = 0; ago < seconds && ago <= last; ago++)
		sum += count_at(history, last - ago);
	return sum;
}
