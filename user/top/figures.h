/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Figures as short as a column of a screen wants them. All write NUL-terminated text and return it. */
#ifndef RSTTRACE_FIGURES_H
#define RSTTRACE_FIGURES_H

#include <stddef.h>
#include <stdint.h>

/* "999999", then "1.00M", "12.3M", "4.56G": six columns at most. */
char *figure_count(char *text, size_t size, uint64_t count);
/* count per `seconds` seconds, for one: "0.2", "999.9", then as a count. */
char *figure_rate(char *text, size_t size, uint64_t count, unsigned int seconds);
/* "now", "12s", "59m", "47h", "99d": four columns. */
char *figure_age(char *text, size_t size, uint64_t ns);

#endif
