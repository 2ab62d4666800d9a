/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The overview: one line for each process and cause, or for what the user puts together of them. */
#include <stdio.h>
#include <string.h>

#include "../explain/causes.h"
#include "../util/text.h"
#include "figures.h"
#include "table.h"
#include "view_parts.h"

static void process_cell(const void *context, const void *item, struct table_cell *cell)
{
	const struct row *row = item;

	(void)context;
	if (row->key.grouping == GROUP_PROGRAM)
		program_text(&row->key.process, cell->text, sizeof(cell->text));
	else
		process_text(&row->lead->process, cell->text, sizeof(cell->text));
	if (row->processes > 1 && row->key.grouping == GROUP_PROGRAM)
		snprintf(cell->suffix, sizeof(cell->suffix), "x%u", row->processes);
	else if (row->processes > 1)
		snprintf(cell->suffix, sizeof(cell->suffix), "+%u", row->processes - 1);
}

static unsigned int row_style(const struct row *row)
{
	return row->has_mixed_kinds ? STYLE_PLAIN : style_of_kind(row->lead->kind);
}

static void kind_cell(const void *context, const void *item, struct table_cell *cell)
{
	const struct row *row = item;

	(void)context;
	snprintf(cell->text, sizeof(cell->text), "%s",
		 row->has_mixed_kinds ? "several" : kind_name(row->lead->kind));
	cell->style = row_style(row);
}

static void cause_cell(const void *context, const void *item, struct table_cell *cell)
{
	const struct row *row = item;

	(void)context;
	snprintf(cell->text, sizeof(cell->text), "%s", row->lead->cause->slug);
	if (row->causes > 1)
		snprintf(cell->suffix, sizeof(cell->suffix), "+%u", row->causes - 1);
	cell->style = row_style(row);
}

static void rate_cell(const void *context, const void *item, struct table_cell *cell)
{
	(void)context;
	figure_rate(cell->text, sizeof(cell->text), ((const struct row *)item)->recent,
		    RATE_SECONDS);
}

static void minute_cell(const void *context, const void *item, struct table_cell *cell)
{
	(void)context;
	figure_count(cell->text, sizeof(cell->text), ((const struct row *)item)->minute);
}

static void deaths_cell(const void *context, const void *item, struct table_cell *cell)
{
	(void)context;
	figure_count(cell->text, sizeof(cell->text), ((const struct row *)item)->deaths);
}

static void last_cell(const void *context, const void *item, struct table_cell *cell)
{
	const struct view *view = context;

	figure_age(cell->text, sizeof(cell->text),
		   view->model->now_ns - ((const struct row *)item)->last_ns);
}

static void minute_bars(const void *context, const void *item, unsigned int row,
			unsigned int column, unsigned int width)
{
	const struct view *view = context;
	const struct row *of = item;

	view_history(view, &of->history, row, column, width, row_style(of));
}

/* What was last said of it. */
static void why_cell(const void *context, const void *item, struct table_cell *cell)
{
	const struct model *model = ((const struct view *)context)->model;
	int place = row_newest(&((const struct row *)item)->key, model);

	if (place >= 0)
		snprintf(cell->text, sizeof(cell->text), "%s", model->kept[place].report.why);
}

/* On a screen of 80 columns the first eight, without the kind, are just as wide. */
static const struct table_column row_columns[] = {
	{ "PROCESS", SORT_PROCESS, false, 17, 26, 0, process_cell, NULL },
	{ "KIND", SORT_MAX, false, 12, 12, 110, kind_cell, NULL },
	{ "CAUSE", SORT_CAUSE, false, 22, 32, 0, cause_cell, NULL },
	{ "PER S", SORT_RATE, true, 6, 6, 47, rate_cell, NULL },
	{ "1 MIN", SORT_MINUTE, true, 6, 6, 66, minute_cell, NULL },
	{ "DEATHS", SORT_DEATHS, true, 7, 7, 55, deaths_cell, NULL },
	{ "LAST", SORT_LAST, true, 5, 5, 60, last_cell, NULL },
	{ "MINUTE", SORT_MAX, false, 10, 30, 80, NULL, minute_bars },
	{ "WHY, THE LAST TIME", SORT_MAX, false, 20, 512, 150, why_cell, NULL },
	{ NULL, SORT_MAX, false, 0, 0, 0, NULL, NULL },
};

static void find_selected(const struct view *view)
{
	struct scene *scene = view->scene;
	struct state *state = view->state;
	unsigned int i = 0;

	if (!state->has_selected) {
		scene->selected = 0;
		return;
	}
	while (i < scene->rows.count && !row_key_equals(&state->selected, &scene->rows.rows[i].key))
		i++;
	if (i < scene->rows.count)
		scene->selected = i;
	else if (scene->selected >= scene->rows.count)
		scene->selected = scene->rows.count ? scene->rows.count - 1 : 0;
}

static void describe(const struct view *view, unsigned int row)
{
	const struct state *state = view->state;
	const struct scene *scene = view->scene;
	unsigned int column = 0, shown = scene->rows.count - state->first_row, last;
	char text[128];

	last = state->first_row + (shown < scene->page ? shown : scene->page);
	if (state->is_typing || *state->filter) {
		column = canvas_put(view->canvas, row, 0, 8, STYLE_BOLD, "filter: ");
		column = canvas_put(view->canvas, row, column, view->canvas->columns, STYLE_BOLD,
				    state->filter);
		if (state->is_typing)
			canvas_put(view->canvas, row, column, 1, STYLE_REVERSE, " ");
		column += 2;
	}
	if (!state->is_typing) {
		snprintf(text, sizeof(text), "by %s, sorted by %s%s",
			 grouping_name(state->grouping), sort_name(state->sort),
			 state->is_reversed ? ", reversed" : "");
		canvas_put(view->canvas, row, column, view->canvas->columns, STYLE_DIM, text);
	}
	if (scene->rows.count) {
		snprintf(text, sizeof(text), " %u-%u of %u", state->first_row + 1, last,
			 scene->rows.count);
		canvas_put_right(view->canvas, row, 0, view->canvas->columns, STYLE_DIM, text);
	}
}

void view_rows(const struct view *view, unsigned int first, unsigned int end)
{
	struct scene *scene = view->scene;
	struct state *state = view->state;
	struct table_layout layout;

	rows_make(&scene->rows, view->model, state->grouping, state->filter);
	rows_sort(&scene->rows, state->sort, state->is_reversed);
	find_selected(view);
	scene->page = end - first - 2;
	state->first_row =
		view_first(state->first_row, scene->selected, scene->rows.count, scene->page);
	describe(view, first);
	table_lay(&layout, row_columns, view->canvas->columns);
	table_head(&layout, view->canvas, first + 1, state->sort, state->is_reversed);
	for (unsigned int i = 0; i < scene->page && state->first_row + i < scene->rows.count; i++) {
		table_item(&layout, view->canvas, first + 2 + i, view,
			   &scene->rows.rows[state->first_row + i]);
		if (state->first_row + i == scene->selected)
			canvas_highlight(view->canvas, first + 2 + i, STYLE_REVERSE);
	}
	if (!scene->rows.count)
		canvas_put(view->canvas, first + 3, 2, view->canvas->columns, STYLE_PLAIN,
			   *state->filter ? "no row contains that" :
					    "no deaths yet; each appears here as it happens");
}
