/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Power fails at every moment of a recording, also of one whose old incidents leave: the database opens, is sound, and
 * has every commit; what has left are the oldest, and nothing that others need.
 */
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

/* How far apart the incidents are, and how long they stay; 0: for ever. */
struct pace {
	int64_t step_ms;
	uint64_t keep_ns;
	size_t stride; /* of so many moments one is tried */
};

#define STEP_NS(pace) ((pace)->step_ms * 1000000)

static void note_commit(const struct store *store)
{
	struct store_counts counts;

	store_count(store, &counts);
	if (commits_count && commits[commits_count - 1].kept == counts.kept)
		return;
	commits[commits_count++] = (struct commit){ power_moments(), counts.kept };
}

static uint64_t record(const struct pace *pace)
{
	struct store *store = fixture_store(STORE_SIZE_MIN, pace->keep_ns);
	struct store_counts counts;
	struct sample sample;
	char message[512];

	sample_init(&sample);
	for (int i = 0; i < INCIDENTS; i++) {
		struct store_time now = fixture_time(i * pace->step_ms);

		sample.incident.time_wall_ns = now.wall_ns;
		sample.report.owner.pid = 1000 + i;
		store_report(store, &sample.report, now);
		assert_int_equal(store_step(store, now, 0, message, sizeof(message)), 0);
		note_commit(store);
	}
	assert_int_equal(store_close(store, fixture_time(INCIDENTS * pace->step_ms), &counts), 0);
	return counts.left;
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

/* The last one that was committed, or a later one, is there, and all between it and the first. */
static void check_incidents(sqlite3 *db, size_t moment, const struct pace *pace)
{
	int64_t committed = committed_at(moment), first_ns = fixture_time(0).wall_ns;
	int64_t last_ns, count;

	if (!committed)
		return;
	last_ns = integer(db, "SELECT max(time_ns) FROM incident");
	count = integer(db, "SELECT count(*) FROM incident");
	if (last_ns < first_ns + (committed - 1) * STEP_NS(pace))
		fail_msg("moment %zu: %ld were committed, the last is from %ld ns", moment, committed,
			 last_ns - first_ns);
	if (!pace->keep_ns)
		assert_true(count >= committed);
	assert_int_equal(integer(db, "SELECT max(time_ns) - min(time_ns) FROM incident"), (count - 1) * STEP_NS(pace));
	assert_int_equal(integer(db, "SELECT count(*) FROM pragma_foreign_key_check"), 0);
}

static void check(const char *folder, size_t moment, uint64_t seed, const struct pace *pace)
{
	char path[256];
	sqlite3 *db;

	power_cut(moment, seed, folder);
	snprintf(path, sizeof(path), "%s/incidents.db", folder);
	assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, "unix"), SQLITE_OK);
	if (integer(db, "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'"))
		fail_msg("moment %zu: damaged: %s", moment, sqlite3_errmsg(db));
	check_incidents(db, moment, pace);
	sqlite3_close(db);
	remove_all(folder);
}

/* How many incidents left. */
static uint64_t cut_everywhere(const struct pace *pace)
{
	char folder[] = "/dev/shm/rsttrace-XXXXXX", elsewhere[] = "/tmp/rsttrace-XXXXXX";
	char *made = mkdtemp(folder) ? folder : mkdtemp(elsewhere);
	uint64_t left;

	commits_count = 0;
	power_watch();
	left = record(pace);
	assert_true(commits_count > 20 && power_moments() > 300);
	for (size_t moment = 0; moment <= power_moments(); moment += pace->stride) {
		for (uint64_t seed = 0; seed < SEEDS; seed++)
			check(made, moment, moment * SEEDS + seed, pace);
	}
	print_message("# %zu moments, %zu commits, %lu left\n", power_moments(), commits_count, left);
	power_forget();
	fixture_remove();
	rmdir(made);
	return left;
}

static void test_every_moment(void **state)
{
	const struct pace pace = { .step_ms = 1, .stride = 1 };

	(void)state;
	assert_int_equal(cut_everywhere(&pace), 0);
}

static void test_retention(void **state)
{
	const struct pace pace = { .step_ms = 500, .keep_ns = 20000000000, .stride = 7 };

	(void)state;
	assert_true(cut_everywhere(&pace) > INCIDENTS / 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_every_moment), cmocka_unit_test(test_retention) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
