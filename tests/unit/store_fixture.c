/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* See store_fixture.h. */
#include "store_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <sqlite3.h>
#include <stdio.h>
#include <unistd.h>

#define WALL_NS 1767323045678901234LL
#define MONOTONIC_MS 1000000
#define PATH_BYTES 256

static char folder[32], path[PATH_BYTES];

struct store_time fixture_time(int64_t ms)
{
	return (struct store_time){ .wall_ns = WALL_NS + ms * 1000000, .monotonic_ms = MONOTONIC_MS + ms };
}

const char *fixture_path(void)
{
	if (!*folder) {
		/* in memory, where there is such a place: thousands of commits */
		snprintf(folder, sizeof(folder), "%s/rsttrace-XXXXXX",
			 access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm");
		assert_non_null(mkdtemp(folder));
		snprintf(path, sizeof(path), "%s/incidents.db", folder);
	}
	return path;
}

struct store *fixture_store(uint64_t max_bytes, uint64_t keep_ns)
{
	const struct store_options options = { .path = fixture_path(), .max_bytes = max_bytes, .keep_ns = keep_ns };
	const struct store_session session = {
		.boot_id = "b",
		.host = "h",
		.kernel = "k",
		.machine = "m",
		.tier = "tracepoint",
		.command = "c",
		.netns = 4026531840,
	};
	struct store *store = NULL;
	char message[512] = "";

	if (store_open(&options, fixture_time(0), &store, message, sizeof(message)))
		fail_msg("%s", message);
	assert_int_equal(store_begin(store, &session, fixture_time(0), message, sizeof(message)), 0);
	return store;
}

struct store_counts fixture_close(struct store *store)
{
	struct store_counts counts;

	assert_int_equal(store_close(store, fixture_time(0), &counts), 0);
	return counts;
}

int64_t fixture_integer(const char *sql)
{
	sqlite3_stmt *statement;
	sqlite3 *db;
	int64_t value;

	assert_int_equal(sqlite3_open(fixture_path(), &db), SQLITE_OK);
	if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL))
		fail_msg("%s", sqlite3_errmsg(db));
	assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
	value = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	sqlite3_close(db);
	return value;
}

void fixture_remove(void)
{
	static const char *const endings[] = { "", "-wal", "-shm" };
	char name[PATH_BYTES + 8];

	for (int i = 0; i < 3; i++) {
		snprintf(name, sizeof(name), "%s%s", path, endings[i]);
		unlink(name);
	}
	rmdir(folder);
	*folder = '\0';
}
