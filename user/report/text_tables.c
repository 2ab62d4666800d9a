/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The tables of the text: groups, timeline, and an example of each. */
#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "../util/text.h"
#include "evidence.h"
#include "text_private.h"
#include "timeline.h"

#define GROUPS_SHOWN 10
#define EXAMPLES_SHOWN 6
#define STEPS 32
#define STEPS_VERBOSE 60
#define BAR_COLUMNS 30
#define KEYS_COLUMN 15

static size_t groups_shown(const struct writer *writer, size_t limit)
{
	size_t count = 0;

	while (count < groups_count(writer->digest->groups) && groups_at(writer->digest->groups, count)->deaths &&
	       (count < limit || writer->options->verbose))
		count++;
	return count;
}

static void write_group(struct writer *writer, const struct group *group)
{
	const struct key_list *by = groups_by(writer->digest->groups);
	char text[64];
	unsigned int column = KEYS_COLUMN;

	snprintf(text, sizeof(text), "%7" PRId64, group->deaths);
	flow_cell(&writer->flow, 0, text, NULL);
	text_times(writer->digest, group->deaths, group->before, text, sizeof(text));
	flow_cell(&writer->flow, 8, text, NULL);
	for (unsigned int i = 0; i < by->count; i++) {
		flow_cell(&writer->flow, column, *group->texts[i] ? group->texts[i] : "-", NULL);
		column += by->keys[i]->columns + 1;
	}
	story_clock(text, sizeof(text), group->first_ns, 0, writer->options->utc);
	flow_cell(&writer->flow, column, text, DIM);
	story_clock(text, sizeof(text), group->last_ns, 0, writer->options->utc);
	flow_cell(&writer->flow, column + 9, text, DIM);
	flow_end(&writer->flow);
}

void text_groups(struct writer *writer)
{
	const struct key_list *by = groups_by(writer->digest->groups);
	size_t shown = groups_shown(writer, GROUPS_SHOWN), all = groups_shown(writer, SIZE_MAX);
	unsigned int column = KEYS_COLUMN;
	int64_t rest = 0;
	char text[80];

	text_heading(writer, "MOST DEATHS");
	writer->flow.indent = KEYS_COLUMN;
	flow_cell(&writer->flow, 1, "DEATHS", DIM);
	flow_cell(&writer->flow, 8, "BEFORE", DIM);
	for (unsigned int i = 0; i < by->count; i++) {
		snprintf(text, sizeof(text), "%s", by->keys[i]->name);
		for (char *at = text; *at; at++)
			*at = (char)toupper((unsigned char)*at);
		flow_cell(&writer->flow, column, text, DIM);
		column += by->keys[i]->columns + 1;
	}
	flow_cell(&writer->flow, column, "FIRST", DIM);
	flow_cell(&writer->flow, column + 9, "LAST", DIM);
	flow_end(&writer->flow);
	for (size_t i = 0; i < shown; i++)
		write_group(writer, groups_at(writer->digest->groups, i));
	for (size_t i = shown; i < all; i++)
		rest += groups_at(writer->digest->groups, i)->deaths;
	if (rest) {
		snprintf(text, sizeof(text), "%7" PRId64 " in %zu more %s, which -v shows", rest, all - shown,
			 all - shown == 1 ? "group" : "groups");
		flow_piece(&writer->flow, 0, text, DIM);
		flow_end(&writer->flow);
	}
}

