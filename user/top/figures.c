/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* See figures.h. In integers, cut rather than rounded: a figure never tells of more than there was. */
#include "figures.h"

#include <inttypes.h>
#include <stdio.h>

#define COUNT_EXACT 999999
#define RATE_WITH_TENTHS 1000
#define NS_PER_SECOND 1000000000ull

char *figure_count(char *text, size_t size, uint64_t count)
{
	static const char units[] = "MGTPE";
	uint64_t unit = 1000000, hundredths;
	unsigned int i = 0;

	if (count <= COUNT_EXACT) {
		snprintf(text, size, "%" PRIu64, count);
		return text;
	}
	while (count / unit >= 1000 && units[i + 1]) {
		unit *= 1000;
		i++;
	}
	hundredths = count / (unit / 100);
	if (hundredths < 1000)
		snprintf(text, size, "%" PRIu64 ".%02" PRIu64 "%c", hundredths / 100,
			 hundredths % 100, units[i]);
	else if (hundredths < 10000)
		snprintf(text, size, "%" PRIu64 ".%" PRIu64 "%c", hundredths / 100,
			 hundredths / 10 % 10, units[i]);
	else
		snprintf(text, size, "%" PRIu64 "%c", hundredths / 100, units[i]);
	return text;
}

char *figure_rate(char *text, size_t size, uint64_t count, unsigned int seconds)
{
	uint64_t whole = count / seconds;

	if (whole >= RATE_WITH_TENTHS)
		return figure_count(text, size, whole);
	snprintf(text, size, "%" PRIu64 ".%" PRIu64, whole, count % seconds * 10 / seconds);
	return text;
}

char *figure_age(char *text, size_t size, uint64_t ns)
{
	uint64_t seconds = ns / NS_PER_SECOND;

	if (!seconds)
		snprintf(text, size, "now");
	else if (seconds < 60)
		snprintf(text, size, "%" PRIu64 "s", seconds);
	else if (seconds < 3600)
		snprintf(text, size, "%" PRIu64 "m", seconds / 60);
	else if (seconds < 48 * 3600)
		snprintf(text, size, "%" PRIu64 "h", seconds / 3600);
	else
		snprintf(text, size, "%" PRIu64 "d", seconds / 86400);
	return text;
}
