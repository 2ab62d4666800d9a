/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The recorder's database: what is kept, what leaves, and what happens where writing fails. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sample.h"
#include "store_fixture.h"

#define HOUR_MS 3600000LL

/* One incident of that time. */
static void keep_at(struct store *store, int64_t ms, unsigned int pid)
{
	struct sample sample;

	sample_init(&sample);
	sample.report.owner.pid = pid;
	sample.incident.time_wall_ns = fixture_time(ms).wall_ns;
	store_report(store, &sample.report, fixture_time(0));
}

static int step(struct store *store, int64_t ms)
{
	char message[512];

	return store_step(store, fixture_time(ms), 0, message, sizeof(message));
}

static uint64_t missed(const struct store *store)
{
	struct store_counts counts;

	store_count(store, &counts);
	return counts.missed;
}

static uint64_t size_of_all(void)
{
	static const char *const endings[] = { "", "-wal", "-shm" };
	char name[512];
	struct stat file;
	uint64_t bytes = 0;

	for (int i = 0; i < 3; i++) {
		snprintf(name, sizeof(name), "%s%s", fixture_path(), endings[i]);
		bytes += stat(name, &file) ? 0 : file.st_size;
	}
	return bytes;
}

static sqlite3 *another_program(const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(fixture_path(), &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	return db;
}

static void assert_sound(void)
{
	assert_int_equal(
		fixture_integer("SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'"), 0);
	assert_int_equal(fixture_integer("SELECT count(*) FROM pragma_foreign_key_check"), 0);
}

/* Of two in one nanosecond the second gets the next, and a burst stands for many. */
static void test_keys_and_counts(void **state)
{
	struct store *store = fixture_store(STORE_SIZE_MIN, 0);
	struct sample sample;
	struct store_counts counts;

	(void)state;
	keep_at(store, 5, 1);
	keep_at(store, 5, 2);
	sample_init(&sample);
	sample.report.count = 1000;
	store_report(store, &sample.report, fixture_time(0));
	counts = fixture_close(store);
	assert_int_equal(counts.kept, 3);
	assert_int_equal(counts.kept_deaths, 1002);
	assert_int_equal(fixture_integer("SELECT max(time_ns) - min(time_ns) FROM incident WHERE count = 1"), 1);
	assert_int_equal(fixture_integer("SELECT sum(deaths) FROM deaths_by_cause"), 1002);
	assert_int_equal(
		fixture_integer("SELECT count(*) FROM incidents WHERE process = 'nginx' AND pid IN (1, 2)"), 2);
	assert_int_equal(fixture_integer("SELECT has_ended FROM session"), 1);
	assert_sound();
	fixture_remove();
}

/* A transaction is bounded in time and in size. */
static void test_commits(void **state)
{
	struct store *store = fixture_store(STORE_SIZE_MIN, 0);

	(void)state;
	keep_at(store, 0, 1);
	assert_int_equal(step(store, 999), 0);
	assert_int_equal(fixture_integer("SELECT count(*) FROM incident"), 0);
	assert_int_equal(step(store, 1000), 0);
	assert_int_equal(fixture_integer("SELECT count(*) FROM incident"), 1);
	for (int i = 0; i < 100; i++)
		keep_at(store, 2000 + i, 1);
	assert_true(fixture_integer("SELECT count(*) FROM incident") > 50);
	fixture_close(store);
	fixture_remove();
}

/* What somebody else locks, or the disk refuses, pauses it; what comes meanwhile is counted, and becomes a gap. */
static void check_pause(struct store *store, void (*end)(void *), void *context, const char *reason)
{
	char sql[256];

	keep_at(store, 1, 1);
	assert_int_equal(step(store, 1000), 0);
	keep_at(store, 2, 2);
	assert_int_equal(step(store, 2000), 0);
	assert_int_equal(missed(store), 2);
	end(context);
	keep_at(store, 3, 3);
	assert_int_equal(missed(store), 3);
	assert_int_equal(step(store, 4000), 0);
	keep_at(store, 4, 4);
	fixture_close(store);
	assert_int_equal(fixture_integer("SELECT group_concat(pid) FROM incidents"), 4);
	snprintf(sql, sizeof(sql), "SELECT incidents FROM gaps WHERE reason LIKE '%s' AND deaths = 3", reason);
	assert_int_equal(fixture_integer(sql), 3);
	assert_sound();
	fixture_remove();
}

static void end_transaction(void *db)
{
	sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
	sqlite3_close(db);
}

static void test_locked(void **state)
{
	struct store *store = fixture_store(STORE_SIZE_MIN, 0);

	(void)state;
	check_pause(store, end_transaction, another_program("BEGIN IMMEDIATE"), "another program%");
}

static void set_file_size_limit(rlim_t bytes)
{
	struct rlimit limit;

	getrlimit(RLIMIT_FSIZE, &limit);
	limit.rlim_cur = bytes;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void lift_limit(void *context)
{
	(void)context;
	set_file_size_limit(RLIM_INFINITY);
}

static void test_write_fails(void **state)
{
	struct store *store = fixture_store(STORE_SIZE_MIN, 0);

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	set_file_size_limit(4096);
	check_pause(store, lift_limit, NULL, "disk I/O error");
}

/* Somebody reads and does not end: the log cannot be emptied, and must not outgrow its share. */
static void test_reader_stays(void **state)
{
	struct store *store = fixture_store(STORE_SIZE_MIN, 0);
	sqlite3 *reader;
	int64_t i = 0;

	(void)state;
	keep_at(store, 0, 1);
	assert_int_equal(step(store, 1000), 0);
	reader = another_program("BEGIN; SELECT count(*) FROM incident");
	while (!missed(store) && i < 100000) {
		i++;
		keep_at(store, i, i % 50);
		assert_true(size_of_all() <= STORE_SIZE_MIN);
	}
	assert_true(missed(store) > 0);
	end_transaction(reader);
	assert_int_equal(step(store, 5000), 0);
	i++;
	keep_at(store, i, 1);
	fixture_close(store);
	assert_int_equal(fixture_integer("SELECT count(*) FROM gaps WHERE reason LIKE 'a reader%'"), 1);
	assert_int_equal(fixture_integer("SELECT max(time_ns) FROM incident"), fixture_time(i).wall_ns);
	assert_sound();
	fixture_remove();
}

/* Incidents past their age go, and with them what only they used. */
static void test_age(void **state)
{
	struct store *store = fixture_store(STORE_SIZE_MIN, 10 * HOUR_MS * 1000000);

	(void)state;
	for (int i = 0; i < 100; i++)
		keep_at(store, i * HOUR_MS, 1000 + i);
	assert_int_equal(step(store, 1000), 0);
	assert_int_equal(step(store, 100 * HOUR_MS), 0);
	assert_int_equal(fixture_integer("SELECT count(*) FROM incident"), 10);
	assert_true(fixture_integer("SELECT count(*) FROM process") <= 12);
	assert_int_equal(fixture_integer("SELECT count(*) FROM incidents WHERE process IS NULL OR why IS NULL"), 0);
	keep_at(store, 100 * HOUR_MS, 1005); /* one that has left, and is remembered no more */
	fixture_close(store);
	assert_int_equal(fixture_integer("SELECT pid FROM incidents ORDER BY time_ns DESC LIMIT 1"), 1005);
	assert_sound();
	fixture_remove();
}

/* The oldest leave first, and neither the database nor its log exceeds the size, whatever is in it. */
static void test_size(void **state)
{
	struct store *store = fixture_store(STORE_SIZE_MIN, 0);
	struct store_counts counts;

	(void)state;
	for (int i = 0; i < 60000; i++) {
		keep_at(store, i, i);
		assert_int_equal(missed(store), 0);
		if (i % 64 == 0)
			assert_true(size_of_all() <= STORE_SIZE_MIN);
	}
	counts = fixture_close(store);
	assert_int_equal(counts.kept, 60000);
	assert_true(counts.left > 30000);
	assert_int_equal(fixture_integer("SELECT count(*) FROM incident"), 60000 - counts.left);
	assert_int_equal(fixture_integer("SELECT min(time_ns) FROM incident"), fixture_time(counts.left).wall_ns);
	assert_int_equal(fixture_integer("SELECT max(time_ns) FROM incident"), fixture_time(59999).wall_ns);
	assert_true(fixture_integer("SELECT count(*) FROM incident") > 10000);
	assert_sound();
	fixture_remove();
}

/* Opened with a smaller size than it has: the oldest leave, and the file shrinks. */
static void test_shrinks(void **state)
{
	struct store *store = fixture_store(4 * STORE_SIZE_MIN, 0);

	(void)state;
	for (int i = 0; i < 60000; i++)
		keep_at(store, i, i);
	fixture_close(store);
	assert_true(size_of_all() > 2 * STORE_SIZE_MIN);
	fixture_close(fixture_store(STORE_SIZE_MIN, 0));
	assert_true(size_of_all() <= STORE_SIZE_MIN);
	assert_int_equal(fixture_integer("SELECT max(time_ns) FROM incident"), fixture_time(59999).wall_ns);
	assert_sound();
	fixture_remove();
}

/* A sysctl is kept when it changes, also from one session to the next. */
static void test_settings(void **state)
{
	static const char *const values[] = { "15", "15", "8", NULL, NULL, "8" };
	struct store *store = fixture_store(STORE_SIZE_MIN, 0);

	(void)state;
	for (int i = 0; i < 6; i++)
		store_setting(store, "net.ipv4.tcp_retries2", values[i], fixture_time(i));
	fixture_close(store);
	store = fixture_store(STORE_SIZE_MIN, 0);
	store_setting(store, "net.ipv4.tcp_retries2", "8", fixture_time(10));
	fixture_close(store);
	assert_int_equal(fixture_integer("SELECT count(*) FROM setting"), 4);
	assert_int_equal(fixture_integer("SELECT count(*) FROM setting_changes"), 3);
	assert_int_equal(fixture_integer("SELECT before FROM setting_changes LIMIT 1"), 15);
	assert_int_equal(fixture_integer("SELECT value FROM settings"), 8);
	assert_sound();
	fixture_remove();
}

/* A path that leads somewhere else by now: nobody would ever find what is written. */
static void test_moved(void **state)
{
	struct store *store = fixture_store(STORE_SIZE_MIN, 0);
	struct store_counts counts;

	(void)state;
	assert_int_equal(unlink(fixture_path()), 0);
	assert_int_equal(step(store, 9999), 0);
	assert_int_equal(step(store, 10000), -ESTALE);
	store_close(store, fixture_time(0), &counts);
	fixture_remove();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys_and_counts),
		cmocka_unit_test(test_commits),
		cmocka_unit_test(test_locked),
		cmocka_unit_test(test_write_fails),
		cmocka_unit_test(test_reader_stays),
		cmocka_unit_test(test_age),
		cmocka_unit_test(test_size),
		cmocka_unit_test(test_shrinks),
		cmocka_unit_test(test_settings),
		cmocka_unit_test(test_moved),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
