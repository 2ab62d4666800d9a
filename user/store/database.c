/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Opens databases. What is in one may be foreign, damaged, or made by somebody who means harm. */
#include "database.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "schema.h"

#define READER_PATIENCE_MS 2000 /* for a recorder that is just making the database */
#define SQL_BYTES 80
#define WHY_BYTES 256

int database_errno(int code)
{
	switch (code & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return 0;
	case SQLITE_FULL:
		return -ENOSPC;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return -EBUSY;
	case SQLITE_NOMEM:
		return -ENOMEM;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return -EBADMSG;
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return -EACCES;
	case SQLITE_READONLY:
		return -EROFS;
	case SQLITE_CONSTRAINT:
		return -EEXIST;
	}
	return -EIO;
}

int database_run(sqlite3 *db, const char *sql)
{
	return database_errno(sqlite3_exec(db, sql, NULL, NULL, NULL));
}

int database_integer(sqlite3 *db, const char *sql, int64_t *ret_value)
{
	sqlite3_stmt *statement;
	int code = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);

	if (code == SQLITE_OK) {
		code = sqlite3_step(statement);
		*ret_value = code == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;
		sqlite3_finalize(statement);
	}
	return database_errno(code);
}

static int say(sqlite3 *db, int err, const char *path, char *message, size_t size)
{
	switch (err) {
	case -EBADMSG:
		snprintf(message, size, "%s is damaged, or no database: %s; move it away, a new one is made then",
			 path, sqlite3_errmsg(db));
		break;
	case -EACCES:
		snprintf(message, size, "cannot open %s: %s", path, strerror(sqlite3_system_errno(db) ?: EACCES));
		break;
	case -EROFS:
		snprintf(message, size,
			 "%s was left in the middle of a change: rsttrace record mends it, its owner can read it",
			 path);
		break;
	default:
		snprintf(message, size, "cannot use %s: %s", path, db ? sqlite3_errmsg(db) : strerror(-err));
	}
	return err;
}

static int set_version(sqlite3 *db, unsigned int version)
{
	char sql[SQL_BYTES];

	snprintf(sql, sizeof(sql), "PRAGMA application_id = %d; PRAGMA user_version = %u", SCHEMA_APPLICATION_ID,
		 version);
	return database_run(db, sql);
}

int database_migrate(sqlite3 *db, const char *const *steps, unsigned int count, char *message, size_t size)
{
	int64_t version = 0;
	int err = database_run(db, "BEGIN IMMEDIATE");

	if (!err)
		err = database_integer(db, "PRAGMA user_version", &version);
	for (; !err && version < count; version++)
		err = database_run(db, steps[version]);
	if (!err)
		err = set_version(db, count);
	if (!err)
		err = database_run(db, "COMMIT");
	if (err) {
		snprintf(message, size, "cannot bring it to schema %u: %s", count, sqlite3_errmsg(db));
		database_run(db, "ROLLBACK");
	}
	return err;
}

/* Nothing that a database brings along is trusted: triggers, functions in its schema, sizes in its pages. */
static int distrust(sqlite3 *db)
{
	sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	return database_run(db, "PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0; PRAGMA temp_store = MEMORY");
}

/* Everything that this version's schema has is there, to the letter: then its views may use JSON. What somebody added
 * is their own affair; triggers stay off. */
