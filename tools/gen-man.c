/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Writes the man pages: rsttrace(8), one for each verb, rsttrace-causes(7). Names, options, outputs, causes and
 * statuses are the program's own tables; what only prose can say stands in a file for each page, cut in two by a line
 * of its own: what comes before the options and what comes after.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../user/cli.h"
#include "../user/explain/causes.h"
#include "../user/sinks/sink.h"

#define CUT ".\\\" ---- options ----\n"
#define NAME_BYTES 64
#define PATH_BYTES 512
#define LINE_BYTES 4096
#define LINE_COLUMNS 50 /* after which a line of source is broken */

struct page {
	FILE *out;
	const char *name, *date, *prose; /* the directory of the prose */
	int section;
};

/* In text a hyphen, in what is to be typed a minus: only that can be pasted into a shell. */
static void put(const struct page *page, char letter, bool is_typed)
{
	switch (letter) {
	case '\\':
		fputs("\\e", page->out);
		break;
	case '-':
		fputs(is_typed ? "\\-" : "-", page->out);
		break;
	case '\'':
		fputs("\\(aq", page->out);
		break;
	case '^':
		fputs("\\(ha", page->out);
		break;
	case '~':
		fputs("\\(ti", page->out);
		break;
	default:
		fputc(letter, page->out);
	}
}

static void typed(const struct page *page, const char *text)
{
	for (; *text; text++)
		put(page, *text, true);
}

/* A sentence: what stands in `backquotes` is typed. No line of it begins with what roff takes for a request. */
static void sentence(const struct page *page, const char *text)
{
	bool is_typed = false;
	int column = 0;

	fputs("\\&", page->out);
	for (; *text; text++, column++) {
		if (*text == '`') {
			is_typed = !is_typed;
			fputs(is_typed ? "\\fB" : "\\fR", page->out);
		} else if ((*text == ' ' || *text == '\n') && column > LINE_COLUMNS) {
			fputs("\n\\&", page->out);
			column = 0;
		} else {
			put(page, *text == '\n' ? ' ' : *text, is_typed);
		}
	}
	fputc('\n', page->out);
}

static void heading(const struct page *page, const char *text)
{
	fprintf(page->out, ".SH %s\n", text);
}

/* A row of a table: the bold name, the placeholder, and what it means. */
static void row(const struct page *page, const char *name, const char *argument, const char *meaning)
{
	fputs(".TP\n\\fB", page->out);
	typed(page, name);
	fputs("\\fR", page->out);
	if (argument) {
		fputs(" \\fI", page->out);
		typed(page, argument);
		fputs("\\fR", page->out);
	}
	fputc('\n', page->out);
	sentence(page, meaning);
}

static void rows(const struct page *page, const char *title, const struct cli_line *line)
{
	heading(page, title);
	for (; line->name; line++)
		row(page, line->name, NULL, line->meaning);
}

static void begin(const struct page *page, const char *what)
{
	fputs(".\\\" SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause\n", page->out);
	fputs(".\\\" Made by tools/gen-man from the program's own tables.\n", page->out);
	fputs(".TH ", page->out);
	for (const char *letter = page->name; *letter; letter++)
		put(page, *letter >= 'a' && *letter <= 'z' ? *letter - 'a' + 'A' : *letter, true);
	fprintf(page->out, " %d %s \"rsttrace " RSTTRACE_VERSION "\" \"rsttrace\"\n", page->section, page->date);
	fputs(".ad l\n.nh\n.SH NAME\n", page->out);
	typed(page, page->name);
	fputs(" \\- ", page->out);
	sentence(page, what);
}

/* One half of the page's prose; a page without any is made of its tables alone. 0 or a negative errno. */
static int prose(const struct page *page, bool is_first)
{
	char path[PATH_BYTES], line[LINE_BYTES];
	bool is_wanted = is_first;
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s.roff", page->prose, page->name);
	file = fopen(path, "r");
	if (!file)
		return errno == ENOENT ? 0 : -errno;
	while (fgets(line, sizeof(line), file)) {
		if (!strcmp(line, CUT))
			is_wanted = !is_first;
		else if (is_wanted && strncmp(line, ".\\\"", 3))
			fputs(line, page->out);
	}
	fclose(file);
	return 0;
}

/* "p, --pid" of one row, for the verbs given; those of all others stand in their own pages. */
static void options_of(const struct page *page, unsigned int verbs)
{
	char name[NAME_BYTES], letter[] = "-x, ";

	heading(page, "OPTIONS");
	for (const struct option_row *option = option_rows; option->name; option++) {
		if (!(option->verbs & verbs))
			continue;
		letter[1] = option->letter;
		snprintf(name, sizeof(name), "%s--%s", option->letter ? letter : "", option->name);
		row(page, name, option->argument, option->help);
	}
}

static bool takes(unsigned int verbs, const char *name)
{
	for (const struct option_row *option = option_rows; option->name; option++) {
		if (!strcmp(option->name, name))
			return option->verbs & verbs;
	}
	return false;
}

