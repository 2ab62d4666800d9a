/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A picture of characters, which a terminal shows and a test reads. Whatever is put on it stays inside, takes the
 * columns that it takes on a terminal, and cannot contain anything that a terminal would obey.
 */
#ifndef RSTTRACE_CANVAS_H
#define RSTTRACE_CANVAS_H

#include <stdbool.h>
#include <stddef.h>
#include <wchar.h>

#include "../explain/report.h"

/* How a cell looks: flags, and in the bits above them the colour of a kind of death. */
enum {
	STYLE_PLAIN = 0,
	STYLE_BOLD = 1,
	STYLE_DIM = 2,
	STYLE_REVERSE = 4,
	STYLE_KIND_SHIFT = 3,
};

static inline unsigned int style_of_kind(enum kind kind)
{
	return (kind + 1u) << STYLE_KIND_SHIFT;
}

struct cell {
	wchar_t character; /* 0: the right half of a wide one */
	unsigned int style;
};

struct canvas {
	unsigned int rows, columns;
	bool is_ascii; /* the terminal shows nothing else */
	struct cell *cells; /* rows * columns */
};

/* Makes it that large, and empty. 0 or -ENOMEM. */
int canvas_resize(struct canvas *canvas, unsigned int rows, unsigned int columns);
void canvas_clear(struct canvas *canvas);
void canvas_free(struct canvas *canvas);

/* Writes the text, in UTF-8, at most `width` columns of it, the last of which says so when it is cut. What cannot be
 * shown comes as \xNN. The column behind it. */
unsigned int canvas_put(struct canvas *canvas, unsigned int row, unsigned int column,
			unsigned int width, unsigned int style, const char *text);
/* The same, ending where `width` ends. */
void canvas_put_right(struct canvas *canvas, unsigned int row, unsigned int column,
		      unsigned int width, unsigned int style, const char *text);
/* A cell for each value: its height of the `highest`; nothing for 0. */
void canvas_put_bars(struct canvas *canvas, unsigned int row, unsigned int column,
		     unsigned int style, const uint64_t *values, unsigned int count,
		     uint64_t highest);
/* A horizontal line through the row. */
void canvas_put_rule(struct canvas *canvas, unsigned int row);
/* A whole row in that style, in the place of its own. */
void canvas_highlight(struct canvas *canvas, unsigned int row, unsigned int style);
/* Columns that the text takes here. */
unsigned int canvas_width(const struct canvas *canvas, const char *text);
/* A row as UTF-8 without the spaces at its end. */
char *canvas_text(const struct canvas *canvas, unsigned int row, char *text, size_t size);

#endif
