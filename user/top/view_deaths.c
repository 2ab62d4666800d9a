/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The last deaths of a row: a list of them, and below it the evidence of the one that is chosen. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../explain/causes.h"
#include "../sinks/wording.h"
#include "../util/text.h"
#include "figures.h"
#include "table.h"
#include "view_parts.h"

#define INDENT 2
#define READABLE_COLUMNS 120 /* text in longer lines is not, however wide the screen */
#define NAME_BYTES 128

static void time_cell(const void *context, const void *item, struct table_cell *cell)
{
	const struct report *report = item;

	(void)context;
	text_clock(cell->text, sizeof(cell->text), report->incident->time_wall_ns, false);
}

static void process_cell(const void *context, const void *item, struct table_cell *cell)
{
	(void)context;
	wording_process(item, cell->text, sizeof(cell->text));
}

static void kind_cell(const void *context, const void *item, struct table_cell *cell)
{
	const struct report *report = item;

	(void)context;
	snprintf(cell->text, sizeof(cell->text), "%s", kind_name(report->kind));
	cell->style = style_of_kind(report->kind);
}

static void cause_cell(const void *context, const void *item, struct table_cell *cell)
{
	const struct report *report = item;

	(void)context;
	snprintf(cell->text, sizeof(cell->text), "%s", report->cause->slug);
	cell->style = style_of_kind(report->kind);
}

static void local_cell(const void *context, const void *item, struct table_cell *cell)
{
	char text[NAME_BYTES];

	(void)context;
	snprintf(cell->text, sizeof(cell->text), "%s",
		 wording_phrase(item, "local", text, sizeof(text)));
}

static void peer_cell(const void *context, const void *item, struct table_cell *cell)
{
	char text[NAME_BYTES];

	(void)context;
	snprintf(cell->text, sizeof(cell->text), "%s",
		 wording_phrase(item, "peer", text, sizeof(text)));
}

static void why_cell(const void *context, const void *item, struct table_cell *cell)
{
	(void)context;
	snprintf(cell->text, sizeof(cell->text), "%s", ((const struct report *)item)->why);
}

/* An IPv4 endpoint takes up to 21 columns, an IPv6 one up to 47: it is cut here, and whole in the evidence. */
static const struct table_column death_columns[] = {
	{ "TIME", SORT_MAX, false, 12, 12, 0, time_cell, NULL },
	{ "PROCESS", SORT_MAX, false, 18, 18, 130, process_cell, NULL },
	{ "KIND", SORT_MAX, false, 12, 12, 110, kind_cell, NULL },
	{ "CAUSE", SORT_MAX, false, 22, 29, 0, cause_cell, NULL },
	{ "LOCAL", SORT_MAX, false, 21, 21, 57, local_cell, NULL },
	{ "PEER", SORT_MAX, false, 21, 21, 79, peer_cell, NULL },
	{ "WHY", SORT_MAX, false, 20, 512, 140, why_cell, NULL },
	{ NULL, SORT_MAX, false, 0, 0, 0, NULL, NULL },
};

/* What the row that is open is called: "nginx[2211], close-unread". */
static void opened_text(const struct row_key *key, char *text, size_t size)
{
	char process[4 * EVIDENCE_COMM_BYTES + 16];

	if (key->grouping == GROUP_PROGRAM)
		program_text(&key->process, process, sizeof(process));
	else
		process_text(&key->process, process, sizeof(process));
	snprintf(text, size, "%s%s%s", key->grouping == GROUP_CAUSE ? "" : process,
		 key->grouping == GROUP_PAIR ? ", " : "",
		 key->grouping == GROUP_PAIR || key->grouping == GROUP_CAUSE ? key->cause->slug :
									       "");
}

static void find_deaths(const struct view *view)
{
	struct scene *scene = view->scene;
	struct state *state = view->state;
	unsigned int i = 0;

	scene->deaths_count = row_deaths(&state->opened, view->model, scene->places);
	for (unsigned int at = 0; at < scene->deaths_count; at++)
		scene->serials[at] = view->model->keys[scene->places[at]].serial;
	/* One that had to make room leaves the next older one that is left, which is the oldest. */
	while (state->death && i + 1 < scene->deaths_count && scene->serials[i] > state->death)
		i++;
	scene->death = i;
}

static void put_words(struct flow *flow, const char *label, const char *text)
{
	flow_piece(flow, INDENT, "", NULL);
	flow->indent = 2 * INDENT;
	flow_words(flow, label, NULL);
	flow_words(flow, text, NULL);
	flow_end(flow);
}

static void write_verdict(struct flow *flow, const struct report *report)
{
	char label[NAME_BYTES], local[NAME_BYTES], peer[NAME_BYTES], process[NAME_BYTES],
		text[4 * NAME_BYTES];

	snprintf(label, sizeof(label), "%s, %s%s%s:", kind_name(report->kind),
		 certainty_name(report->certainty), report->missing ? ", not observed: " : "",
		 report->missing ? report->missing : "");
	flow_words(flow, label, NULL);
	flow_words(flow, report->why, NULL);
	flow_end(flow);
	wording_process(report, process, sizeof(process));
	snprintf(text, sizeof(text), "%s, local %s, peer %s", process,
		 wording_phrase(report, "local", local, sizeof(local)),
		 wording_phrase(report, "peer", peer, sizeof(peer)));
	put_words(flow, "process", text);
}

