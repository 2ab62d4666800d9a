/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Files that may be a database: opened for reading and for recording, and all that is in them read. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../../user/store/archive.h"
#include "../../user/store/store.h"

static int take_incident(void *context, int64_t time_ns, const char *json)
{
	(void)time_ns;
	*(size_t *)context += *json;
	return 0;
}

static int take_row(void *context, struct archive_row *row)
{
	for (unsigned int i = 0; i < archive_columns(row); i++) {
		const char *text = archive_text(row, i);

		*(size_t *)context += text ? *text : 0;
	}
	return 0;
}

static void read_all(const char *path)
{
	static const char *const views[] = {
		"SELECT * FROM incidents",	"SELECT * FROM deaths_by_cause", "SELECT * FROM deaths_by_process",
		"SELECT * FROM deaths_by_peer", "SELECT * FROM deaths_by_hour",	 "SELECT * FROM sessions",
		"SELECT * FROM gaps",		"SELECT * FROM settings",	 "SELECT * FROM setting_changes",
	};
	const struct archive_wanted all = { .from_ns = INT64_MIN, .to_ns = INT64_MAX };
	struct archive *archive;
	char message[512];
	size_t sum = 0;

	if (archive_open(path, &archive, message, sizeof(message)))
		return;
	archive_incidents(archive, &all, take_incident, &sum, message, sizeof(message));
	for (size_t i = 0; i < sizeof(views) / sizeof(*views); i++)
		archive_query(archive, views[i], NULL, 0, take_row, &sum, message, sizeof(message));
	archive_close(archive);
}

static void record_into(const char *path)
{
	const struct store_options options = { .path = path, .max_bytes = STORE_SIZE_MIN, .keep_ns = 1000000000 };
	const struct store_session session = { "b", "h", "k", "m", "t", "c", 1 };
	struct store_time now = { 1767323045678901234, 1000000 };
	struct store_counts counts;
	struct store *store;
	char message[512];

	if (store_open(&options, now, &store, message, sizeof(message)))
		return;
	if (!store_begin(store, &session, now, message, sizeof(message))) {
		store_setting(store, "net.ipv4.tcp_retries2", "8", now);
		now.monotonic_ms += 100000;
		store_step(store, now, 0, message, sizeof(message));
	}
	store_close(store, now, &counts);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static const char *const endings[] = { "", "-wal", "-shm", "-journal" };
	char path[64], name[80];
	FILE *file;

	snprintf(path, sizeof(path), "/dev/shm/rsttrace-fuzz-%d.db", getpid());
	file = fopen(path, "w");
	if (!file || fwrite(bytes, 1, size, file) != size || fclose(file))
		abort();
	read_all(path);
	record_into(path);
	for (int i = 0; i < 4; i++) {
		snprintf(name, sizeof(name), "%s%s", path, endings[i]);
		unlink(name);
	}
	return 0;
}
