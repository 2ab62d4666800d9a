/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Databases that are not what they should be: refused with a sentence, by the recorder and by readers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../user/store/archive.h"
#include "../../user/store/database.h"
#include "sample.h"
#include "store_fixture.h"

#define MESSAGE_BYTES 512

static int open_store(char *message)
{
	const struct store_options options = { .path = fixture_path(), .max_bytes = STORE_SIZE_MIN };
	struct store_counts counts;
	struct store *store;
	int err = store_open(&options, fixture_time(0), &store, message, MESSAGE_BYTES);

	if (!err)
		store_close(store, fixture_time(0), &counts);
	return err;
}

static int open_archive(char *message)
{
	struct archive *archive = NULL;
	int err = archive_open(fixture_path(), &archive, message, MESSAGE_BYTES);

	archive_close(archive);
	return err;
}

/* Both say so, in a sentence with the path and these words. */
static void assert_refused(int err, const char *words)
{
	char message[MESSAGE_BYTES] = "";

	assert_int_equal(open_store(message), err);
	assert_non_null(strstr(message, fixture_path()));
	if (!strstr(message, words))
		fail_msg("recorder: %s", message);
	memset(message, 0, sizeof(message));
	assert_int_equal(open_archive(message), err);
	assert_non_null(strstr(message, fixture_path()));
	if (!strstr(message, words))
		fail_msg("reader: %s", message);
}

static void run(const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(fixture_path(), &db), SQLITE_OK);
	if (sqlite3_exec(db, sql, NULL, NULL, NULL))
		fail_msg("%s", sqlite3_errmsg(db));
	sqlite3_close(db);
}

static void make(void)
{
	struct store *store = fixture_store(STORE_SIZE_MIN, 0);
	struct sample sample;

	sample_init(&sample);
	for (int i = 0; i < 1000; i++) {
		sample.incident.time_wall_ns++;
		store_report(store, &sample.report, fixture_time(0));
	}
	fixture_close(store);
}

static void overwrite(long offset, const char *bytes, size_t size)
{
	FILE *file = fopen(fixture_path(), "r+");

	assert_non_null(file);
	fseek(file, offset, SEEK_SET);
	assert_int_equal(fwrite(bytes, size, 1, file), 1);
	fclose(file);
}

static void test_no_database(void **state)
{
	FILE *file = fopen(fixture_path(), "w");

	(void)state;
	fprintf(file, "%04000d", 0);
	fclose(file);
	assert_refused(-EBADMSG, "damaged, or no database");
	fixture_remove();
}

static void test_anothers(void **state)
{
	(void)state;
	run("CREATE TABLE places (url TEXT)");
	assert_refused(-EBADMSG, "not of rsttrace record");
	assert_int_equal(fixture_integer("SELECT count(*) FROM sqlite_schema"), 1);
	fixture_remove();
}

static void test_newer(void **state)
{
	(void)state;
	make();
	run("PRAGMA user_version = 99");
	assert_refused(-ENOTSUP, "newer rsttrace (schema 99");
	fixture_remove();
}

static void test_changed(void **state)
{
	static const char *const changes[] = {
		"DROP VIEW incidents; CREATE VIEW incidents AS SELECT 1 AS time",
		"DROP VIEW gaps",
		"ALTER TABLE incident ADD COLUMN more TEXT",
		"DROP TABLE word; CREATE TABLE word (id INTEGER PRIMARY KEY, text TEXT)",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(changes) / sizeof(*changes); i++) {
		make();
		run(changes[i]);
		assert_refused(-EBADMSG, "is not what rsttrace makes");
		fixture_remove();
	}
}

/* What somebody adds for themselves is theirs, but no trigger of it runs. */
static void test_added(void **state)
{
	char message[MESSAGE_BYTES];

	(void)state;
	make();
	run("CREATE TABLE notes (text); CREATE INDEX my_index ON incident (netns);"
	    "CREATE TRIGGER boom AFTER INSERT ON incident BEGIN INSERT INTO notes VALUES ('boom'); END");
	make();
	assert_int_equal(open_archive(message), 0);
	assert_int_equal(fixture_integer("SELECT count(*) FROM notes"), 0);
	assert_int_equal(fixture_integer("SELECT count(*) FROM incident"), 2000); /* of the same times */
	fixture_remove();
}

static void test_cut_short(void **state)
{
	char message[MESSAGE_BYTES];

	(void)state;
	make();
	assert_int_equal(truncate(fixture_path(), 3 * 4096), 0);
	assert_int_equal(open_store(message), -EBADMSG);
	assert_non_null(strstr(message, "damaged"));
	fixture_remove();
}

static void test_overwritten(void **state)
{
	char garbage[4096], message[MESSAGE_BYTES];

	(void)state;
	memset(garbage, 0xa5, sizeof(garbage));
	make();
	overwrite(20 * 4096, garbage, sizeof(garbage));
	assert_int_equal(open_store(message), -EBADMSG);
	assert_non_null(strstr(message, "damaged"));
	fixture_remove();
}

