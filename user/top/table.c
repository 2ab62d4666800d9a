/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* See table.h. What room the least widths leave goes to the columns in their order, each up to its most. */
#include "table.h"

#include <stdio.h>
#include <string.h>

#define GAP 1

void table_lay(struct table_layout *ret_layout, const struct table_column *columns,
	       unsigned int width)
{
	unsigned int used = 0, at = 0;

	*ret_layout = (struct table_layout){ .columns = columns };
	for (unsigned int i = 0; columns[i].title; i++) {
		if (width < columns[i].from)
			continue;
		ret_layout->widths[i] = columns[i].least;
		used += columns[i].least + (used ? GAP : 0);
	}
	for (unsigned int i = 0; columns[i].title && used < width; i++) {
		unsigned int more = columns[i].most - columns[i].least;

		if (!ret_layout->widths[i])
			continue;
		more = more < width - used ? more : width - used;
		ret_layout->widths[i] += more;
		used += more;
	}
	for (unsigned int i = 0; columns[i].title; i++) {
		ret_layout->starts[i] = at;
		at += ret_layout->widths[i] ? ret_layout->widths[i] + GAP : 0;
	}
}

/* Sorted from above to below or the other way round. */
static const char *arrow_of(const struct canvas *canvas, const struct table_column *column,
			    bool is_reversed)
{
	bool is_name = column->sort == SORT_PROCESS || column->sort == SORT_CAUSE;

	if (canvas->is_ascii)
		return is_name != is_reversed ? "^" : "v";
	return is_name != is_reversed ? "▲" : "▼";
}

void table_head(const struct table_layout *layout, struct canvas *canvas, unsigned int row,
		enum sort sort, bool is_reversed)
{
	for (unsigned int i = 0; layout->columns[i].title; i++) {
		const struct table_column *column = &layout->columns[i];
		bool is_sorted = column->sort == sort && sort != SORT_MAX;
		char title[32];

		if (!layout->widths[i])
			continue;
		snprintf(title, sizeof(title), "%s%s", column->title,
			 is_sorted ? arrow_of(canvas, column, is_reversed) : "");
		if (column->is_right)
			canvas_put_right(canvas, row, layout->starts[i], layout->widths[i],
					 STYLE_BOLD, title);
		else
			canvas_put(canvas, row, layout->starts[i], layout->widths[i], STYLE_BOLD,
				   title);
	}
}

static void put_cell(struct canvas *canvas, unsigned int row, unsigned int column,
		     unsigned int width, bool is_right, const struct table_cell *cell)
{
	unsigned int suffix = cell->suffix[0] ? GAP + canvas_width(canvas, cell->suffix) : 0, end;

	if (is_right) {
		canvas_put_right(canvas, row, column, width, cell->style, cell->text);
		return;
	}
	end = canvas_put(canvas, row, column, width > suffix ? width - suffix : 0, cell->style,
			 cell->text);
	if (suffix)
		canvas_put(canvas, row, end + GAP, suffix, cell->style, cell->suffix);
}

void table_item(const struct table_layout *layout, struct canvas *canvas, unsigned int row,
		const void *context, const void *item)
{
	for (unsigned int i = 0; layout->columns[i].title; i++) {
		const struct table_column *column = &layout->columns[i];
		struct table_cell cell;

		if (!layout->widths[i])
			continue;
		if (column->bars) {
			column->bars(context, item, row, layout->starts[i], layout->widths[i]);
			continue;
		}
		cell.text[0] = cell.suffix[0] = '\0';
		cell.style = STYLE_PLAIN;
		column->text(context, item, &cell);
		put_cell(canvas, row, layout->starts[i], layout->widths[i], column->is_right,
			 &cell);
	}
}