/* As with -v, -k and -u, and then what `rsttrace explain` says. The caller frees it; NULL without memory. */
static char *evidence_of(const struct report *report, unsigned int width)
{
	char *text = NULL;
	size_t size = 0;
	struct flow flow = { .out = open_memstream(&text, &size), .width = width };

	if (!flow.out)
		return NULL;
	write_verdict(&flow, report);
	wording_evidence(&flow, INDENT, report);
	wording_stack(&flow, INDENT, report, "kernel.stack", "stack:");
	wording_stack(&flow, INDENT, report, "process.stack", "program:");
	put_words(&flow, "what happened:", report->cause->meaning);
	put_words(&flow, "the application sees:", report->cause->sees);
	put_words(&flow, "what to do:", report->cause->advice);
	if (fclose(flow.out)) {
		free(text);
		return NULL;
	}
	return text;
}

/* Lines from `from` on, between two rows; how many there are. */
static unsigned int put_lines(struct canvas *canvas, char *text, unsigned int from,
			      unsigned int first, unsigned int end)
{
	unsigned int line = 0;

	for (char *at = text, *next; *at; at = next, line++) {
		next = at + strcspn(at, "\n");
		if (*next)
			*next++ = '\0';
		if (line >= from && first + line - from < end)
			canvas_put(canvas, first + line - from, 0, canvas->columns,
				   line ? STYLE_PLAIN : STYLE_BOLD, at);
	}
	return line;
}

static unsigned int lines_in(const char *text)
{
	unsigned int lines = 0;

	for (; *text; text++)
		lines += *text == '\n';
	return lines;
}

static void put_evidence(const struct view *view, const struct report *report, unsigned int first,
			 unsigned int end)
{
	unsigned int columns = view->canvas->columns;
	char *text = evidence_of(report, columns < READABLE_COLUMNS ? columns : READABLE_COLUMNS),
	     where[64];
	struct scene *scene = view->scene;
	struct state *state = view->state;
	unsigned int last;

	if (!text) {
		canvas_put(view->canvas, first, 0, view->canvas->columns, STYLE_BOLD,
			   "out of memory");
		return;
	}
	scene->lines_page = end - first;
	scene->lines_count = lines_in(text);
	if (state->first_line + scene->lines_page > scene->lines_count)
		state->first_line = scene->lines_count > scene->lines_page ?
					    scene->lines_count - scene->lines_page :
					    0;
	put_lines(view->canvas, text, state->first_line, first, end);
	last = state->first_line + scene->lines_page;
	snprintf(where, sizeof(where), " evidence, lines %u-%u of %u", state->first_line + 1,
		 last < scene->lines_count ? last : scene->lines_count, scene->lines_count);
	canvas_put_right(view->canvas, first - 1, 0, view->canvas->columns, STYLE_DIM, where);
	free(text);
}

static void put_title(const struct view *view, unsigned int row)
{
	const struct scene *scene = view->scene;
	unsigned int column;
	char text[NAME_BYTES];

	opened_text(&view->state->opened, text, sizeof(text));
	column = canvas_put(view->canvas, row, 0, view->canvas->columns, STYLE_BOLD, text);
	if (scene->deaths_count)
		snprintf(text, sizeof(text), ": death %u of the %u that are kept", scene->death + 1,
			 scene->deaths_count);
	else
		snprintf(text, sizeof(text), ": none of its deaths is kept any more");
	canvas_put(view->canvas, row, column, view->canvas->columns, STYLE_PLAIN, text);
}

/* The list gets a third of the room, the evidence the rest. */
void view_deaths(const struct view *view, unsigned int first, unsigned int end)
{
	struct scene *scene = view->scene;
	struct state *state = view->state;
	struct table_layout layout;
	struct death_report death;
	unsigned int list = first + 2, rule;

	find_deaths(view);
	put_title(view, first);
	scene->deaths_page = (end - list) / 3 ? (end - list) / 3 : 1;
	if (scene->deaths_count < scene->deaths_page)
		scene->deaths_page = scene->deaths_count;
	state->first_death = view_first(state->first_death, scene->death, scene->deaths_count,
					scene->deaths_page);
	table_lay(&layout, death_columns, view->canvas->columns);
	table_head(&layout, view->canvas, first + 1, SORT_MAX, false);
	for (unsigned int i = 0; i < scene->deaths_page; i++) {
		death_report(&view->model->kept[scene->places[state->first_death + i]], &death);
		table_item(&layout, view->canvas, list + i, view, &death.report);
		if (state->first_death + i == scene->death)
			canvas_highlight(view->canvas, list + i, STYLE_REVERSE);
	}
	rule = list + scene->deaths_page;
	if (!scene->deaths_count || rule + 1 >= end)
		return;
	canvas_put_rule(view->canvas, rule);
	death_report(&view->model->kept[scene->places[scene->death]], &death);
	put_evidence(view, &death.report, rule + 1, end);
}
