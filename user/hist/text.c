/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The tables, for 80 columns. Histograms first, and of the rows with most deaths last; then the table of all rows, and
 * what is to be said of them: after Ctrl-C that is what stands on the screen.
 */
#include "hist.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../explain/causes.h"
#include "../sinks/flow.h"
#include "../sinks/write.h"
#include "../util/text.h"
#include "spikes.h"

#define TOP 5
#define WIDTH 80
#define LABEL_COLUMNS 24
#define BAR 38
#define CAUSES_MAX 8 /* lines of one row */
#define EMPTY_MAX 3 /* lines without deaths; more are one */
#define TEXT_BYTES 512

static const struct {
	const char *heading;
	bool is_time;
} headings[HISTOGRAM_MAX] = {
	[HISTOGRAM_LIFETIME] = { "LIFETIME, ms", true },
	[HISTOGRAM_IDLE] = { "IDLE BEFORE, ms", true },
	[HISTOGRAM_RETRANSMITS] = { "RETRANSMITS", false },
	[HISTOGRAM_STUCK] = { "STUCK BEFORE, ms", true },
};

/* "68%"; all is said of all only, and "<1%" of what is nearly nothing. */
static const char *percent(char text[8], uint64_t part, uint64_t whole)
{
	unsigned int share = whole ? (unsigned int)((double)part * 100 / (double)whole + 0.5) : 0;

	if (share == 100 && part < whole)
		share = 99;
	snprintf(text, 8, share || !part ? "%u%%" : "<1%%", share);
	return text;
}

static void write_bar(FILE *out, uint64_t part, uint64_t whole)
{
	unsigned int length = whole ? (unsigned int)((double)part * BAR / (double)whole + 0.5) : 0;
	char bar[BAR + 1];

	if (part && !length)
		length = 1;
	memset(bar, ' ', BAR);
	memset(bar, '@', length);
	bar[BAR] = '\0';
	fprintf(out, "|%s|\n", bar);
}

/* "512", "1K", "2G": K is 1024. */
static char *power_text(char *text, size_t size, unsigned int exponent)
{
	static const char *const units[] = { "", "K", "M", "G" };

	snprintf(text, size, "%u%s", 1u << exponent % 10, units[exponent / 10 % 4]);
	return text;
}

/* As bpftrace writes them: [0], [1], [2, 4), [512, 1K), and the last one without an end. */
static char *slot_text(char *text, size_t size, unsigned int slot)
{
	char from[16], to[16];

	if (slot < 2)
		snprintf(text, size, "[%u]", slot);
	else if (slot == HISTOGRAM_SLOTS - 1)
		snprintf(text, size, "[%s, ...)", power_text(from, sizeof(from), slot - 1));
	else
		snprintf(text, size, "[%s, %s)", power_text(from, sizeof(from), slot - 1),
			 power_text(to, sizeof(to), slot));
	return text;
}

static void write_slot(FILE *out, unsigned int slot, bool is_time, uint64_t deaths, uint64_t highest)
{
	char slot_name[40], from[32] = "";

	if (is_time && slot > 10)
		text_duration(from, sizeof(from), (1000000ULL << slot) / 2);
	fprintf(out, "  %-13s %11s %9" PRIu64 " ", slot_text(slot_name, sizeof(slot_name), slot), from, deaths);
	write_bar(out, deaths, highest);
}

/* So many slots without deaths; there is one behind them. */
static unsigned int empty_from(const uint64_t slots[HISTOGRAM_SLOTS], unsigned int first)
{
	unsigned int i = first;

	while (i < HISTOGRAM_SLOTS && !slots[i])
		i++;
	return i - first;
}

/* From the first to the last slot that has any. */
static void write_histogram(FILE *out, enum histogram which, const uint64_t slots[HISTOGRAM_SLOTS])
{
	unsigned int first = HISTOGRAM_SLOTS, last = 0;
	uint64_t highest = 0;

	for (unsigned int i = 0; i < HISTOGRAM_SLOTS; i++) {
		if (!slots[i])
			continue;
		first = first < i ? first : i;
		last = i;
		highest = slots[i] > highest ? slots[i] : highest;
	}
	if (first == HISTOGRAM_SLOTS || (which == HISTOGRAM_RETRANSMITS && !last))
		return; /* none was retransmitted: that needs no picture */
	fprintf(out, "\n  %-17s %7s %9s\n", headings[which].heading, headings[which].is_time ? "FROM" : "", "DEATHS");
	for (unsigned int i = first; i <= last; i++) {
		unsigned int none = empty_from(slots, i);

		if (none > EMPTY_MAX) {
			fputs("  ...\n", out);
			i += none - 1;
		} else {
			write_slot(out, i, headings[which].is_time, slots[i], highest);
		}
	}
}

