/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* An output. One file per sink, named after it; a sink is a const struct and one line in sinks.c. */
#ifndef RSTTRACE_SINK_H
#define RSTTRACE_SINK_H

#include <stdbool.h>
#include <stdio.h>

#include "../explain/report.h"

struct sink_options {
	bool utc; /* times in UTC, not local */
	bool verbose; /* evidence under each line */
	bool kernel_stack; /* print the kernel stack */
	bool user_stack; /* print the program's own */
	bool stalled; /* connections that live: when they end is of interest, not when they were looked at */
	bool colour;
	unsigned int width; /* columns of the terminal; 0 = not a terminal, do not cut */
};

struct sink {
	const char *name; /* as in --output NAME[=FILE] */
	const char *help;
	const char *place; /* where alone it goes, and opens by itself; NULL: stdout or a file, as it is asked */
	/* Writes to `out`, which the caller owns, NULL for one that has its .place. NULL and errno on failure. */
	void *(*open)(FILE *out, const struct sink_options *options);
	/* A new picture of the same begins; NULL: that is nothing to it. */
	void (*begin)(void *state);
	/* 0, or a negative errno when writing failed (-EPIPE: the reader has gone). */
	int (*report)(void *state, const struct report *report);
	void (*close)(void *state);
};

extern const struct sink *const sinks[]; /* ends with NULL */
const struct sink *sink_find(const char *name);

#endif
