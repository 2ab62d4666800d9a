/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What happened, what is new, who, when, one example of each: in the order in which an on-call engineer asks. */
#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../util/text.h"
#include "text_private.h"

#define CHANGES_SHOWN 8
#define TIMES_NOTEWORTHY 3
#define DEATHS_NOTEWORTHY 3

void text_part(struct writer *writer, unsigned int indent, const char *text, const char *sgr)
{
	writer->flow.indent = indent;
	if (writer->flow.column < indent)
		flow_cell(&writer->flow, indent, "", NULL);
	flow_words(&writer->flow, text, sgr);
}

void text_heading(struct writer *writer, const char *text)
{
	flow_end(&writer->flow);
	text_part(writer, 0, text, HEADING);
	flow_end(&writer->flow);
}

/* A sentence: its first letter large, a full stop. */
static void write_sentence(struct writer *writer, unsigned int indent, const char *text)
{
	char sentence[STORY_BYTES + 2];

	snprintf(sentence, sizeof(sentence), "%s.", text);
	sentence[0] = (char)toupper((unsigned char)sentence[0]);
	text_part(writer, indent, sentence, NULL);
	flow_end(&writer->flow);
}

void text_date(char *text, size_t size, int64_t time_ns, bool utc)
{
	time_t seconds = time_ns / 1000000000;
	struct tm tm;

	if (utc)
		gmtime_r(&seconds, &tm);
	else
		localtime_r(&seconds, &tm);
	strftime(text, size, "%Y-%m-%d %H:%M:%S", &tm);
}

/* "12", "1.4", "0.02" */
void text_times(const struct digest *digest, int64_t deaths, int64_t before, char *text, size_t size)
{
	double times = digest_times(digest, deaths, before);

	if (!digest->before_recorded_ns)
		snprintf(text, size, "-");
	else if (!before)
		snprintf(text, size, "new");
	else
		snprintf(text, size, "x %.*f", times >= 10 || !deaths ? 0 : times >= 0.1 ? 1 : 2, times);
}

static void write_counts(struct writer *writer)
{
	const struct digest *digest = writer->digest;
	char text[512];
	size_t used;

	used = snprintf(text, sizeof(text), "%" PRId64 " death%s", digest->deaths_count,
			digest->deaths_count == 1 ? "" : "s");
	for (size_t i = 0; i < groups_count(digest->kinds) && used < sizeof(text); i++) {
		const struct group *group = groups_at(digest->kinds, i);

		if (group->deaths)
			used += snprintf(text + used, sizeof(text) - used, "%s%" PRId64 " %s", i ? ", " : ": ",
					 group->deaths, group->texts[0]);
	}
	snprintf(text + used, sizeof(text) - used, "; %" PRId64 " unknown, %" PRId64 " lost", digest->unknown,
		 digest->lost);
	text_part(writer, 0, text, NULL);
	flow_end(&writer->flow);
}

static void write_head(struct writer *writer)
{
	const struct digest *digest = writer->digest;
	int64_t lasted_ns = digest->period.to_ns - digest->period.from_ns;
	char from[32], to[32], lasted[32], text[512];

	text_date(from, sizeof(from), digest->period.from_ns, writer->options->utc);
	story_clock(to, sizeof(to), digest->period.to_ns, digest->period.from_ns, writer->options->utc);
	text_duration(lasted, sizeof(lasted), lasted_ns);
	snprintf(text, sizeof(text), "%s to %s%s (%s)%s%s, from %s", from, to, writer->options->utc ? " UTC" : "",
		 lasted, *digest->host ? " on " : "", digest->host, digest->path);
	text_part(writer, 0, text, HEADING);
	flow_end(&writer->flow);
	write_counts(writer);
	if (lasted_ns - digest->recorded_ns > lasted_ns / 100) {
		text_duration(lasted, sizeof(lasted), digest->recorded_ns);
		snprintf(text, sizeof(text), "Only %s of that time was recorded.", lasted);
		text_part(writer, 0, text, NULL);
		flow_end(&writer->flow);
	}
	text_duration(lasted, sizeof(lasted), digest->before_recorded_ns);
	if (digest->before_recorded_ns)
		snprintf(text, sizeof(text), "Compared with the %s recorded before it.", lasted);
	else
		snprintf(text, sizeof(text), "Nothing was recorded before it to compare with.");
	text_part(writer, 0, text, NULL);
	flow_end(&writer->flow);
}

static void write_story(struct writer *writer, const struct story *story, size_t number)
{
	char text[32];

	snprintf(text, sizeof(text), "%2zu. ", number);
	flow_piece(&writer->flow, 0, text, NULL);
	write_sentence(writer, 4, story->sentence);
	text_part(writer, 4, "Next:", DIM);
	write_sentence(writer, 4, story->check);
}