static void test_not_there(void **state)
{
	char message[MESSAGE_BYTES];

	(void)state;
	assert_int_equal(open_archive(message), -ENOENT);
	assert_non_null(strstr(message, "rsttrace record makes it"));
	assert_int_equal(mkdir(fixture_path(), 0700), 0);
	assert_int_equal(open_store(message), -EISDIR);
	assert_non_null(strstr(message, "Is a directory"));
	rmdir(fixture_path());
	assert_int_equal(open_store(message), 0); /* it makes one */
	fixture_remove();
}

/* Killed before it could make the schema: that is no damage. */
static void test_empty(void **state)
{
	char message[MESSAGE_BYTES];

	(void)state;
	fclose(fopen(fixture_path(), "w"));
	assert_int_equal(open_archive(message), -ENOTSUP);
	assert_non_null(strstr(message, "nothing was ever recorded"));
	assert_int_equal(open_store(message), 0);
	assert_int_equal(open_archive(message), 0);
	fixture_remove();
}

/* Somebody who may read the file and write nowhere: after the recorder has ended, and while it runs. */
static int open_as_nobody(void)
{
	pid_t child = fork();
	char message[MESSAGE_BYTES];
	int status;

	if (!child)
		_exit(setgid(65534) || setuid(65534) ? 99 : -open_archive(message));
	assert_int_equal(waitpid(child, &status, 0), child);
	return WEXITSTATUS(status);
}

static void test_nobody_reads(void **state)
{
	char folder[256];
	struct store *store;

	(void)state;
	if (getuid())
		skip();
	make();
	snprintf(folder, sizeof(folder), "%.*s", (int)(strrchr(fixture_path(), '/') - fixture_path()),
		 fixture_path());
	assert_int_equal(chmod(folder, 0755), 0);
	assert_int_equal(open_as_nobody(), EACCES);
	assert_int_equal(chmod(fixture_path(), 0644), 0);
	assert_int_equal(open_as_nobody(), 0);
	store = fixture_store(STORE_SIZE_MIN, 0);
	assert_int_equal(open_as_nobody(), 0);
	fixture_close(store);
	fixture_remove();
}

static void test_two_recorders(void **state)
{
	struct store *store = fixture_store(STORE_SIZE_MIN, 0);
	char message[MESSAGE_BYTES], link_path[256];
	const struct store_options by_link = { .path = link_path, .max_bytes = STORE_SIZE_MIN };
	struct store *second = NULL;

	(void)state;
	assert_int_equal(open_store(message), -EWOULDBLOCK);
	assert_non_null(strstr(message, "has a recorder already"));
	snprintf(link_path, sizeof(link_path), "%s.link", fixture_path());
	assert_int_equal(link(fixture_path(), link_path), 0);
	assert_int_equal(store_open(&by_link, fixture_time(0), &second, message, sizeof(message)), -EWOULDBLOCK);
	unlink(link_path);
	assert_int_equal(open_archive(message), 0); /* readers are welcome */
	fixture_close(store);
	assert_int_equal(open_store(message), 0);
	fixture_remove();
}

/* A step that fails leaves the version that was there. */
static void test_migration(void **state)
{
	static const char *const steps[] = { "CREATE TABLE a (x)",
					     "ALTER TABLE a ADD COLUMN y; UPDATE a SET y = x + 1" };
	static const char *const broken[] = { "", "", "ALTER TABLE a ADD COLUMN z; SELECT x FROM nowhere" };
	char message[MESSAGE_BYTES];
	int64_t value;
	sqlite3 *db;

	(void)state;
	assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
	assert_int_equal(database_migrate(db, steps, 1, message, sizeof(message)), 0);
	assert_int_equal(database_run(db, "INSERT INTO a VALUES (41)"), 0);
	assert_int_equal(database_migrate(db, steps, 2, message, sizeof(message)), 0);
	assert_int_equal(database_migrate(db, steps, 2, message, sizeof(message)), 0);
	assert_int_equal(database_integer(db, "SELECT y FROM a", &value), 0);
	assert_int_equal(value, 42);
	assert_true(database_migrate(db, broken, 3, message, sizeof(message)) < 0);
	assert_non_null(strstr(message, "nowhere"));
	assert_int_equal(database_integer(db, "PRAGMA user_version", &value), 0);
	assert_int_equal(value, 2);
	assert_int_equal(database_integer(db, "SELECT count(*) FROM pragma_table_info('a')", &value), 0);
	assert_int_equal(value, 2);
	sqlite3_close(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_database),  cmocka_unit_test(test_anothers),
		cmocka_unit_test(test_newer),	     cmocka_unit_test(test_changed),
		cmocka_unit_test(test_added),	     cmocka_unit_test(test_cut_short),
		cmocka_unit_test(test_overwritten),  cmocka_unit_test(test_not_there),
		cmocka_unit_test(test_empty),	     cmocka_unit_test(test_two_recorders),
		cmocka_unit_test(test_nobody_reads), cmocka_unit_test(test_migration),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
