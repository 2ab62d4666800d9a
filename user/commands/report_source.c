/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A recording goes through the pipeline into a database of its own, which nobody sees: a report reads only these. */
#include "report_source.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../playback.h"
#include "../store/store.h"

#define RECORDING_MAGIC "rsttrace recording "
#define DATABASE_MAX_BYTES (64ULL << 30)
#define STEP_REPORTS 4096

struct import {
	struct store *store;
	struct store_time time;
	uint64_t count;
	char message[512];
};

static bool is_recording(const char *path)
{
	char magic[sizeof(RECORDING_MAGIC) - 1];
	FILE *file = fopen(path, "re");
	bool is = file && fread(magic, 1, sizeof(magic), file) == sizeof(magic) &&
		  !memcmp(magic, RECORDING_MAGIC, sizeof(magic));

	if (file)
		fclose(file);
	return is;
}

static int take(void *context, const struct report *report)
{
	struct import *import = context;

	store_report(import->store, report, import->time);
	/* The store commits by its clock. */
	if (++import->count % STEP_REPORTS)
		return 0;
	import->time.monotonic_ms += 1000;
	return store_step(import->store, import->time, 0, import->message, sizeof(import->message));
}

static int play(struct report_source *source, struct import *import)
{
	const struct options all = {
		.verb = "replay",
		.has_kinds = true,
		.kinds = { true, true, true, true, true, true, true },
	};
	struct store_session session = { .boot_id = "", .host = "", .machine = "", .command = "" };
	const struct pipeline_show show = { take, import };
	struct playback *playback = NULL;
	int err;

	err = playback_open(source->path, &all, &show, &playback, source->message, sizeof(source->message));
	if (err)
		return err;
	session.kernel = playback_info(playback)->kernel;
	session.tier = playback_info(playback)->tier;
	err = store_begin(import->store, &session, import->time, source->message, sizeof(source->message));
	if (!err)
		err = playback_run(playback, source->message, sizeof(source->message));
	playback_close(playback);
	source->is_damaged = err == -EBADMSG;
	return source->is_damaged ? 0 : err;
}

/* In a folder that only this user can enter. */
static int import_recording(struct report_source *source, char *path, size_t size)
{
	const char *temporary = getenv("TMPDIR") ?: "/tmp";
	struct store_options wanted = { .path = path, .max_bytes = DATABASE_MAX_BYTES };
	struct import import = { 0 };
	struct store_counts counts = { 0 };
	int err, closed;

	if (snprintf(source->folder, sizeof(source->folder), "%s/rsttrace-XXXXXX", temporary) >=
		    (int)sizeof(source->folder) ||
	    !mkdtemp(source->folder)) {
		snprintf(source->message, sizeof(source->message), "cannot make a folder in %s (TMPDIR): %s", temporary,
			 strerror(errno));
		source->folder[0] = '\0';
		return -EIO;
	}
	snprintf(path, size, "%s/incidents.db", source->folder);
	err = store_open(&wanted, import.time, &import.store, source->message, sizeof(source->message));
	if (err)
		return err;
	err = play(source, &import);
	closed = store_close(import.store, import.time, &counts);
	if (!err && (closed || counts.missed)) {
		snprintf(source->message, sizeof(source->message), "no room in %s for what %s holds: set TMPDIR",
			 temporary, source->path);
		err = -ENOSPC;
	}
	return err;
}

int report_source_open(struct report_source *source, const struct options *options)
{
	char path[sizeof(source->folder) + 32], message[512] = "";
	int err;

	*source = (struct report_source){ .path = options->db ? options->db : DATABASE_PATH };
	if (options->arguments_count)
		source->path = options->arguments[0];
	source->is_recording = is_recording(source->path);
	if (!source->is_recording)
		return archive_open(source->path, &source->archive, source->message, sizeof(source->message));
	err = import_recording(source, path, sizeof(path));
	if (!err)
		err = archive_open(path, &source->archive, message, sizeof(message));
	if (*message)
		snprintf(source->message, sizeof(source->message), "%s", message);
	return err;
}

void report_source_close(struct report_source *source)
{
	static const char *const endings[] = { "", "-wal", "-shm" };
	char path[sizeof(source->folder) + 32];

	archive_close(source->archive);
	if (!*source->folder)
		return;
	for (size_t i = 0; i < sizeof(endings) / sizeof(*endings); i++) {
		snprintf(path, sizeof(path), "%s/incidents.db%s", source->folder, endings[i]);
		unlink(path);
	}
	rmdir(source->folder);
}
