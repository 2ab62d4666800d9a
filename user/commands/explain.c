/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* `rsttrace explain [CAUSE]`: the causes table, for people. */
#include "commands.h"

#include <stdio.h>
#include <string.h>

#include "../explain/causes.h"
#include "../util/log.h"
#include "../util/text.h"

#define WIDTH 78
#define NAMES_MAX 256

static void print_list(void)
{
	int widest = 0;

	for (unsigned int i = 0; i < causes_count(); i++) {
		int length = strlen(causes_at(i)->slug);

		widest = length > widest ? length : widest;
	}
	for (unsigned int i = 0; i < causes_count(); i++)
		printf("%-*s  %-12s  %s%s\n", widest, causes_at(i)->slug, kind_name(causes_at(i)->kind),
		       causes_at(i)->title, causes_at(i)->is_quiet ? " (only when asked for)" : "");
}

/* Words of text, filled to WIDTH columns, each line indented. */
static void print_filled(const char *text)
{
	int column = 0;

	while (*text) {
		int length = strcspn(text, " \n");

		if (column && column + 1 + length > WIDTH - 2) {
			putchar('\n');
			column = 0;
		}
		printf("%s%.*s", column ? " " : "  ", length, text);
		column += length + (column ? 1 : 0);
		text += length;
		text += strspn(text, " \n");
	}
	putchar('\n');
}

static void print_cause(const struct cause *cause)
{
	const struct {
		const char *title, *text;
	} parts[] = {
		{ "What happened", cause->meaning },
		{ "What the application sees", cause->sees },
		{ "What to do", cause->advice },
	};

	printf("%s: %s\n", cause->slug, cause->title);
	printf("kind %s\n", cause == &cause_unknown ? "any" : kind_name(cause->kind));
	if (cause->is_quiet)
		puts("told only when asked for, by --cause or --kind");
	if (cause->reasons)
		printf("kernel's reset reason (from v6.10) %s\n", cause->reasons);
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		printf("\n%s\n", parts[i].title);
		print_filled(parts[i].text);
	}
}

static int say_unknown(const char *slug)
{
	const char *names[NAMES_MAX];
	const char *nearest;
	char safe[64];

	text_printable(safe, sizeof(safe), slug, strlen(slug));

	for (unsigned int i = 0; i < causes_count() && i < NAMES_MAX; i++)
		names[i] = causes_at(i)->slug;
	nearest = text_nearest(slug, names, causes_count() < NAMES_MAX ? causes_count() : NAMES_MAX);
	if (nearest)
		log_line("unknown cause \"%s\": did you mean %s? (rsttrace explain lists them)", safe, nearest);
	else
		log_line("unknown cause \"%s\" (rsttrace explain lists them)", safe);
	return EXIT_USAGE;
}

int command_explain(const struct options *options)
{
	if (!options->arguments_count)
		print_list();
	for (unsigned int i = 0; i < options->arguments_count; i++) {
		const struct cause *cause = cause_find(options->arguments[i]);

		if (!cause)
			return say_unknown(options->arguments[i]);
		if (i)
			putchar('\n');
		print_cause(cause);
	}
	return EXIT_DONE;
}