static int check_schema(sqlite3 *db, const char *path, char *message, size_t size)
{
	sqlite3_stmt *wanted = NULL, *found = NULL;
	sqlite3 *model = NULL;
	int err = database_errno(sqlite3_open(":memory:", &model));

	err = err ? err : database_migrate(model, schema_steps, schema_version, message, size);
	if (!err)
		err = database_errno(sqlite3_prepare_v2(model,
							"SELECT type, name, sql FROM sqlite_schema "
							"WHERE sql IS NOT NULL",
							-1, &wanted, NULL));
	if (!err)
		err = database_errno(sqlite3_prepare_v2(db,
							"SELECT 1 FROM sqlite_schema "
							"WHERE type = ?1 AND name = ?2 AND sql = ?3",
							-1, &found, NULL));
	while (!err && sqlite3_step(wanted) == SQLITE_ROW) {
		for (int i = 0; i < 3; i++)
			sqlite3_bind_value(found, i + 1, sqlite3_column_value(wanted, i));
		if (sqlite3_step(found) != SQLITE_ROW) {
			snprintf(message, size,
				 "%s is damaged: its %s %s is not what rsttrace makes; "
				 "move it away, a new one is made then",
				 path, sqlite3_column_text(wanted, 0), sqlite3_column_text(wanted, 1));
			err = -EBADMSG;
		}
		sqlite3_reset(found);
	}
	if (!err)
		sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 1, NULL);
	sqlite3_finalize(wanted);
	sqlite3_finalize(found);
	sqlite3_close(model);
	return err;
}

/* *ret_version: 0 where there is nothing in it yet. */
static int identify(sqlite3 *db, const char *path, int64_t *ret_version, char *message, size_t size)
{
	int64_t id = 0, things = 0;
	int err = database_integer(db, "PRAGMA application_id", &id);

	err = err ? err : database_integer(db, "PRAGMA user_version", ret_version);
	err = err ? err : database_integer(db, "SELECT count(*) FROM sqlite_schema", &things);
	if (err)
		return say(db, err, path, message, size);
	if (!id && !*ret_version && !things)
		return 0;
	if (id != SCHEMA_APPLICATION_ID || *ret_version < 1) {
		snprintf(message, size, "%s is a database, but not of rsttrace record; name another with --db",
			 path);
		return -EBADMSG;
	}
	if (*ret_version > schema_version) {
		snprintf(message, size,
			 "%s was made by a newer rsttrace (schema %" PRId64 ", this one knows up to %u)", path,
			 *ret_version, schema_version);
		return -ENOTSUP;
	}
	return 0;
}

static int check_pages(sqlite3 *db, const char *path, char *message, size_t size)
{
	sqlite3_stmt *statement;
	int code = sqlite3_prepare_v2(db, "PRAGMA quick_check(1)", -1, &statement, NULL);
	int err = database_errno(code);
	const char *verdict;

	if (err)
		return say(db, err, path, message, size);
	code = sqlite3_step(statement);
	verdict = code == SQLITE_ROW ? (const char *)sqlite3_column_text(statement, 0) : NULL;
	if (!verdict || strcmp(verdict, "ok")) {
		snprintf(message, size, "%s is damaged: %s; move it away, a new one is made then", path,
			 verdict ? verdict : sqlite3_errmsg(db));
		err = -EBADMSG;
	}
	sqlite3_finalize(statement);
	return err;
}

/* Held by the file itself, whatever path led to it. SQLite's own locks are of another kind. */
static int lock(const char *path, int *ret_lock, char *message, size_t size)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	int err = fd < 0 || flock(fd, LOCK_EX | LOCK_NB) ? errno : 0;

	*ret_lock = fd;
	if (!err)
		return 0;
	if (fd < 0)
		snprintf(message, size, "cannot open %s: %s", path, strerror(err));
	else if (err == EWOULDBLOCK)
		snprintf(message, size, "%s has a recorder already: another rsttrace record is running on it",
			 path);
	else
		snprintf(message, size, "cannot lock %s: %s", path, strerror(err));
	if (fd >= 0)
		close(fd);
	return -err;
}

