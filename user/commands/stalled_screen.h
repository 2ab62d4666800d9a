/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What --watch writes on stdout: on a terminal one picture over the other, elsewhere one after the other. */
#ifndef RSTTRACE_STALLED_SCREEN_H
#define RSTTRACE_STALLED_SCREEN_H

#include <stdbool.h>
#include <stdio.h>

#include "../cli.h"

struct screen {
	const struct options *options;
	FILE *out; /* what outputs take for stdout */
	bool has_title; /* people look at it */
	char *text; /* on a terminal, what was written to .out */
	size_t size;
};

/* 0 or -ENOMEM. */
int screen_open(struct screen *screen, const struct options *options);
/* Before the lines of a round. */
void screen_begin(struct screen *screen, size_t sockets, unsigned int spaces);
/* After them: 0, or the negative errno of a write that failed. */
int screen_end(struct screen *screen);
void screen_close(struct screen *screen);

#endif
