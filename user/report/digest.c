/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Reads the period and the time before it, and counts. */
#include "digest.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../util/text.h"

struct reading {
	struct archive *archive;
	struct digest *digest;
	struct teller *teller;
	char *message;
	size_t size;
};

/* How much of the period a time from one point to another is. */
static int64_t overlap_ns(const struct period *period, int64_t from_ns, int64_t to_ns)
{
	int64_t from = from_ns > period->from_ns ? from_ns : period->from_ns;
	int64_t to = to_ns < period->to_ns ? to_ns : period->to_ns;

	return to > from ? to - from : 0;
}

static int add_note(struct digest *digest, int64_t time_ns, const char *text)
{
	struct note *note;

	if (digest->notes_count == NOTES_MAX)
		return 0;
	note = &digest->notes[digest->notes_count++];
	note->time_ns = time_ns;
	snprintf(note->text, sizeof(note->text), "%s", text);
	return 0;
}

static bool is_in(const struct period *period, int64_t time_ns)
{
	return time_ns >= period->from_ns && time_ns < period->to_ns;
}

static int take_session(void *context, struct archive_row *row)
{
	struct digest *digest = context;
	int64_t started_ns = archive_integer(row, 0), alive_ns = archive_integer(row, 1);
	char text[128];

	digest->recorded_ns += overlap_ns(&digest->period, started_ns, alive_ns);
	digest->before_recorded_ns += overlap_ns(&digest->before, started_ns, alive_ns);
	if (overlap_ns(&digest->period, started_ns, alive_ns)) {
		snprintf(digest->host, sizeof(digest->host), "%s", archive_text(row, 2) ?: "");
		snprintf(digest->kernel, sizeof(digest->kernel), "%s", archive_text(row, 3) ?: "");
		digest->lost += archive_integer(row, 4);
	}
	if (is_in(&digest->period, started_ns)) {
		snprintf(text, sizeof(text), "the recorder was started%s",
			 archive_integer(row, 5) ? " after a restart of the machine" : "");
		add_note(digest, started_ns, text);
	}
	return 0;
}

static int take_gap(void *context, struct archive_row *row)
{
	struct digest *digest = context;
	int64_t started_ns = archive_integer(row, 0), ended_ns = archive_integer(row, 1);
	char lasted[32], text[192];

	digest->recorded_ns -= overlap_ns(&digest->period, started_ns, ended_ns);
	digest->before_recorded_ns -= overlap_ns(&digest->before, started_ns, ended_ns);
	if (!overlap_ns(&digest->period, started_ns, ended_ns + 1))
		return 0;
	text_duration(lasted, sizeof(lasted), overlap_ns(&(struct period){ 0, INT64_MAX }, started_ns, ended_ns));
	snprintf(text, sizeof(text), "nothing could be kept for %s (%.80s): %" PRId64 " deaths are missing", lasted,
		 archive_text(row, 2) ?: "", archive_integer(row, 3));
	return add_note(digest, started_ns, text);
}

static int take_change(void *context, struct archive_row *row)
{
	char name[80], before[32], text[192];

	snprintf(name, sizeof(name), "%s", archive_text(row, 1) ?: "");
	snprintf(before, sizeof(before), "%s", archive_text(row, 2) ?: "not there");
	snprintf(text, sizeof(text), "setting %s was changed from %s to %.32s", name, before,
		 archive_text(row, 3) ?: "not there");
	return add_note(context, archive_integer(row, 0), text);
}

static int take_range(void *context, struct archive_row *row)
{
	struct period *range = context;

	if (!archive_is_null(row, 0)) {
		range->from_ns = archive_integer(row, 0);
		range->to_ns = archive_integer(row, 1) + 1;
	}
	return 0;
}

static int query(struct reading *reading, const char *sql, struct period period, archive_row_fn row, void *context)
{
	const struct archive_value range[] = { { .integer = period.from_ns }, { .integer = period.to_ns } };

	return archive_query(reading->archive, sql, range, 2, row, context, reading->message, reading->size);
}

static int by_time(const void *a, const void *b)
{
	const struct note *left = a, *right = b;

	return (left->time_ns > right->time_ns) - (left->time_ns < right->time_ns);
}

/* Of a database: its sessions, what is missing, what was changed. */
static int read_surroundings(struct reading *reading)
{
	struct digest *digest = reading->digest;
	const struct period both = { digest->before.from_ns < digest->period.from_ns ? digest->before.from_ns :
										       digest->period.from_ns,
				     digest->before.to_ns > digest->period.to_ns ? digest->before.to_ns :
										   digest->period.to_ns };
	int err;

	err = query(reading,
		    "SELECT started_ns, alive_ns, host, kernel, lost,"
		    " boot_id IS NOT lag(boot_id, 1, boot_id) OVER (ORDER BY id)"
		    " FROM sessions WHERE ?1 < ?2 ORDER BY id",
		    both, take_session, digest);
	if (!err)
		err = query(reading,
			    "SELECT started_ns, ended_ns, reason, deaths FROM gaps"
			    " WHERE started_ns < ?2 AND ended_ns >= ?1 ORDER BY started_ns",
			    both, take_gap, digest);
	if (!err)
		err = query(reading,
			    "SELECT time_ns, name, before, value FROM setting_changes"
			    " WHERE time_ns >= ?1 AND time_ns < ?2 ORDER BY time_ns",
			    digest->period, take_change, digest);
	qsort(digest->notes, digest->notes_count, sizeof(*digest->notes), by_time);
	return err;
}