static void write_causes(FILE *out, const struct hist_row *row)
{
	const struct hist_cell *cell = row->cells;
	uint64_t more = 0;
	char share[8];

	for (unsigned int i = 0; cell && i < CAUSES_MAX; i++, cell = cell->next)
		fprintf(out, "  %-30s %-13s %9" PRIu64 " %6s\n", cell->cause->slug, kind_name(cell->kind),
			cell->deaths, percent(share, cell->deaths, row->deaths));
	for (; cell; cell = cell->next)
		more += cell->deaths;
	if (more)
		fprintf(out, "  %-44s %9" PRIu64 " %6s\n", "(other causes)", more, percent(share, more, row->deaths));
}

static void write_row(FILE *out, const char *label, const struct hist_row *row)
{
	struct hist_measures sum = { 0 };

	fprintf(out, "%s: %" PRIu64 " death%s\n", label, row->deaths, row->deaths == 1 ? "" : "s");
	fprintf(out, "  %-30s %-13s %9s %6s\n", "CAUSE", "KIND", "DEATHS", "SHARE");
	write_causes(out, row);
	for (const struct hist_cell *cell = row->cells; cell; cell = cell->next)
		hist_measures_add(&sum, &cell->measures);
	for (unsigned int which = 0; which < HISTOGRAM_MAX; which++)
		write_histogram(out, which, sum.slots[which]);
	fputc('\n', out);
}

/* "reset-by-peer 68%, close-unread 32%", as many as there is room for, and how many more there are. */
static void write_shares(FILE *out, const struct hist_row *row, unsigned int room)
{
	const struct hist_cell *cell = row->cells;
	unsigned int column = 0, left = 0;
	char text[96], share[8];

	for (; cell; cell = cell->next) {
		bool is_last = !cell->next;
		int length = snprintf(text, sizeof(text), "%s%s %s", column ? ", " : "", cell->cause->slug,
				      percent(share, cell->deaths, row->deaths));

		if (column && column + length + (is_last ? 0 : 4) > room)
			break;
		column += fprintf(out, "%s", text);
	}
	for (; cell; cell = cell->next)
		left++;
	if (left)
		fprintf(out, " +%u", left);
	fputc('\n', out);
}

/* In its columns; of one that is longer the end, which differs most. */
static void write_label(FILE *out, const char *label)
{
	size_t columns = text_columns(label), skip = 0;

	if (columns > LABEL_COLUMNS) {
		for (size_t over = columns - LABEL_COLUMNS + 2; over; skip++)
			over -= ((unsigned char)label[skip + 1] & 0xc0) != 0x80;
		fprintf(out, "..%s", label + skip);
		return;
	}
	fprintf(out, "%s%*s", label, (int)(LABEL_COLUMNS - columns), "");
}

static void write_line(FILE *out, const char *label, const struct hist_row *row, uint64_t deaths)
{
	char share[8];

	write_label(out, label);
	fprintf(out, " %9" PRIu64 " %6s  ", row->deaths, percent(share, row->deaths, deaths));
	write_shares(out, row, WIDTH - LABEL_COLUMNS - 20);
}

static void write_spikes(FILE *out, unsigned int width, const char *label, const struct hist_row *row)
{
	struct hist_spike spikes[HIST_SPIKES_MAX];
	unsigned int count = hist_spikes(row, spikes);
	char why[TEXT_BYTES], text[TEXT_BYTES + HIST_LABEL_BYTES];

	for (unsigned int i = 0; i < count; i++) {
		struct flow flow = { .out = out, .width = width ? width : WIDTH };

		snprintf(text, sizeof(text), "%s: %s", label, hist_spike_text(&spikes[i], why, sizeof(why)));
		flow_piece(&flow, 0, "! ", NULL);
		flow.indent = 2;
		flow_words(&flow, text, NULL);
		flow_end(&flow);
	}
}

