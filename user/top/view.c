/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* See view.h. What stands around the parts: the head, which counts everything, and the foot, which names keys. */
#include "view.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../util/text.h"
#include "figures.h"
#include "view_parts.h"

#define HEAD_ROWS 3
#define NS_PER_SECOND 1000000000ull
#define TITLE "rsttrace top"

unsigned int view_first(unsigned int first, unsigned int chosen, unsigned int count,
			unsigned int page)
{
	if (count <= page)
		return 0;
	if (first > count - page)
		first = count - page;
	if (chosen < first)
		return chosen;
	return chosen >= first + page ? chosen - page + 1 : first;
}

void view_history(const struct view *view, const struct history *history, unsigned int row,
		  unsigned int column, unsigned int width, unsigned int style)
{
	uint64_t values[HISTORY_SECONDS], highest = 0, now = model_second(view->model->now_ns);
	unsigned int count = width < HISTORY_SECONDS ? width : HISTORY_SECONDS, each;

	/* All bars stand for the same time: their number divides the seconds. */
	while (count > 1 && HISTORY_SECONDS % count)
		count--;
	if (!count)
		return;
	each = HISTORY_SECONDS / count;
	for (unsigned int i = 0; i < count; i++) {
		uint64_t ago = (uint64_t)(count - 1 - i) * each;

		values[i] = ago <= now ? history_sum(history, now - ago, each) : 0;
		highest = values[i] > highest ? values[i] : highest;
	}
	canvas_put_bars(view->canvas, row, column, style, values, count, highest);
}

static void put_first_line(const struct view *view)
{
	const struct model *model = view->model;
	char clock[32], lasted[32], lost[32] = "", text[256];
	uint64_t seconds;
	unsigned int column, columns = view->canvas->columns;

	column = canvas_put(view->canvas, 0, 0, columns, STYLE_BOLD, TITLE);
	text_clock(clock, sizeof(clock), model->now_ns + view->around->wall_offset_ns, false);
	clock[8] = '\0'; /* without the milliseconds */
	seconds = (model->now_ns - model->begin_ns) / NS_PER_SECOND;
	text_duration(lasted, sizeof(lasted), (seconds ? seconds : 1) * NS_PER_SECOND);
	if (view->around->has_lost)
		snprintf(lost, sizeof(lost), ", %" PRIu64 " lost", view->around->lost);
	snprintf(text, sizeof(text), "  %s  %" PRIu64 " death%s in %s, %" PRIu64 " unknown%s",
		 clock, model->deaths, model->deaths == 1 ? "" : "s", lasted, model->unknown, lost);
	canvas_put(view->canvas, 0, column, columns, view->around->lost ? STYLE_BOLD : STYLE_PLAIN,
		   text);
	if (view->state->is_paused)
		canvas_put_right(view->canvas, 0, 0, columns, STYLE_REVERSE, " PAUSED: p goes on ");
	else
		canvas_put_right(view->canvas, 0, 0, columns, STYLE_DIM, view->around->source);
}

static void put_kinds(const struct view *view)
{
	const struct model *model = view->model;
	unsigned int column = 0, columns = view->canvas->columns;
	char count[16], text[64];

	for (enum kind kind = 0; kind < KIND_MAX && column < columns; kind++) {
		if (!model->kinds[kind])
			continue;
		column = canvas_put(view->canvas, 1, column, columns, style_of_kind(kind),
				    kind_name(kind));
		figure_count(count, sizeof(count), model->kinds[kind]);
		snprintf(text, sizeof(text), " %s  ", count);
		column = canvas_put(view->canvas, 1, column, columns, STYLE_PLAIN, text);
	}
	if (model->forgotten) {
		figure_count(count, sizeof(count), model->forgotten);
		snprintf(text, sizeof(text), "(%s in rows that had to make room)", count);
		canvas_put(view->canvas, 1, column, columns, STYLE_BOLD, text);
	}
}

static void put_rate(const struct view *view)
{
	uint64_t now = model_second(view->model->now_ns);
	char rate[16], text[32];
	unsigned int column;

	figure_rate(rate, sizeof(rate),
		    now ? history_sum(&view->model->history, now - 1, RATE_SECONDS) : 0,
		    RATE_SECONDS);
	snprintf(text, sizeof(text), "%6s per s  ", rate);
	column = canvas_put(view->canvas, 2, 0, view->canvas->columns, STYLE_PLAIN, text);
	if (column < view->canvas->columns)
		view_history(view, &view->model->history, 2, column, view->canvas->columns - column,
			     STYLE_PLAIN);
}

static const char *keys_of(const struct state *state)
{
	if (state->is_help)
		return "any key: back";
	if (state->is_typing)
		return "Enter keeps the filter   Esc takes it back";
	if (state->screen == SCREEN_DEATHS)
		return "Up Down: death   PgUp PgDn: evidence   Esc: back   p: pause   ?: help   q: quit";
	return "?: help   q: quit   Enter: deaths   /: filter   s: sort   g: group   p: pause";
}

void view_help(const struct view *view, unsigned int first, unsigned int end)
{
	static const char *const guide[] = {
		"PER S       deaths per second, over the last 5 whole seconds",
		"MINUTE      the last one: each row against its own highest bar; now is right",
		"+2  x3      two more causes or processes in the row; three processes of it",
		"(name[pid]) had the socket or port before; (no process): nobody is known",
	};
	unsigned int columns = view->canvas->columns, row = first;

	for (unsigned int i = 0; key_rows[i].keys && row < end; i++, row++) {
		canvas_put(view->canvas, row, 2, 14, STYLE_BOLD, key_rows[i].keys);
		canvas_put(view->canvas, row, 17, columns, STYLE_PLAIN, key_rows[i].meaning);
	}
	for (unsigned int i = 0; i < sizeof(guide) / sizeof(*guide) && ++row < end; i++)
		canvas_put(view->canvas, row, 2, columns, STYLE_PLAIN, guide[i]);
}

static void put_foot(const struct view *view, unsigned int row)
{
	bool has_message = *view->around->message;

	canvas_put(view->canvas, row, 0, view->canvas->columns,
		   has_message ? STYLE_BOLD : STYLE_DIM,
		   has_message ? view->around->message : keys_of(view->state));
}

void view_draw(struct canvas *canvas, const struct model *model, struct state *state,
	       struct scene *scene, const struct surroundings *around)
{
	const struct view view = { canvas, model, state, scene, around };
	char text[64];

	canvas_clear(canvas);
	if (canvas->rows < VIEW_ROWS_MIN || canvas->columns < VIEW_COLUMNS_MIN) {
		snprintf(text, sizeof(text), "needs %d columns and %d lines", VIEW_COLUMNS_MIN,
			 VIEW_ROWS_MIN);
		canvas_put(canvas, 0, 0, canvas->columns, STYLE_PLAIN, text);
		return;
	}
	put_first_line(&view);
	put_kinds(&view);
	put_rate(&view);
	if (state->is_help)
		view_help(&view, HEAD_ROWS + 1, canvas->rows - 1);
	else if (state->screen == SCREEN_DEATHS)
		view_deaths(&view, HEAD_ROWS, canvas->rows - 1);
	else
		view_rows(&view, HEAD_ROWS, canvas->rows - 1);
	put_foot(&view, canvas->rows - 1);
}
