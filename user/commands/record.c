/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* `rsttrace record`: what `rsttrace` would print goes into a database, for months. */
#include "commands.h"

#include <errno.h>
#include <inttypes.h>
#include <time.h>

#include "../store/store.h"
#include "../util/log.h"
#include "front.h"
#include "record_facts.h"
#include "record_raw.h"

#define KEEP_NS (7 * 24 * 3600 * 1000000000ULL)
#define MAX_BYTES (512ULL << 20)
#define SETTINGS_MS 10000 /* a change of a sysctl is noticed after so long */

struct record {
	struct options options; /* as they are for watching */
	const char *raw_folder; /* NULL: not asked for */
	uint64_t raw_max_bytes;
	struct store *store;
	struct record_raw *raw;
	int64_t settings_ms; /* when these were last looked at */
	bool has_begun, has_failed;
	char message[512];
};

static int64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static struct store_time now(void)
{
	return (struct store_time){
		.wall_ns = clock_ns(CLOCK_REALTIME),
		.monotonic_ms = clock_ns(CLOCK_MONOTONIC) / 1000000,
	};
}

static int begin(void *context, const struct source_info *info, const struct join_names *names)
{
	struct record *record = context;
	struct record_facts facts;
	int err;

	record_facts(&facts);
	facts.session.kernel = info->kernel;
	facts.session.tier = info->tier;
	err = store_begin(record->store, &facts.session, now(), record->message, sizeof(record->message));
	if (!err && record->raw_folder)
		err = record_raw_open(record->raw_folder, record->raw_max_bytes, info, names, &record->raw,
				      record->message, sizeof(record->message));
	if (err) {
		log_line("%s", record->message);
		record->has_failed = true;
		return -ECANCELED;
	}
	record_settings(record->store, now());
	record->settings_ms = now().monotonic_ms;
	record->has_begun = true;
	return 0;
}

static void take_record(void *context, const void *bytes, size_t size)
{
	record_raw_record(((struct record *)context)->raw, bytes, size);
}

static void take_tally(void *context, const struct source_tally *tally, const struct evidence_stacked *example)
{
	record_raw_tally(((struct record *)context)->raw, tally, example);
}

static int take_report(void *context, const struct report *report)
{
	store_report(((struct record *)context)->store, report, now());
	return 0;
}

static int step(void *context, uint64_t now_ns, const uint64_t *lost)
{
	struct record *record = context;
	struct store_time time = now();
	int err;

	(void)now_ns;
	if (time.monotonic_ms - record->settings_ms >= SETTINGS_MS) {
		record_settings(record->store, time);
		record->settings_ms = time.monotonic_ms;
	}
	record_raw_step(record->raw, time.monotonic_ms);
	err = store_step(record->store, time, *lost, record->message, sizeof(record->message));
	if (*record->message)
		log_line("%s", record->message);
	record->has_failed |= err != 0;
	return err ? -ECANCELED : 0;
}

/* More may come: what waits in the ring buffer is told after it. */
static void end(void *context)
{
	(void)context;
}

/* Whether all that was seen is kept. */
static bool finish(struct record *record)
{
	struct store_counts counts = { 0 };
	bool is_written;

	if (record->has_begun)
		record_settings(record->store, now());
	is_written = !store_close(record->store, now(), &counts);
	if (!is_written)
		log_line("cannot end the recording in %s in order: the last second of it may be missing",
			 record->options.db);
	log_line("%" PRIu64 " incidents kept in %s, %" PRIu64 " could not be", counts.kept, record->options.db,
		 counts.missed);
	return is_written;
}

int command_record(const struct options *options)
{
	struct record record = { .options = *options, .raw_folder = options->raw };
	const struct front front = {
		.keys = -1,
		.report = take_report,
		.record = options->raw ? take_record : NULL,
		.tally = options->raw ? take_tally : NULL,
		.begin = begin,
		.step = step,
		.end = end,
		.context = &record,
	};
	struct store_options store = {
		.path = options->db ? options->db : DATABASE_PATH,
		.keep_ns = options->keep_ns ? options->keep_ns : KEEP_NS,
		.max_bytes = options->max_bytes ? options->max_bytes : MAX_BYTES,
	};
	int status, err;

	record.options.db = store.path;
	record.options.raw = NULL;
	record.raw_max_bytes = options->raw_max_bytes ? options->raw_max_bytes : MAX_BYTES;
	err = store_open(&store, now(), &record.store, record.message, sizeof(record.message));
	if (err) {
		log_line("%s", record.message);
		return err == -EACCES ? EXIT_CANNOT : EXIT_FAILED;
	}
	status = live_with(&record.options, &front);
	record_raw_close(record.raw);
	if (!finish(&record) || record.has_failed)
		status = status == EXIT_DONE ? EXIT_FAILED : status;
	return status;
}
