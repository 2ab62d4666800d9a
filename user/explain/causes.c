/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The tables of causes as one list, in the order in which documentation prints them, and the row "unknown". */
#include "causes.h"

#include <stddef.h>
#include <string.h>

static const struct cause_table *const tables[] = {
	&causes_sent, &causes_received, &causes_ignored, &causes_timeouts, &causes_errors, &causes_dropped,
	&causes_stalled,
};

#define TABLES (sizeof(tables) / sizeof(tables[0]))

/* .kind is a placeholder: the report of an unknown death takes its kind from the hook that saw it. */
const struct cause cause_unknown = {
	.slug = "unknown",
	.kind = KIND_RST_SENT,
	.title = "no known cause fits",
	.owner = OWNER_IS_CONN,
	.why = "no known cause fits this evidence[ (in {state})]",
	.meaning =
		"A reset, timeout or error was observed that fits none of the causes of "
		"this table. Either the kernel has a path that the table does not know "
		"yet, or what would tell was not observed: a hook is missing on this "
		"kernel, or rsttrace was started after the connection and never saw the "
		"earlier part of it.",
	.sees =
		"The errno column, if there is one, is what the kernel stored for the "
		"application.",
	.advice =
		"`rsttrace -v -k` prints the evidence and the kernel stack under the "
		"line, and `rsttrace doctor` says which hooks this kernel does not offer. "
		"The innermost frames name the function that gave the connection up. "
		"Please report the line together with a recording of it (`--raw FILE`): a "
		"new cause is one row.",
};

unsigned int causes_count(void)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < TABLES; i++)
		count += tables[i]->count;
	return count;
}

const struct cause *causes_at(unsigned int i)
{
	unsigned int table = 0;

	while (table < TABLES && i >= tables[table]->count)
		i -= tables[table++]->count;
	return table < TABLES ? &tables[table]->rows[i] : NULL;
}

const struct cause *cause_find(const char *slug)
{
	const struct cause *cause;

	for (unsigned int i = 0; (cause = causes_at(i)); i++) {
		if (strcmp(cause->slug, slug) == 0)
			return cause;
	}
	return strcmp(cause_unknown.slug, slug) == 0 ? &cause_unknown : NULL;
}
