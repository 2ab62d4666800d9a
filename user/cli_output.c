/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* --output: which, and where it goes. */
#include <string.h>

#include "cli.h"
#include "cli_private.h"
#include "sinks/sink.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#define SINKS_MAX 16 /* names to look for the nearest one in */

/* NAME[=FILE]; the file "-" is stdout. Two outputs in one file would destroy each other. */
int cli_set_output(struct options *options, const char *value, char *message, size_t size)
{
	char *file = (char *)value, *name = strsep(&file, "="); /* argv's own bytes, which are ours to change */
	const struct sink *sink = sink_find(name);
	const char *names[SINKS_MAX];
	struct output *other;
	size_t count = 0, i;

	if (!sink) {
		while (sinks[count] && count < ARRAY_SIZE(names)) {
			names[count] = sinks[count]->name;
			count++;
		}
		return cli_refuse_name(message, size, "output", "", name, names, count);
	}
	if (file && !*file)
		return cli_refuse(message, size, "output %s= names no file", sink->name);
	if (file && sink->place)
		return cli_refuse(message, size, "output %s takes no =FILE: it goes to %s", sink->name, sink->place);
	if (sink->place)
		file = (char *)sink->place;
	else if (file && !strcmp(file, "-"))
		file = NULL;
	for (i = 0; i < options->outputs_count; i++) {
		other = &options->outputs[i];
		if (file ? other->file && !strcmp(file, other->file) : !other->file)
			return cli_refuse(message, size,
					  "outputs %s and %s go to the same place: "
					  "give one its own =FILE",
					  other->name, sink->name);
	}
	if (options->outputs_count == ARRAY_SIZE(options->outputs))
		return cli_refuse(message, size, "more than %zu of --output", ARRAY_SIZE(options->outputs));
	options->outputs[options->outputs_count++] = (struct output){ sink->name, file };
	return 0;
}