static void write_moment(struct writer *writer, const struct timeline *timeline, unsigned int i, int64_t most)
{
	const struct moment *moment = &timeline->moments[i];
	int64_t time_ns = timeline->from_ns + i * timeline->step_ns;
	int columns = (int)((moment->deaths * BAR_COLUMNS + most - 1) / most);
	char text[96], bar[BAR_COLUMNS + 1];

	memset(bar, '#', columns);
	bar[columns] = '\0';
	if (timeline->step_ns < 1000000000)
		text_clock(text, sizeof(text), time_ns, writer->options->utc);
	else
		story_clock(text, sizeof(text), time_ns, i ? time_ns - timeline->step_ns : 0, writer->options->utc);
	flow_cell(&writer->flow, 0, text, NULL);
	writer->flow.indent = 20;
	if (moment->deaths)
		snprintf(text, sizeof(text), "%s %" PRId64, bar, moment->deaths);
	else
		snprintf(text, sizeof(text), "-");
	flow_cell(&writer->flow, 13, text, NULL);
	if (moment->deaths && moment->of_cause == moment->deaths)
		snprintf(text, sizeof(text), "%s", moment->cause);
	else if (moment->deaths)
		snprintf(text, sizeof(text), "%s %" PRId64, moment->cause, moment->of_cause);
	if (moment->deaths)
		flow_cell(&writer->flow, 13 + BAR_COLUMNS + 8, text, DIM);
	flow_end(&writer->flow);
}

int text_timeline(struct writer *writer)
{
	unsigned int steps = writer->options->verbose ? STEPS_VERBOSE : STEPS;
	struct timeline timeline;
	char text[96], step[32];
	int64_t most = 1;
	int err = timeline_make(&writer->digest->deaths, writer->digest->period, steps, &timeline);

	if (err)
		return err;
	for (unsigned int i = 0; i < timeline.count; i++)
		most = timeline.moments[i].deaths > most ? timeline.moments[i].deaths : most;
	text_duration(step, sizeof(step), timeline.step_ns);
	snprintf(text, sizeof(text), "WHEN, AND THE MOST FREQUENT CAUSE (a line is %s)", step);
	text_heading(writer, text);
	for (unsigned int i = 0; i < timeline.count; i++) {
		unsigned int quiet = 0;

		while (i + quiet < timeline.count && !timeline.moments[i + quiet].deaths)
			quiet++;
		if (quiet > 2) {
			flow_cell(&writer->flow, 0, "...", DIM);
			flow_end(&writer->flow);
			i += quiet - 1;
		} else {
			write_moment(writer, &timeline, i, most);
		}
	}
	return 0;
}

static int write_example(struct writer *writer, int64_t time_ns, const char *what)
{
	int err;

	for (unsigned int i = 0; i < writer->examples_count; i++) {
		if (writer->examples[i] == time_ns)
			return 0;
	}
	if (writer->examples_count == sizeof(writer->examples) / sizeof(*writer->examples))
		return 0;
	writer->examples[writer->examples_count++] = time_ns;
	text_part(writer, 2, what, HEADING);
	flow_line(&writer->flow, 2);
	err = evidence_write(writer->archive, time_ns, writer->options->utc, &writer->flow, writer->message,
			     writer->size);
	return err;
}

/* The first death of each group, and of each story that has another one. */
int text_examples(struct writer *writer)
{
	const struct digest *digest = writer->digest;
	size_t groups = groups_shown(writer, EXAMPLES_SHOWN);
	char what[192];
	int err = 0;

	text_heading(writer, "AN EXAMPLE OF EACH");
	for (size_t i = 0; !err && i < digest->stories.count && i < STORIES_SHOWN; i++) {
		snprintf(what, sizeof(what), "of story %zu, the first:", i + 1);
		err = write_example(writer, digest->stories.list[i].example_ns, what);
	}
	for (size_t i = 0; !err && i < groups; i++) {
		const struct group *group = groups_at(digest->groups, i);
		const struct key_list *by = groups_by(digest->groups);
		size_t used = snprintf(what, sizeof(what), "of");

		for (unsigned int k = 0; k < by->count && used < sizeof(what); k++)
			used += snprintf(what + used, sizeof(what) - used, "%s%s", k ? ", " : " ",
					 *group->texts[k] ? group->texts[k] : "-");
		snprintf(what + used, sizeof(what) - used, ", the first:");
		err = write_example(writer, group->example_ns, what);
	}
	return err;
}