/* What the values of some options are chosen from. */
static void choices_of(const struct page *page, unsigned int verbs)
{
	if (takes(verbs, "kind")) {
		heading(page, "KINDS");
		fputs("Of death, for\n.BR \\-\\-kind :\n", page->out);
		for (unsigned int kind = 0; kind < KIND_STALLED; kind++) {
			fputs(kind ? ",\n.BR " : ".BR ", page->out);
			typed(page, kind_name((enum kind)kind));
		}
		fputs(".\nThe causes of each stand in\n.BR rsttrace\\-causes (7).\n", page->out);
	}
	if (takes(verbs, "output")) {
		heading(page, "OUTPUTS");
		for (unsigned int i = 0; sinks[i]; i++)
			row(page, sinks[i]->name, NULL, sinks[i]->help);
	}
}

static void see_also(const struct page *page)
{
	char name[NAME_BYTES];

	heading(page, "SEE ALSO");
	if (strcmp(page->name, "rsttrace"))
		fputs(".BR rsttrace (8),\n", page->out);
	for (const struct verb_row *verb = verb_rows; verb->name; verb++) {
		snprintf(name, sizeof(name), "rsttrace-%s", verb->name);
		if (!strcmp(page->name, name))
			continue;
		fputs(".BR ", page->out);
		typed(page, name);
		fputs(" (8),\n", page->out);
	}
	if (page->section == 8)
		fputs(".BR rsttrace\\-causes (7),\n", page->out);
	fputs(".BR ss (8),\n.BR tcp (7)\n", page->out);
}

static int print_whole(const struct page *page)
{
	char name[NAME_BYTES];
	int err;

	begin(page, "says why a TCP connection died");
	heading(page, "SYNOPSIS");
	fputs(".B rsttrace\n.RI [ verb ]\n.RI [ options ]\n", page->out);
	err = prose(page, true);
	heading(page, "VERBS");
	for (const struct verb_row *verb = verb_rows; verb->name; verb++) {
		row(page, verb->name, verb->argument, verb->help);
		snprintf(name, sizeof(name), "rsttrace-%s", verb->name);
		fputs(".RB ( ", page->out);
		typed(page, name);
		fputs(" \"(8))\"\n", page->out);
	}
	options_of(page, 1);
	choices_of(page, 1);
	err = err ? err : prose(page, false);
	rows(page, "EXIT STATUS", cli_statuses);
	rows(page, "EXAMPLES", cli_examples);
	see_also(page);
	return err;
}

static int print_verb(const struct page *page, const struct verb_row *verb)
{
	unsigned int bit = 1u << (verb - verb_rows);
	int err;

	begin(page, verb->help);
	heading(page, "SYNOPSIS");
	fputs(".B rsttrace ", page->out);
	typed(page, verb->name);
	fputs("\n.RI [ options ]\n", page->out);
	if (verb->argument) {
		fputs(".I ", page->out);
		typed(page, verb->argument);
		fputc('\n', page->out);
	}
	err = prose(page, true);
	options_of(page, bit);
	choices_of(page, bit);
	err = err ? err : prose(page, false);
	rows(page, "EXIT STATUS", cli_statuses);
	see_also(page);
	return err;
}

static void print_cause(const struct page *page, const struct cause *cause)
{
	fputs(".SS ", page->out);
	typed(page, cause->slug);
	fputc('\n', page->out);
	sentence(page, cause->title);
	fprintf(page->out, "(%s%s).\n", cause == &cause_unknown ? "any kind" : kind_name(cause->kind),
		cause->is_quiet ? ", told only when asked for" : "");
	fputs(".PP\n", page->out);
	sentence(page, cause->meaning);
	row(page, "The application sees", NULL, cause->sees);
	row(page, "What to do", NULL, cause->advice);
}

static int print_causes(const struct page *page)
{
	int err;

	begin(page, "what TCP connections die of, as rsttrace tells it");
	err = prose(page, true);
	heading(page, "CAUSES");
	for (unsigned int i = 0; i < causes_count(); i++)
		print_cause(page, causes_at(i));
	print_cause(page, &cause_unknown);
	err = err ? err : prose(page, false);
	see_also(page);
	return err;
}

/* 0 or a negative errno. `verb` is NULL for the pages that are no verb's. */
static int write_page(const char *directory, struct page *page, const struct verb_row *verb)
{
	char path[PATH_BYTES];
	int err;

	snprintf(path, sizeof(path), "%s/%s.%d", directory, page->name, page->section);
	page->out = fopen(path, "w");
	if (!page->out)
		return -errno;
	if (verb)
		err = print_verb(page, verb);
	else
		err = page->section == 7 ? print_causes(page) : print_whole(page);
	if (ferror(page->out) && !err)
		err = -EIO;
	if (fclose(page->out) && !err)
		err = -errno;
	return err;
}

int main(int argc, char *argv[])
{
	char name[NAME_BYTES];
	struct page page = { .name = "rsttrace", .section = 8 };
	const struct verb_row *verb;
	int err;

	if (argc != 4) {
		fputs("usage: gen-man DATE PROSE-DIRECTORY DIRECTORY\n", stderr);
		return 2;
	}
	page.date = argv[1];
	page.prose = argv[2];
	err = write_page(argv[3], &page, NULL);
	page.name = name;
	for (verb = verb_rows; verb->name && !err; verb++) {
		snprintf(name, sizeof(name), "rsttrace-%s", verb->name);
		err = write_page(argv[3], &page, verb);
	}
	page.section = 7;
	page.name = "rsttrace-causes";
	err = err ? err : write_page(argv[3], &page, NULL);
	if (err)
		fprintf(stderr, "gen-man: %s in %s: %s\n", page.name, argv[3], strerror(-err));
	return err ? 1 : 0;
}