/* What is as it always was is not what happened. */
static void write_stories(struct writer *writer)
{
	const struct stories *stories = &writer->digest->stories;
	size_t shown = writer->options->verbose || stories->news < STORIES_SHOWN ? stories->news : STORIES_SHOWN;
	size_t usual = stories->count - stories->news;
	char text[192];

	text_heading(writer, "WHAT HAPPENED, PROBABLY");
	for (size_t i = 0; i < shown; i++)
		write_story(writer, &stories->list[i], i + 1);
	if (!shown)
		text_part(writer, 0, usual ? "Nothing that did not always happen." : "No story that this tool knows.",
			  NULL);
	else if (shown < stories->news) {
		snprintf(text, sizeof(text), "and %zu more, which -v shows", stories->news - shown);
		text_part(writer, 4, text, DIM);
	}
	if (writer->flow.column)
		flow_end(&writer->flow);
	if (usual) {
		snprintf(text, sizeof(text), "%zu more %s as usual%s", usual, usual == 1 ? "is" : "are",
			 writer->options->verbose ? ":" : ", -v shows them.");
		text_part(writer, shown ? 4 : 0, text, DIM);
		flow_end(&writer->flow);
	}
	for (size_t i = stories->news; writer->options->verbose && i < stories->count; i++)
		write_story(writer, &stories->list[i], i + 1);
	snprintf(text, sizeof(text), "%" PRId64 " of %" PRId64 " deaths belong to a story.", stories->told,
		 writer->digest->deaths_count);
	text_part(writer, shown ? 4 : 0, text, DIM);
	flow_end(&writer->flow);
}

static void write_notes(struct writer *writer)
{
	for (unsigned int i = 0; i < writer->digest->notes_count; i++) {
		const struct note *note = &writer->digest->notes[i];
		char clock[32];

		flow_cell(&writer->flow, 0, story_clock(clock, sizeof(clock), note->time_ns, 0, writer->options->utc),
			  NULL);
		writer->flow.indent = 10;
		flow_cell(&writer->flow, 10, "", NULL);
		text_part(writer, 10, note->text, NULL);
		flow_end(&writer->flow);
	}
}

static bool is_change(const struct digest *digest, const struct group *group)
{
	double times = digest_times(digest, group->deaths, group->before);

	if (group->before)
		return (times >= TIMES_NOTEWORTHY && group->deaths >= DEATHS_NOTEWORTHY) ||
		       (times * TIMES_NOTEWORTHY <= 1 &&
			digest_times(digest, 1, group->before) * DEATHS_NOTEWORTHY <= 1);
	return group->deaths > 0;
}

static void write_change(struct writer *writer, const struct group *group)
{
	const struct digest *digest = writer->digest;
	double hours = digest->before_recorded_ns / 3.6e12;
	char text[192], times[32];

	text_times(digest, group->deaths, group->before, times, sizeof(times));
	flow_cell(&writer->flow, 0, group->deaths ? times : "gone", group->before ? NULL : HEADING);
	writer->flow.indent = 10;
	snprintf(text, sizeof(text), "%s of %s: %" PRId64 " now, %s%.*f an hour before", group->texts[0],
		 *group->texts[1] ? group->texts[1] : "no known process", group->deaths, group->before ? "" : "never, ",
		 group->before / hours < 10, group->before / hours);
	if (!group->before)
		snprintf(text, sizeof(text), "%s of %s: %" PRId64 " now, never before", group->texts[0],
			 *group->texts[1] ? group->texts[1] : "no known process", group->deaths);
	flow_cell(&writer->flow, 10, "", NULL);
	text_part(writer, 10, text, NULL);
	flow_end(&writer->flow);
}

static void write_changes(struct writer *writer)
{
	const struct groups *changes = writer->digest->changes;
	unsigned int shown = 0, more = 0;
	char text[64];

	if (!writer->digest->before_recorded_ns && !writer->digest->notes_count)
		return;
	text_heading(writer, "WHAT CHANGED");
	for (size_t i = 0; writer->digest->before_recorded_ns && i < groups_count(changes); i++) {
		if (!is_change(writer->digest, groups_at(changes, i)))
			continue;
		if (shown < CHANGES_SHOWN || writer->options->verbose)
			write_change(writer, groups_at(changes, i));
		else
			more++;
		shown++;
	}
	if (more) {
		snprintf(text, sizeof(text), "and %u more, which -v shows", more);
		flow_cell(&writer->flow, 10, text, DIM);
		flow_end(&writer->flow);
	}
	if (!shown && writer->digest->before_recorded_ns) {
		flow_piece(&writer->flow, 0, "Nothing is new, gone, or much more or less frequent.", NULL);
		flow_end(&writer->flow);
	}
	write_notes(writer);
}

int digest_write_text(const struct digest *digest, struct archive *archive, const struct text_options *options,
		      FILE *out, char *message, size_t size)
{
	struct writer writer = {
		.digest = digest,
		.archive = archive,
		.options = options,
		.flow = { .out = out, .width = options->width, .colour = options->colour },
		.message = message,
		.size = size,
	};
	int err;

	if (!digest->period.to_ns) {
		text_part(&writer, 0, "The recording holds no incident.", NULL);
		flow_end(&writer.flow);
		return 0;
	}
	write_head(&writer);
	if (!digest->deaths_count && !digest->before_recorded_ns && !digest->notes_count)
		return 0;
	if (digest->deaths_count)
		write_stories(&writer);
	write_changes(&writer);
	if (!digest->deaths_count)
		return 0;
	text_groups(&writer);
	snprintf(message, size, "out of memory");
	err = text_timeline(&writer);
	return err ? err : text_examples(&writer);
}
