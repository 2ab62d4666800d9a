/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* See canvas.h. The locale knows how wide characters are; what has no width of its own is never put on it. */
#include "canvas.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What one step through a text puts down: a character, or a byte as its escape. */
struct glyph {
	wchar_t character;
	unsigned int width;
	size_t bytes;
	char escape[5]; /* "\x1b"; "" = it is the character */
};

static struct glyph next_glyph(const struct canvas *canvas, const char *text)
{
	struct glyph glyph = { .character = (unsigned char)*text, .width = 1, .bytes = 1 };
	mbstate_t state = { 0 };
	size_t bytes;
	int width;

	if (*text >= ' ' && *text < 0x7f)
		return glyph;
	bytes = canvas->is_ascii ? 0 : mbrtowc(&glyph.character, text, strlen(text), &state);
	width = bytes && bytes <= MB_LEN_MAX ? wcwidth(glyph.character) : 0;
	if (width > 0) {
		glyph.width = (unsigned int)width;
		glyph.bytes = bytes;
		return glyph;
	}
	glyph.width = (unsigned int)snprintf(glyph.escape, sizeof(glyph.escape), "\\x%02x",
					     (unsigned char)*text);
	return glyph;
}

int canvas_resize(struct canvas *canvas, unsigned int rows, unsigned int columns)
{
	struct cell *cells;

	if (rows != canvas->rows || columns != canvas->columns || !canvas->cells) {
		cells = calloc((size_t)rows * columns + 1, sizeof(*cells));
		if (!cells)
			return -ENOMEM;
		free(canvas->cells);
		canvas->cells = cells;
		canvas->rows = rows;
		canvas->columns = columns;
	}
	canvas_clear(canvas);
	return 0;
}

void canvas_clear(struct canvas *canvas)
{
	for (size_t i = 0; i < (size_t)canvas->rows * canvas->columns; i++)
		canvas->cells[i] = (struct cell){ L' ', STYLE_PLAIN };
}

void canvas_free(struct canvas *canvas)
{
	free(canvas->cells);
	canvas->cells = NULL;
	canvas->rows = canvas->columns = 0;
}

unsigned int canvas_width(const struct canvas *canvas, const char *text)
{
	unsigned int width = 0;

	while (*text) {
		struct glyph glyph = next_glyph(canvas, text);

		width += glyph.width;
		text += glyph.bytes;
	}
	return width;
}

/* All of it or nothing: it must end before `end`. */
static bool put_glyph(struct canvas *canvas, unsigned int row, unsigned int column,
		      unsigned int end, unsigned int style, const struct glyph *glyph)
{
	struct cell *cell = &canvas->cells[(size_t)row * canvas->columns + column];

	if (column + glyph->width > end)
		return false;
	for (unsigned int i = 0; i < glyph->width; i++) {
		cell[i].character = glyph->escape[0] ? glyph->escape[i] : i ? 0 : glyph->character;
		cell[i].style = style;
	}
	return true;
}

unsigned int canvas_put(struct canvas *canvas, unsigned int row, unsigned int column,
			unsigned int width, unsigned int style, const char *text)
{
	struct glyph ellipsis = { .character = canvas->is_ascii ? L'~' : L'\u2026', .width = 1 };
	unsigned int end = column + width, last;

	if (row >= canvas->rows || column >= canvas->columns)
		return column;
	end = end < column || end > canvas->columns ? canvas->columns : end;
	last = canvas_width(canvas, text) > end - column ? end - 1 : end;
	while (*text) {
		struct glyph glyph = next_glyph(canvas, text);

		if (!put_glyph(canvas, row, column, last, style, &glyph))
			break;
		column += glyph.width;
		text += glyph.bytes;
	}
	if (*text && last < end)
		column += put_glyph(canvas, row, column, end, style, &ellipsis);
	return column;
}

void canvas_put_right(struct canvas *canvas, unsigned int row, unsigned int column,
		      unsigned int width, unsigned int style, const char *text)
{
	unsigned int own = canvas_width(canvas, text);

	canvas_put(canvas, row, column + (own < width ? width - own : 0), own < width ? own : width,
		   style, text);
}

void canvas_put_bars(struct canvas *canvas, unsigned int row, unsigned int column,
		     unsigned int style, const uint64_t *values, unsigned int count,
		     uint64_t highest)
{
	static const wchar_t blocks[] = L"▁▂▃▄▅▆▇█", signs[] = L"_.:-=+*#";
	const wchar_t *bars = canvas->is_ascii ? signs : blocks;

	for (unsigned int i = 0; i < count; i++) {
		struct glyph glyph = { .width = 1 };

		if (!values[i] || !highest || row >= canvas->rows || column + i >= canvas->columns)
			continue;
		glyph.character = bars[values[i] >= highest ? 7 : values[i] * 8 / highest];
		put_glyph(canvas, row, column + i, canvas->columns, style, &glyph);
	}
}

void canvas_put_rule(struct canvas *canvas, unsigned int row)
{
	const struct glyph glyph = { .character = canvas->is_ascii ? L'-' : L'─', .width = 1 };

	for (unsigned int column = 0; row < canvas->rows && column < canvas->columns; column++)
		put_glyph(canvas, row, column, canvas->columns, STYLE_DIM, &glyph);
}

void canvas_highlight(struct canvas *canvas, unsigned int row, unsigned int style)
{
	for (unsigned int column = 0; row < canvas->rows && column < canvas->columns; column++)
		canvas->cells[(size_t)row * canvas->columns + column].style = style;
}

char *canvas_text(const struct canvas *canvas, unsigned int row, char *text, size_t size)
{
	const struct cell *cells = &canvas->cells[(size_t)row * canvas->columns];
	unsigned int columns = canvas->columns;
	size_t used = 0;

	while (columns && cells[columns - 1].character == L' ')
		columns--;
	for (unsigned int i = 0; i < columns && used + MB_LEN_MAX < size; i++) {
		mbstate_t state = { 0 };
		size_t bytes =
			cells[i].character ? wcrtomb(text + used, cells[i].character, &state) : 0;

		used += bytes <= MB_LEN_MAX ? bytes : 0;
	}
	text[used] = '\0';
	return text;
}
