/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Columns that come, go and grow with the width of the screen. */
#ifndef RSTTRACE_TOP_TABLE_H
#define RSTTRACE_TOP_TABLE_H

#include "canvas.h"
#include "rows.h"

#define COLUMNS_MAX 12
#define CELL_BYTES 640 /* the longest sentence of a report */

struct table_cell {
	char text[CELL_BYTES];
	char suffix[16]; /* stays whole when the text is cut */
	unsigned int style;
};

struct table_column {
	const char *title;
	enum sort sort; /* by which it is sorted; SORT_MAX: none */
	bool is_right; /* figures */
	unsigned int least, most; /* columns of the screen */
	unsigned int from; /* a screen that wide has it */
	/* What it says of an item; NULL: `bars` draws it itself. */
	void (*text)(const void *context, const void *item, struct table_cell *ret_cell);
	void (*bars)(const void *context, const void *item, unsigned int row, unsigned int column,
		     unsigned int width);
};

struct table_layout {
	const struct table_column *columns; /* ends with title NULL */
	unsigned int starts[COLUMNS_MAX], widths[COLUMNS_MAX]; /* width 0: not on this screen */
};

void table_lay(struct table_layout *ret_layout, const struct table_column *columns,
	       unsigned int width);
void table_head(const struct table_layout *layout, struct canvas *canvas, unsigned int row,
		enum sort sort, bool is_reversed);
void table_item(const struct table_layout *layout, struct canvas *canvas, unsigned int row,
		const void *context, const void *item);

#endif
