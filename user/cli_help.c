/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The help text, made from the rows in cli_rows.c; the examples and the exit statuses stand here. */
#include "cli.h"

#include <string.h>

#include "cli_private.h"
#include "sinks/sink.h"

#ifndef RSTTRACE_VERSION
#define RSTTRACE_VERSION "0.1.0" /* for builds without the Makefile */
#endif

#define HELP_COLUMNS 80
#define HELP_COLUMN 28 /* where the second column begins */

const struct cli_line cli_examples[] = {
	{ "rsttrace", "every death on this host, until interrupted" },
	{ "rsttrace -c 'nginx*' -K rst-sent -v", "why nginx resets, with the evidence" },
	{ "rsttrace -a 10.0.0.0/8 -d 1h -o json=deaths.json", "an hour, kept as JSON" },
	{ "rsttrace report --since '2h ago'", "what happened, from what rsttrace record kept" },
	{ "rsttrace hist --by peer -d 1h", "how connections died, by the other end's address" },
	{ "rsttrace stalled -p 2211 --watch", "what hangs in that process, until when" },
	{ "rsttrace explain close-unread", "what that cause means and what to do" },
	{ NULL, NULL },
};

/* The numbers of enum exit_status. */
const struct cli_line cli_statuses[] = {
	{ "0", "done" },
	{ "1", "failed" },
	{ "2", "wrong usage" },
	{ "77", "this kernel or these privileges cannot run it" },
	{ NULL, NULL },
};

void cli_list_verbs(char *text, size_t size, unsigned int verbs)
{
	size_t used = 0, i;

	text[0] = '\0';
	for (i = 0; verb_rows[i].name && used < size; i++) {
		if (verbs & 1u << i)
			used += (size_t)snprintf(text + used, size - used, "%s%s", used ? ", " : "",
						 verb_rows[i].name);
	}
}

/* A line with a label and a text that is wrapped inside the second column. */
static void print_row(FILE *out, const char *label, const char *text)
{
	int column = fprintf(out, "  %s", label), length;

	if (column > HELP_COLUMN - 2) {
		fputc('\n', out);
		column = 0;
	}
	fprintf(out, "%*s", HELP_COLUMN - column, "");
	for (column = HELP_COLUMN; *text; text += length, text += strspn(text, " ")) {
		length = (int)strcspn(text, " ");
		if (column > HELP_COLUMN && column + 1 + length > HELP_COLUMNS) {
			fprintf(out, "\n%*s", HELP_COLUMN, "");
			column = HELP_COLUMN;
		}
		column += fprintf(out, "%s%.*s", column > HELP_COLUMN ? " " : "", length, text);
	}
	fputc('\n', out);
}

static void help_verbs(FILE *out)
{
	const struct verb_row *row;
	char label[HELP_COLUMNS];

	fputs("\nVerbs:\n", out);
	for (row = verb_rows; row->name; row++) {
		snprintf(label, sizeof(label), "%s%s%s", row->name, row->argument ? " " : "",
			 row->argument ? row->argument : "");
		print_row(out, label, row->help);
	}
}

static bool is_for_all(const struct option_row *row)
{
	unsigned int verb = 0;

	while (verb_rows[verb].name && row->verbs & 1u << verb)
		verb++;
	return !verb_rows[verb].name;
}

/* A section for each run of rows that go with the same verbs. */
static void help_options(FILE *out)
{
	const struct option_row *row;
	char label[HELP_COLUMNS], letter[] = "-x, ";
	unsigned int verbs = 0;

	for (row = option_rows; row->name; row++) {
		if (row->verbs != verbs) {
			cli_list_verbs(label, sizeof(label), row->verbs);
			fprintf(out, "\nOptions of %s:\n", is_for_all(row) ? "every verb" : label);
			verbs = row->verbs;
		}
		letter[1] = row->letter;
		snprintf(label, sizeof(label), "%s--%s%s%s", row->letter ? letter : "    ",
			 row->name, row->argument ? " " : "", row->argument ? row->argument : "");
		print_row(out, label, row->help);
	}
}

/* What --kind and --output choose from. */
static void help_choices(FILE *out)
{
	char kinds[KIND_MAX * 24] = "";
	size_t used = 0, i;

	for (i = 0; i < KIND_STALLED && used < sizeof(kinds); i++)
		used += (size_t)snprintf(kinds + used, sizeof(kinds) - used, "%s%s",
					 used ? ", " : "", kind_name((enum kind)i));
	fputs("\nKinds of death and outputs:\n", out);
	print_row(out, "--kind", kinds);
	for (i = 0; sinks[i]; i++) {
		snprintf(kinds, sizeof(kinds), "--output %s", sinks[i]->name);
		print_row(out, kinds, sinks[i]->help);
	}
}

void cli_help(FILE *out)
{
	size_t i;

	fputs("rsttrace " RSTTRACE_VERSION ": says why a TCP connection died\n", out);
	fputs("\nUsage: rsttrace [VERB] [OPTIONS]\n", out);
	help_verbs(out);
	help_options(out);
	help_choices(out);
	fputs("\nExamples:\n", out);
	for (i = 0; cli_examples[i].name; i++)
		print_row(out, cli_examples[i].name, cli_examples[i].meaning);
	fputs("\nExit status:\n", out);
	for (i = 0; cli_statuses[i].name; i++)
		print_row(out, cli_statuses[i].name, cli_statuses[i].meaning);
}
