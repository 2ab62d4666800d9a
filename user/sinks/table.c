/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * One line per death, for people. On a terminal too narrow for the sentence to stand beside the addresses it stands
 * under them, and no line is wider than the terminal.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../explain/causes.h"
#include "../util/text.h"
#include "flow.h"
#include "sink.h"
#include "wording.h"
#include "write.h"

#define BOLD "1"
#define DIM "2"

#define WIDTH_MIN 40 /* narrower than this the terminal wraps the lines, not we */
#define WIDTH_WIDE 130 /* leaves the sentence some 40 columns beside the addresses */
#define EVIDENCE_INDENT 13 /* under the second column */

/* Columns at which the cells begin; 0 = not in this layout. An IPv4 endpoint takes up to 21. */
struct layout {
	unsigned int kind, process, local, peer, why;
};

static const struct layout wide = { .kind = 13, .process = 26, .local = 45, .peer = 67, .why = 89 };
static const struct layout stalled_wide = { .process = 13, .local = 32, .peer = 54, .why = 76 };
static const struct layout narrow = { .process = 13, .local = 36, .peer = 58 };

static const char *const kind_colours[KIND_MAX] = {
	[KIND_RST_SENT] = "33",	 [KIND_RST_RECEIVED] = "31", [KIND_RST_IGNORED] = "36",
	[KIND_TIMEOUT] = "35",	 [KIND_ERROR] = "31",	     [KIND_DROPPED] = "36",
	[KIND_RECOVERED] = "32", [KIND_STALLED] = "33",
};

struct table {
	FILE *out;
	struct sink_options options;
	const struct layout *layout;
	bool has_header;
};

static void write_header(struct flow *flow, const struct layout *layout, bool is_stalled)
{
	flow_cell(flow, 0, is_stalled ? "ENDS IN" : "TIME", BOLD);
	if (layout->kind)
		flow_cell(flow, layout->kind, "KIND", BOLD);
	flow_cell(flow, layout->process, "PROCESS", BOLD);
	flow_cell(flow, layout->local, "LOCAL", BOLD);
	flow_cell(flow, layout->peer, "PEER", BOLD);
	if (!layout->why) {
		flow_line(flow, EVIDENCE_INDENT);
		flow_piece(flow, 0, is_stalled ? "CAUSE: WHY" : "KIND: WHY", BOLD);
	} else {
		flow_cell(flow, layout->why, "WHY", BOLD);
	}
	flow_end(flow);
}

/* The kind where it has no column, or the cause of one that lives, how sure it is, the sentence. */
static void write_why(struct flow *flow, const struct report *report, bool has_kind)
{
	bool is_certain = report->certainty == CERTAINTY_CERTAIN;
	char text[160];

	if (report->incident->count) {
		snprintf(text, sizeof(text), "%" PRIu64 " more:", report->incident->count);
		flow_piece(flow, 0, text, BOLD);
	}
	if (has_kind) {
		snprintf(text, sizeof(text), "%s%c",
			 report->kind == KIND_STALLED ? report->cause->slug : kind_name(report->kind),
			 is_certain ? ':' : ',');
		flow_piece(flow, 0, text, kind_colours[report->kind % KIND_MAX]);
	}
	if (report->certainty == CERTAINTY_PARTIAL && report->missing) {
		snprintf(text, sizeof(text), "partial, %s:", report->missing);
		flow_words(flow, text, BOLD);
	} else if (!is_certain) {
		snprintf(text, sizeof(text), "%s:", certainty_name(report->certainty));
		flow_words(flow, text, BOLD);
	}
	flow_words(flow, report->why, NULL);
}

/* When it happened; of one that lives, how long it still does. */
static void first_text(const struct table *table, const struct report *report, char *text, size_t size)
{
	if (!table->options.stalled)
		text_clock(text, size, report->incident->time_wall_ns, table->options.utc);
	else if (!wording_field("deadline.in_ms", report, text, size))
		snprintf(text, size, "%s", strcmp(report->state, "LISTEN") ? "never" : "-");
}

static void write_line(const struct table *table, struct flow *flow, const struct report *report)
{
	const struct layout *layout = table->layout;
	char text[128];

	flow->indent = EVIDENCE_INDENT;
	first_text(table, report, text, sizeof(text));
	flow_cell(flow, 0, text, table->options.stalled ? NULL : DIM);
	if (layout->kind)
		flow_cell(flow, layout->kind, kind_name(report->kind),
			  kind_colours[report->kind % KIND_MAX]);
	wording_process(report, text, sizeof(text));
	flow_cell(flow, layout->process, text, NULL);
	flow_cell(flow, layout->local, wording_phrase(report, "local", text, sizeof(text)), NULL);
	flow_cell(flow, layout->peer, wording_phrase(report, "peer", text, sizeof(text)), NULL);
	if (!layout->why) {
		flow_line(flow, EVIDENCE_INDENT);
	} else if (flow->column < layout->why) {
		flow->indent = layout->why;
		flow_cell(flow, layout->why, "", NULL);
	} else {
		/* long addresses have pushed it out of its column */
		flow->indent = flow->width ? layout->why : 0;
		if (flow->width)
			flow_line(flow, layout->why);
	}
	write_why(flow, report, !layout->kind);
	flow_end(flow);
}

static int table_report(void *state, const struct report *report)
{
	struct table *table = state;
	/* what nobody can explain is never shown without its evidence */
	bool is_unknown = report->certainty == CERTAINTY_UNKNOWN;
	char *text = NULL;
	size_t size = 0;
	struct flow flow = { .out = open_memstream(&text, &size),
			     .width = table->options.width,
			     .colour = table->options.colour };
	int err;

	if (!flow.out)
		return -errno;
	if (!table->has_header)
		write_header(&flow, table->layout, table->options.stalled);
	table->has_header = true;
	write_line(table, &flow, report);
	if (table->options.verbose || is_unknown)
		wording_evidence(&flow, EVIDENCE_INDENT, report);
	if (table->options.kernel_stack || is_unknown)
		wording_stack(&flow, EVIDENCE_INDENT, report, "kernel.stack", "stack:");
	if (table->options.user_stack || is_unknown)
		wording_stack(&flow, EVIDENCE_INDENT, report, "process.stack", "program:");
	err = ferror(flow.out) ? -ENOMEM : 0;
	if (fclose(flow.out) && !err)
		err = -errno;
	if (!err)
		err = write_text(table->out, text, size);
	free(text);
	return err;
}

static void *table_open(FILE *out, const struct sink_options *options)
{
	struct table *table = calloc(1, sizeof(*table));

	if (!table)
		return NULL;
	table->out = out;
	table->options = *options;
	if (options->width && options->width < WIDTH_MIN)
		table->options.width = WIDTH_MIN;
	table->layout = options->width && options->width < WIDTH_WIDE ? &narrow :
			options->stalled			      ? &stalled_wide :
								&wide;
	return table;
}

static void table_begin(void *state)
{
	((struct table *)state)->has_header = false;
}

static void table_close(void *state)
{
	free(state);
}

const struct sink sink_table = {
	.name = "table",
	.help = "one line per death, for people (the default)",
	.open = table_open,
	.begin = table_begin,
	.report = table_report,
	.close = table_close,
};
