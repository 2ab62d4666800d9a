/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A database of the right schema that somebody has written their own texts into: templates that are none, lists that
 * are none, control characters. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../user/store/archive.h"
#include "../../user/store/store.h"
#include "../../user/util/text.h"

/* Each takes a part of the input; parts end with a zero byte. Checks would only keep some of them out. */
static const char *const changes[] = {
	"PRAGMA ignore_check_constraints = ON",
	"INSERT INTO sentence VALUES (1, ?1, 0)",
	"INSERT INTO shape VALUES (1, ?1, 0)",
	"INSERT INTO word VALUES (1, ?1)",
	"INSERT INTO stack VALUES (1, ?1, 0)",
	"INSERT INTO address VALUES (1, ?1, 0)",
	"INSERT INTO cgroup VALUES (1, ?1, ?1, ?1, ?1, 0)",
	"INSERT INTO process VALUES (1, 1, ?1, 0, 0, 1, 0)",
	"INSERT INTO cause VALUES (1, ?1, ?1)",
	"INSERT INTO incident (time_ns, session, count, kind, cause, certainty, sentence, sentence_values, shape, "
	"shape_values, local_address, process, state, kernel_stack, user_stack, local_port) "
	"VALUES (1, 1, 1, 1, 1, 1, 1, ?1, 1, ?1, 1, 1, 1, 1, 1, 99999)",
	"UPDATE incident SET shape_values = ?1",
	"INSERT INTO setting VALUES (1, 1, -1, ?1, ?1)",
	"INSERT INTO gap VALUES (1, 1, 9223372036854775807, 0, ?1, -1, -2)",
};

static void make(const char *path)
{
	const struct store_options options = { .path = path, .max_bytes = STORE_SIZE_MIN };
	const struct store_time now = { 1767323045678901234, 1000000 };
	struct store_counts counts;
	struct store *store;
	char message[512];

	if (store_open(&options, now, &store, message, sizeof(message)) || store_close(store, now, &counts))
		abort();
}

static void fill(sqlite3 *db, const uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i < sizeof(changes) / sizeof(*changes); i++) {
		const uint8_t *end = memchr(bytes, 0, size);
		size_t length = end ? (size_t)(end - bytes) : size;
		sqlite3_stmt *statement;

		if (sqlite3_prepare_v2(db, changes[i], -1, &statement, NULL))
			abort();
		sqlite3_bind_text(statement, 1, (const char *)bytes, length, SQLITE_STATIC);
		sqlite3_step(statement);
		sqlite3_finalize(statement);
		if (end && i)
			length++;
		bytes += i ? length : 0;
		size -= i ? length : 0;
	}
}

/* What is handed out is safe to print. */
static void assert_safe(const char *text)
{
	for (; *text; text++) {
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			abort();
	}
}

static int take_incident(void *context, int64_t time_ns, const char *json)
{
	(void)context;
	(void)time_ns;
	assert_safe(json);
	return 0;
}

static int take_row(void *context, struct archive_row *row)
{
	(void)context;
	for (unsigned int i = 0; i < archive_columns(row); i++) {
		const char *text = archive_text(row, i);

		assert_safe(text ? text : "");
	}
	return 0;
}

static void read_all(const char *path)
{
	static const char *const views[] = {
		"SELECT * FROM incidents", "SELECT * FROM deaths_by_process", "SELECT * FROM deaths_by_hour",
		"SELECT * FROM gaps",	   "SELECT * FROM settings",	      "SELECT * FROM incident",
	};
	const struct archive_wanted all = { .from_ns = INT64_MIN, .to_ns = INT64_MAX };
	struct archive *archive;
	char message[512];

	if (archive_open(path, &archive, message, sizeof(message)))
		abort();
	archive_incidents(archive, &all, take_incident, NULL, message, sizeof(message));
	for (size_t i = 0; i < sizeof(views) / sizeof(*views); i++)
		archive_query(archive, views[i], NULL, 0, take_row, NULL, message, sizeof(message));
	archive_close(archive);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	char path[64];
	sqlite3 *db;

	snprintf(path, sizeof(path), "/dev/shm/rsttrace-fuzz-%d.db", getpid());
	if (access(path, F_OK))
		make(path);
	if (sqlite3_open(path, &db) || sqlite3_exec(db, "PRAGMA synchronous = OFF; BEGIN", NULL, NULL, NULL))
		abort();
	sqlite3_exec(
		db,
		"DELETE FROM incident; DELETE FROM sentence; DELETE FROM shape; DELETE FROM word; DELETE FROM stack; "
		"DELETE FROM address; DELETE FROM cgroup; DELETE FROM process; DELETE FROM cause; "
		"DELETE FROM setting; DELETE FROM gap",
		NULL, NULL, NULL);
	fill(db, bytes, size);
	sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
	sqlite3_close(db);
	read_all(path);
	return 0;
}
