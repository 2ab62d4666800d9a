/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Power fails at every moment of a recording: the database opens, is sound, and has every commit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "power.h"
#include "sample.h"
#include "store_fixture.h"

#define INCIDENTS 480
#define SEEDS 1

/* How many incidents were committed by then. */
struct commit {
	size_t moment;
	uint64_t kept;
};

static struct commit commits[INCIDENTS];
static size_t commits_count;

static void note_commit(const struct store *store)
{
	struct store_counts counts;

	store_count(store, &counts);
	if (commits_count && commits[commits_count - 1].kept == counts.kept)
		return;
	commits[commits_count++] = (struct commit){ power_moments(), counts.kept };
}

static void record(void)
{
	struct store *store = fixture_store(STORE_SIZE_MIN, 0);
	struct sample sample;

	sample_init(&sample);
	for (int i = 0; i < INCIDENTS; i++) {
		sample.incident.time_wall_ns++;
		sample.report.owner.pid = 1000 + i;
		store_report(store, &sample.report, fixture_time(0));
		note_commit(store);
	}
	fixture_close(store);
}

static void remove_all(const char *folder)
{
	static const char *const endings[] = { "", "-wal", "-journal", "-shm" };
	char name[256];

	for (int i = 0; i < 4; i++) {
		snprintf(name, sizeof(name), "%s/incidents.db%s", folder, endings[i]);
		unlink(name);
	}
}

static uint64_t committed_at(size_t moment)
{
	uint64_t kept = 0;

	for (size_t i = 0; i < commits_count && commits[i].moment <= moment; i++)
		kept = commits[i].kept;
	return kept;
}

static int64_t integer(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *statement;
	int64_t value = -1;

	if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL))
		return -1;
	if (sqlite3_step(statement) == SQLITE_ROW)
		value = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	return value;
}

static void check(const char *folder, size_t moment, uint64_t seed)
{
	uint64_t committed = committed_at(moment);
	char path[256];
	sqlite3 *db;

	power_cut(moment, seed, folder);
	snprintf(path, sizeof(path), "%s/incidents.db", folder);
	assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, "unix"), SQLITE_OK);
	if (integer(db, "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'"))
		fail_msg("moment %zu: damaged: %s", moment, sqlite3_errmsg(db));
	if (committed && integer(db, "SELECT count(*) FROM incident") < (int64_t)committed)
		fail_msg("moment %zu: %lu were committed, %ld are there", moment, committed,
			 integer(db, "SELECT count(*) FROM incident"));
	assert_int_equal(committed ? integer(db, "SELECT count(*) FROM pragma_foreign_key_check") : 0, 0);
	sqlite3_close(db);
	remove_all(folder);
}

static void test_every_moment(void **state)
{
	char folder[] = "/dev/shm/rsttrace-XXXXXX", elsewhere[] = "/tmp/rsttrace-XXXXXX";
	char *made = mkdtemp(folder) ? folder : mkdtemp(elsewhere);

	(void)state;
	power_watch();
	record();
	assert_true(commits_count > 20 && power_moments() > 300);
	for (size_t moment = 0; moment <= power_moments(); moment++) {
		for (uint64_t seed = 0; seed < SEEDS; seed++)
			check(made, moment, moment * SEEDS + seed);
	}
	print_message("# %zu moments, %zu commits\n", power_moments(), commits_count);
	power_forget();
	fixture_remove();
	rmdir(made);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_every_moment) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