static void set_before(struct digest *digest, const struct digest_wanted *wanted)
{
	digest->before = wanted->before;
	if (!wanted->before.to_ns)
		digest->before = (struct period){ digest->period.from_ns - BASELINE_NS, digest->period.from_ns };
}

/* A recording has no sessions: it lasted from its first incident to its last. */
static int read_range(struct reading *reading, const struct digest_wanted *wanted)
{
	struct digest *digest = reading->digest;
	struct period range = { 0 };
	const struct period all = { 0, INT64_MAX };
	int err = query(reading, "SELECT min(time_ns), max(ifnull(last_ns, time_ns)) FROM incidents WHERE ?1 < ?2", all,
			take_range, &range);

	if (err)
		return err;
	if (!range.to_ns) {
		digest->period = range; /* it holds nothing */
		return 0;
	}
	if (!wanted->period.to_ns || wanted->period.to_ns > range.to_ns)
		digest->period.to_ns = range.to_ns;
	if (wanted->period.from_ns < range.from_ns)
		digest->period.from_ns = range.from_ns;
	digest->recorded_ns = overlap_ns(&digest->period, range.from_ns, range.to_ns);
	set_before(digest, wanted);
	digest->before_recorded_ns = overlap_ns(&digest->before, range.from_ns, range.to_ns);
	return 0;
}

static int count_before(void *context, const struct death *death)
{
	struct reading *reading = context;
	struct digest *digest = reading->digest;
	int err = groups_add_before(digest->groups, death);

	err = err ? err : groups_add_before(digest->kinds, death);
	err = err ? err : groups_add_before(digest->changes, death);
	return err ? err : teller_before(reading->teller, death);
}

static int count(struct digest *digest)
{
	int err = 0;

	for (size_t i = 0; !err && i < digest->deaths.count; i++) {
		const struct death *death = &digest->deaths.list[i];

		digest->deaths_count += death->count;
		if (!strcmp(death->certainty, certainty_name(CERTAINTY_UNKNOWN)))
			digest->unknown += death->count;
		err = groups_add(digest->groups, death);
		err = err ? err : groups_add(digest->kinds, death);
		err = err ? err : groups_add(digest->changes, death);
	}
	groups_sort(digest->groups);
	groups_sort(digest->kinds);
	groups_sort(digest->changes);
	return err;
}

static int prepare(struct reading *reading, const struct key_list *by)
{
	struct digest *digest = reading->digest;
	struct key_list by_kind, by_cause;
	int err = keys_parse("kind", &by_kind, reading->message, reading->size);

	if (!err)
		err = keys_parse("cause,process", &by_cause, reading->message, reading->size);
	digest->words = words_new();
	if (err || !digest->words)
		return -ENOMEM;
	digest->kinds = groups_new(digest->words, &by_kind);
	digest->groups = groups_new(digest->words, by);
	digest->changes = groups_new(digest->words, &by_cause);
	reading->teller = teller_new(digest->words);
	return digest->kinds && digest->groups && digest->changes && reading->teller ? 0 : -ENOMEM;
}

static double ratio_of(const struct digest *digest)
{
	int64_t now_ns = digest->recorded_ns > RATE_MIN_NS ? digest->recorded_ns : RATE_MIN_NS;

	return (double)digest->before_recorded_ns / now_ns;
}

static int read_all(struct reading *reading, const struct digest_wanted *wanted)
{
	struct digest *digest = reading->digest;
	int err = wanted->is_recording ? read_range(reading, wanted) : read_surroundings(reading);

	if (err)
		return err;
	if (digest->before_recorded_ns < BASELINE_MIN_NS)
		digest->before_recorded_ns = 0;
	if (digest->before_recorded_ns)
		err = deaths_each(reading->archive, digest->words, wanted->options, digest->before, count_before,
				  reading, reading->message, reading->size);
	if (!err)
		err = deaths_load(reading->archive, digest->words, wanted->options, digest->period, &digest->deaths,
				  reading->message, reading->size);
	err = err ? err : count(digest);
	if (!err)
		err = teller_tell(reading->teller, &digest->deaths, ratio_of(digest), wanted->options->utc,
				  &digest->stories);
	return err;
}

int digest_make(struct archive *archive, const struct digest_wanted *wanted, struct digest *ret_digest, char *message,
		size_t size)
{
	struct reading reading = { archive, ret_digest, NULL, message, size };
	int err;

	*ret_digest = (struct digest){ .path = wanted->path, .period = wanted->period };
	set_before(ret_digest, wanted);
	snprintf(message, size, "out of memory");
	err = prepare(&reading, wanted->by);
	if (!err)
		err = read_all(&reading, wanted);
	teller_free(reading.teller);
	return err;
}

double digest_times(const struct digest *digest, int64_t deaths, int64_t before)
{
	return before ? deaths * ratio_of(digest) / before : 0;
}

void digest_free(struct digest *digest)
{
	groups_free(digest->kinds);
	groups_free(digest->groups);
	groups_free(digest->changes);
	stories_free(&digest->stories);
	deaths_free(&digest->deaths);
	words_free(digest->words);
}
