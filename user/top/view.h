/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The screen, as a function of what has died, of what the user has chosen to see, and of how large the canvas is.
 */
#ifndef RSTTRACE_VIEW_H
#define RSTTRACE_VIEW_H

#include "canvas.h"
#include "model.h"
#include "state.h"

#define VIEW_ROWS_MIN 8
#define VIEW_COLUMNS_MIN 40

/* What is told beside the deaths. */
struct surroundings {
	const char *source; /* "tier fentry", "recording x.rec" */
	int64_t wall_offset_ns; /* CLOCK_REALTIME - CLOCK_BOOTTIME */
	uint64_t lost;
	bool has_lost; /* lost is known: nothing is, of a recording */
	const char *message; /* the last line that was said, "" = none */
};

/* Draws it. What the state names and what is not there any more is let go; the scene is what keys then move in. */
void view_draw(struct canvas *canvas, const struct model *model, struct state *state,
	       struct scene *scene, const struct surroundings *around);

#endif
