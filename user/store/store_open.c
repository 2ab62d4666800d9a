/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The first and the last that a recorder does with its database. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "database.h"
#include "store_private.h"

#define PATIENCE_MS 100 /* for another program's lock: longer would be felt by what is watched */
#define CHECKPOINT_SHARE 4 /* of the log: so much of it, and it is written into the database */
#define CHECKPOINT_PAGES_MAX 4096
#define SHRINK_ROUNDS 100000
#define SQL_BYTES 512
#define MESSAGE_BYTES 512

static int make_folder(const char *path, char *message, size_t size)
{
	char *folder = strdup(path), *slash = folder ? strrchr(folder, '/') : NULL;
	int err = 0;

	if (slash && slash != folder) {
		*slash = '\0';
		if (mkdir(folder, 0700) && errno != EEXIST) {
			err = -errno;
			snprintf(message, size, "cannot make %s: %s", folder, strerror(-err));
		}
	}
	free(folder);
	return err;
}

static int configure(struct store *store)
{
	int64_t page_bytes = 0;
	int64_t pages;
	char sql[SQL_BYTES];
	int err = database_integer(store->db, "PRAGMA page_size", &page_bytes);

	if (err)
		return err;
	sqlite3_busy_timeout(store->db, PATIENCE_MS);
	store->budget = retention_budget(store->options.max_bytes, page_bytes);
	pages = store->budget.log_bytes / CHECKPOINT_SHARE / page_bytes;
	if (pages > CHECKPOINT_PAGES_MAX)
		pages = CHECKPOINT_PAGES_MAX;
	/* To enforce foreign keys would be to read all incidents whenever an address goes. */
	snprintf(sql, sizeof(sql),
		 "PRAGMA foreign_keys = OFF; PRAGMA secure_delete = FAST; PRAGMA cache_size = -8192;"
		 "PRAGMA wal_autocheckpoint = %" PRId64 "; PRAGMA journal_size_limit = %" PRId64 ";",
		 pages, store->budget.log_bytes / 2);
	return database_run(store->db, sql);
}

/* A smaller --max-size than last time, a shorter --keep. Then nothing exceeds it, even if retention failed. */
static int shrink(struct store *store, struct store_time now)
{
	int64_t before = -1, after = 0;
	char sql[SQL_BYTES];
	int err = 0;

	for (int i = 0; !err && i < SHRINK_ROUNDS && after != before; i++) {
		before = after;
		err = retention_step(store, now);
		if (err == -EUSERS)
			err = 0; /* a reader: it will go away */
		err = err ? err : database_integer(store->db, "PRAGMA page_count", &after);
		if (after <= store->budget.pages)
			break;
	}
	snprintf(sql, sizeof(sql), "PRAGMA max_page_count = %lld", (long long)store->budget.pages);
	return err ? err : database_run(store->db, sql);
}

static int prepare(sqlite3 *db, const char *sql, sqlite3_stmt **ret_statement)
{
	return database_errno(sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, ret_statement, NULL));
}

static int prepare_all(struct store *store)
{
	int err = prepare(store->db,
			  "UPDATE session SET alive_ns = max(alive_ns, ?1, ifnull((SELECT max(time_ns) "
			  "FROM incident), 0)), lost = ?2 WHERE id = ?3",
			  &store->update_session);

	err = err ? err :
		    prepare(store->db,
			    "INSERT INTO gap (session, started_ns, ended_ns, reason, incidents, deaths) "
			    "VALUES (?1, ?2, max(?2, ?3), ?4, ?5, ?6)",
			    &store->insert_gap);
	err = err ? err :
		    prepare(store->db,
			    "INSERT INTO setting (session, time_ns, name, value) "
			    "SELECT ?1, ?2, ?3, ?4 WHERE ?4 IS NOT (SELECT value FROM setting "
			    "WHERE name = ?3 ORDER BY id DESC LIMIT 1)",
			    &store->insert_setting);
	if (err)
		return err;
	store->rows = rows_new(store->db);
	return store->rows ? 0 : -ENOMEM;
}

static int insert_session(struct store *store, const struct store_session *session, struct store_time now)
{
	const char *const texts[] = { session->boot_id, session->host, session->kernel, session->machine,
				      RSTTRACE_VERSION, session->tier, session->command };
	sqlite3_stmt *statement = NULL;
	int err = prepare(store->db,
			  "INSERT INTO session (started_ns, alive_ns, boot_id, host, kernel, machine, version, "
			  "tier, command, pid, netns) VALUES (?1, ?1, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?2, ?3)",
			  &statement);

	if (err)
		return err;
	sqlite3_bind_int64(statement, 1, now.wall_ns);
	sqlite3_bind_int64(statement, 2, getpid());
	sqlite3_bind_int64(statement, 3, session->netns);
	for (int i = 0; i < 7; i++)
		sqlite3_bind_text(statement, 4 + i, texts[i], -1, SQLITE_STATIC);
	sqlite3_step(statement);
	err = database_errno(sqlite3_finalize(statement));
	store->session = sqlite3_last_insert_rowid(store->db);
	return err;
}

static void close_all(struct store *store)
{
	rows_free(store->rows);
	sqlite3_finalize(store->update_session);
	sqlite3_finalize(store->insert_gap);
	sqlite3_finalize(store->insert_setting);
	sqlite3_close(store->db);
	if (store->db)
		close(store->lock); /* not before: SQLite's own locks on this file would go too */
	free(store->path);
	free(store);
}

int store_open(const struct store_options *options, struct store_time now, struct store **ret_store, char *message,
	       size_t size)
{
	struct store *store = calloc(1, sizeof(*store));
	int err;

	snprintf(message, size, "out of memory");
	if (!store)
		return -ENOMEM;
	store->options = *options;
	store->path = strdup(options->path);
	store->looked_ms = store->written_ms = now.monotonic_ms;
	store->aged_ms = store->collected_ms = INT32_MIN;
	err = store->path ? make_folder(store->path, message, size) : -ENOMEM;
	err = err ? err : database_open_to_write(store->path, &store->db, &store->lock, message, size);
	if (err) {
		close_all(store);
		return err;
	}
	store->options.path = store->path;
	err = configure(store);
	err = err ? err : prepare_all(store);
	err = err ? err : shrink(store, now);
	if (err) {
		snprintf(message, size, "cannot record into %s: %s", store->path, sqlite3_errmsg(store->db));
		close_all(store);
		return err;
	}
	*ret_store = store;
	return 0;
}

int store_begin(struct store *store, const struct store_session *session, struct store_time now, char *message,
		size_t size)
{
	int err = insert_session(store, session, now);

	if (err)
		snprintf(message, size, "cannot record into %s: %s", store->path, sqlite3_errmsg(store->db));
	return err;
}

static int end_session(struct store *store, struct store_time now)
{
	char message[MESSAGE_BYTES], sql[SQL_BYTES];
	int err;

	if (store->pause.is_on) {
		store->pause.retry_ms = now.monotonic_ms;
		store_step(store, now, store->lost, message, sizeof(message));
	}
	if (store->pause.is_on)
		return store->pause.error;
	snprintf(sql, sizeof(sql), "UPDATE session SET has_ended = 1 WHERE id = %" PRId64, store->session);
	err = store_commit(store, now);
	return err ? err : database_run(store->db, sql);
}

int store_close(struct store *store, struct store_time now, struct store_counts *ret_counts)
{
	int err = store->session ? end_session(store, now) : 0; /* else it never began */

	*ret_counts = store->counts;
	close_all(store);
	return err;
}