static void write_title(FILE *out, const struct hist_picture *picture)
{
	const struct hist_sums *sums = hist_model_sums(picture->model);
	char from[32], to[32], lasted[32], counts[128] = "";
	size_t used = 0;

	text_clock(from, sizeof(from), picture->from_wall_ns, picture->utc);
	text_clock(to, sizeof(to), picture->to_wall_ns, picture->utc);
	text_duration(lasted, sizeof(lasted), picture->to_wall_ns - picture->from_wall_ns);
	used += snprintf(counts, sizeof(counts), "%" PRIu64 " death%s", sums->deaths, sums->deaths == 1 ? "" : "s");
	if (picture->has_lost)
		snprintf(counts + used, sizeof(counts) - used, ", %" PRIu64 " lost", picture->lost);
	fprintf(out, "%s%.8s to %.8s (%s): %s\n", picture->is_interval ? "" : "In all, ", from, to, lasted, counts);
}

/* What the figures do not say of themselves. */
static void write_notes(FILE *out, const struct hist_picture *picture)
{
	const struct hist_sums *sums = hist_model_sums(picture->model);

	if (sums->rows)
		fprintf(out, "! %u %s were too rare to be kept apart: their deaths are among the others\n", sums->rows,
			hist_model_by(picture->model)->plural);
	if (sums->streamed && picture->has_lost)
		fprintf(out, "! %" PRIu64 " deaths were streamed: there was no room to count more kinds of them\n",
			sums->streamed);
	if (hist_unmeasured(sums) && !picture->is_interval)
		fprintf(out, "! %" PRIu64 " deaths are in the counts, and in no histogram\n", hist_unmeasured(sums));
}

/* The table, and behind it what stands out. */
static int write_table(FILE *out, const struct hist_picture *picture, unsigned int shown)
{
	const struct hist_by *by = hist_model_by(picture->model);
	uint64_t deaths = hist_model_sums(picture->model)->deaths;
	const struct hist_row *others = hist_model_others(picture->model, shown);
	char label[HIST_LABEL_BYTES];

	if (!others)
		return -1;
	write_title(out, picture);
	if (!deaths)
		return 0;
	fprintf(out, "%-*s %9s %6s  %s\n", LABEL_COLUMNS, by->heading, "DEATHS", "SHARE", "CAUSES");
	for (unsigned int i = 0; i < shown; i++) {
		const struct hist_row *row = hist_model_row(picture->model, i);

		write_line(out, hist_label(by, &row->key, label, sizeof(label)), row, deaths);
	}
	if (others->deaths)
		write_line(out, "(others)", others, deaths);
	for (unsigned int i = 0; i < shown; i++) {
		const struct hist_row *row = hist_model_row(picture->model, i);

		write_spikes(out, picture->width, hist_label(by, &row->key, label, sizeof(label)), row);
	}
	write_notes(out, picture);
	if (shown && !picture->is_interval)
		fprintf(out, "rsttrace explain %s: what that is, and what to do about it\n",
			hist_model_row(picture->model, 0)->cells->cause->slug);
	return 0;
}

static int write_picture(FILE *out, const struct hist_picture *picture)
{
	const struct hist_by *by = hist_model_by(picture->model);
	unsigned int rows = hist_model_rows(picture->model), shown = rows;
	uint64_t top = picture->top ? picture->top : TOP;
	char label[HIST_LABEL_BYTES];

	if (top < shown)
		shown = (unsigned int)top;
	for (unsigned int i = shown; i-- > 0;) {
		const struct hist_row *row = hist_model_row(picture->model, i);

		write_row(out, hist_label(by, &row->key, label, sizeof(label)), row);
	}
	return write_table(out, picture, shown);
}

static int text_write(FILE *out, const struct hist_picture *picture)
{
	char *text = NULL;
	size_t size = 0;
	FILE *memory = open_memstream(&text, &size);
	int err;

	if (!memory)
		return -ENOMEM;
	err = write_picture(memory, picture) ? -ENOMEM : 0;
	fputc('\n', memory);
	if (fclose(memory))
		err = -ENOMEM;
	if (!err)
		err = write_text(out, text, size);
	free(text);
	return err;
}

const struct hist_form hist_text = { .name = "table", .write = text_write };
