/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Segments of raw evidence. */
#include "record_raw.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "../util/log.h"
#include "live_raw.h"

#define SEGMENTS 16 /* that the size is shared by */
#define SEGMENT_MS (24 * 3600 * 1000) /* in none is more than a day */
#define FLUSH_MS 1000
#define RETRY_MS 10000
#define CLOCK_STEP_NS 10000000LL /* two readings of two clocks differ by less, unless one was set */
#define NAME_FORMAT "%Y%m%dT%H%M%S"
#define NAME_LENGTH (sizeof("20260102T030405.678901Z.rec") - 1)
#define ENDING ".rec"

struct record_raw {
	char *folder;
	uint64_t max_bytes;
	struct source_info info;
	struct join_names names;
	struct live_raw *segment; /* NULL: could not be written, see .retry_ms */
	bool has_failed; /* and that was said */
	int64_t begun_ms, flushed_ms, retry_ms;
	char path[4096];
};

/* Of files that are segments by their names. */
static int is_segment(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name);

	return length == NAME_LENGTH && !strcmp(entry->d_name + length - strlen(ENDING), ENDING) &&
	       strspn(entry->d_name, "0123456789TZ.") == length - strlen(ENDING) + 1;
}

static uint64_t bytes_of(int folder, const char *name)
{
	struct stat file;

	return fstatat(folder, name, &file, AT_SYMLINK_NOFOLLOW) ? 0 : file.st_size;
}

/* So that one more segment fits. */
static void remove_oldest(const struct record_raw *raw)
{
	struct dirent **entries;
	int count = scandir(raw->folder, &entries, is_segment, alphasort);
	int folder = count < 0 ? -1 : open(raw->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	uint64_t total = raw->max_bytes / SEGMENTS;

	for (int i = 0; i < count; i++)
		total += bytes_of(folder, entries[i]->d_name);
	for (int i = 0; i < count; i++) {
		uint64_t bytes = bytes_of(folder, entries[i]->d_name);

		if (total > raw->max_bytes && !unlinkat(folder, entries[i]->d_name, 0))
			total -= bytes;
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	if (folder >= 0)
		close(folder);
}

static void fail(struct record_raw *raw, int err)
{
	if (!raw->has_failed)
		log_line("cannot write %s: %s; tried again every 10 s, the database goes on", raw->path,
			 strerror(-err));
	raw->has_failed = true;
	live_raw_close(raw->segment);
	raw->segment = NULL;
}

/* The clock may have been set since the last one. */
static void follow_clock(struct source_info *info, const struct timespec *now)
{
	struct timespec boot;
	int64_t offset_ns;

	clock_gettime(CLOCK_BOOTTIME, &boot);
	offset_ns = (now->tv_sec - boot.tv_sec) * 1000000000LL + now->tv_nsec - boot.tv_nsec;
	if (llabs(offset_ns - info->wall_offset_ns) > CLOCK_STEP_NS)
		info->wall_offset_ns = offset_ns;
}

static int open_segment(struct record_raw *raw)
{
	struct timespec now;
	char name[32];
	struct tm tm;

	clock_gettime(CLOCK_REALTIME, &now);
	follow_clock(&raw->info, &now);
	gmtime_r(&now.tv_sec, &tm);
	strftime(name, sizeof(name), NAME_FORMAT, &tm);
	snprintf(raw->path, sizeof(raw->path), "%s/%s.%06ldZ" ENDING, raw->folder, name, now.tv_nsec / 1000);
	remove_oldest(raw);
	return live_raw_open(raw->path, &raw->info, &raw->names, &raw->segment);
}

static void begin_segment(struct record_raw *raw, int64_t monotonic_ms)
{
	int err = open_segment(raw);

	raw->begun_ms = raw->flushed_ms = monotonic_ms;
	raw->retry_ms = monotonic_ms + RETRY_MS;
	if (err)
		fail(raw, err);
	else
		raw->has_failed = false;
}

int record_raw_open(const char *folder, uint64_t max_bytes, const struct source_info *info,
		    const struct join_names *names, struct record_raw **ret_raw, char *message, size_t size)
{
	struct record_raw *raw = calloc(1, sizeof(*raw));
	int err = raw ? 0 : -ENOMEM;

	if (!err && mkdir(folder, 0700) && errno != EEXIST)
		err = -errno;
	if (!err) {
		raw->folder = strdup(folder);
		raw->max_bytes = max_bytes;
		raw->info = *info;
		raw->names = *names;
		err = raw->folder ? open_segment(raw) : -ENOMEM;
	}
	if (err) {
		snprintf(message, size, "cannot record into the folder %s: %s", folder, strerror(-err));
		record_raw_close(raw);
		return err;
	}
	*ret_raw = raw;
	return 0;
}

static void change_segment(struct record_raw *raw, int64_t monotonic_ms)
{
	int err = live_raw_close(raw->segment);

	raw->segment = NULL;
	if (err)
		fail(raw, err);
	begin_segment(raw, monotonic_ms);
}

static void recorded(struct record_raw *raw, int err)
{
	if (err)
		fail(raw, err);
	else if (raw->segment && live_raw_bytes(raw->segment) >= raw->max_bytes / SEGMENTS)
		change_segment(raw, raw->flushed_ms);
}

void record_raw_record(struct record_raw *raw, const void *bytes, size_t size)
{
	recorded(raw, raw->segment ? live_raw_record(raw->segment, bytes, size) : 0);
}

void record_raw_tally(struct record_raw *raw, const struct source_tally *tally, const struct evidence_stacked *example)
{
	recorded(raw, raw->segment ? live_raw_tally(raw->segment, tally, example) : 0);
}

void record_raw_step(struct record_raw *raw, int64_t monotonic_ms)
{
	int err;

	if (!raw || monotonic_ms - raw->flushed_ms < FLUSH_MS)
		return;
	raw->flushed_ms = monotonic_ms;
	if (!raw->begun_ms)
		raw->begun_ms = monotonic_ms;
	err = raw->segment ? live_raw_flush(raw->segment) : 0;
	if (err)
		fail(raw, err);
	if (!raw->segment && monotonic_ms >= raw->retry_ms)
		begin_segment(raw, monotonic_ms);
	else if (raw->segment && monotonic_ms - raw->begun_ms >= SEGMENT_MS)
		change_segment(raw, monotonic_ms);
}

void record_raw_close(struct record_raw *raw)
{
	int err = raw && raw->segment ? live_raw_close(raw->segment) : 0;

	if (!raw)
		return;
	raw->segment = NULL;
	if (err)
		fail(raw, err);
	free(raw->folder);
	free(raw);
}
