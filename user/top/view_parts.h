/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The parts of the screen; private to view*.c. Each draws between two rows and says in the scene what it showed. */
#ifndef RSTTRACE_VIEW_PARTS_H
#define RSTTRACE_VIEW_PARTS_H

#include "view.h"

struct view {
	struct canvas *canvas;
	const struct model *model;
	struct state *state;
	struct scene *scene;
	const struct surroundings *around;
};

/* From row `first` up to, but without, row `end`. */
void view_rows(const struct view *view, unsigned int first, unsigned int end);
void view_deaths(const struct view *view, unsigned int first, unsigned int end);
void view_help(const struct view *view, unsigned int first, unsigned int end);
/* The last minute as bars, as many as there is room for. */
void view_history(const struct view *view, const struct history *history, unsigned int row,
		  unsigned int column, unsigned int width, unsigned int style);
/* Moves the first of the items that a page shows so that the chosen one is on it, and the page is full. */
unsigned int view_first(unsigned int first, unsigned int chosen, unsigned int count,
			unsigned int page);

#endif