static int prepare_to_write(sqlite3 *db, const char *path, char *message, size_t size)
{
	int64_t version = 0;
	char why[WHY_BYTES];
	int err = identify(db, path, &version, message, size);

	if (err)
		return err;
	/* Every commit reaches the disk, those before there is a log included. Where rows were deleted, pages go back
	 * to the system by and by. */
	err = database_run(db, "PRAGMA synchronous = EXTRA");
	if (!err && !version)
		err = database_run(db, "PRAGMA auto_vacuum = INCREMENTAL");
	err = err ? err : database_run(db, "PRAGMA journal_mode = WAL");
	if (err)
		return say(db, err, path, message, size);
	if (version < schema_version)
		err = database_migrate(db, schema_steps, schema_version, why, sizeof(why));
	if (err) {
		snprintf(message, size, "cannot use %s: %s", path, why);
		return err;
	}
	err = check_schema(db, path, message, size);
	return err ? err : check_pages(db, path, message, size);
}

int database_open_to_write(const char *path, sqlite3 **ret_db, int *ret_lock, char *message, size_t size)
{
	sqlite3 *db = NULL;
	int fd, err;

	err = lock(path, &fd, message, size);
	if (err)
		return err;
	err = database_errno(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL));
	sqlite3_extended_result_codes(db, 1);
	if (!err)
		err = distrust(db);
	err = err ? say(db, err, path, message, size) : prepare_to_write(db, path, message, size);
	if (err) {
		sqlite3_close(db);
		close(fd);
		return err;
	}
	*ret_db = db;
	*ret_lock = fd;
	return 0;
}

/* Whether there is more to it than the file itself: somebody writes, or was killed. */
static bool has_log(const char *path)
{
	static const char *const endings[] = { "-wal", "-journal" };
	bool has = false;

	for (int i = 0; i < 2; i++) {
		char *name = sqlite3_mprintf("%s%s", path, endings[i]);
		struct stat log;

		has |= !name || (stat(name, &log) == 0 && log.st_size);
		sqlite3_free(name);
	}
	return has;
}

/* Where this user may not write beside the database, SQLite reads it only when told that nobody else writes. */
static int open_immutable(const char *path, sqlite3 **ret_db)
{
	sqlite3_str *text = sqlite3_str_new(NULL);
	char *uri;
	int err;

	sqlite3_str_appendall(text, "file:");
	for (const char *at = path; *at; at++)
		sqlite3_str_appendf(text, strchr("%?#", *at) ? "%%%02x" : "%c", (unsigned char)*at);
	sqlite3_str_appendall(text, "?immutable=1");
	uri = sqlite3_str_finish(text);
	err = uri ? database_errno(sqlite3_open_v2(uri, ret_db, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, NULL)) :
		    -ENOMEM;
	sqlite3_free(uri);
	return err;
}

static int open_to_read(const char *path, sqlite3 **ret_db)
{
	int64_t ignored;
	int err = database_errno(sqlite3_open_v2(path, ret_db, SQLITE_OPEN_READONLY, NULL));

	if (!err) {
		sqlite3_busy_timeout(*ret_db, READER_PATIENCE_MS);
		err = database_integer(*ret_db, "PRAGMA user_version", &ignored);
	}
	if ((err == -EACCES || err == -EROFS) && !has_log(path)) {
		sqlite3_close(*ret_db);
		*ret_db = NULL;
		err = open_immutable(path, ret_db);
	}
	return err;
}

int database_open_to_read(const char *path, sqlite3 **ret_db, char *message, size_t size)
{
	int64_t version = 0;
	sqlite3 *db = NULL;
	int err;

	if (access(path, R_OK)) {
		err = -errno;
		snprintf(message, size, "cannot read %s: %s (rsttrace record makes it)", path, strerror(-err));
		return err;
	}
	err = open_to_read(path, &db);
	err = err ? err : distrust(db);
	err = err ? say(db, err, path, message, size) : identify(db, path, &version, message, size);
	if (!err && version < schema_version) {
		snprintf(message, size,
			 version ? "%s was made by an older rsttrace; rsttrace record brings it up to date" :
				   "%s is empty: nothing was ever recorded into it",
			 path);
		err = -ENOTSUP;
	}
	err = err ? err : check_schema(db, path, message, size);
	if (err) {
		sqlite3_close(db);
		return err;
	}
	*ret_db = db;
	return 0;
}
