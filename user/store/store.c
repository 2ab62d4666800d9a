/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Transactions, and what becomes of them when they fail. */
#include "store.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "database.h"
#include "store_private.h"

#define COMMIT_MS 1000
#define RETRY_MS 1000
#define ALIVE_MS 60000 /* a sign of life where nothing happens */
#define LOOK_MS 10000
#define FREE_BYTES (1u << 20) /* that a full disk must have again */

static void roll_back(struct store *store)
{
	if (!sqlite3_get_autocommit(store->db))
		database_run(store->db, "ROLLBACK");
	store->is_open = false;
	store->pending = store->pending_deaths = 0;
	rows_forget(store->rows);
}

static const char *reason_of(const struct store *store, int err)
{
	switch (err) {
	case -ENOSPC:
		return "no room is left on the disk";
	case -EBUSY:
		return "another program has the database locked";
	case -EUSERS:
		return "a reader of the database keeps its log from being emptied";
	}
	return sqlite3_errmsg(store->db);
}

static void count_missed(struct store *store, uint64_t incidents, uint64_t deaths)
{
	store->pause.incidents += incidents;
	store->pause.deaths += deaths;
	store->counts.missed += incidents;
	store->counts.missed_deaths += deaths;
}

void store_pause(struct store *store, int err, struct store_time now)
{
	struct pause *pause = &store->pause;

	if (!pause->is_on) {
		*pause = (struct pause){ .is_on = true, .started_ns = now.wall_ns, .error = err };
		snprintf(pause->reason, sizeof(pause->reason), "%s", reason_of(store, err));
	}
	count_missed(store, store->pending, store->pending_deaths);
	roll_back(store);
	pause->retry_ms = now.monotonic_ms + RETRY_MS;
}

static int run(sqlite3_stmt *statement)
{
	sqlite3_step(statement);
	return database_errno(sqlite3_reset(statement));
}

static int begin(struct store *store, struct store_time now)
{
	int err = store->is_open ? 0 : database_run(store->db, "BEGIN IMMEDIATE");

	if (!err && !store->is_open) {
		store->is_open = true;
		store->opened_ms = now.monotonic_ms;
	}
	return err;
}

int store_commit(struct store *store, struct store_time now)
{
	int err = begin(store, now);

	if (err)
		return err;
	sqlite3_bind_int64(store->update_session, 1, now.wall_ns);
	sqlite3_bind_int64(store->update_session, 2, (int64_t)store->lost);
	sqlite3_bind_int64(store->update_session, 3, store->session);
	err = run(store->update_session);
	err = err ? err : database_run(store->db, "COMMIT");
	if (err)
		return err;
	store->is_open = false;
	store->written_ms = now.monotonic_ms;
	store->counts.kept += store->pending;
	store->counts.kept_deaths += store->pending_deaths;
	store->pending = store->pending_deaths = 0;
	return 0;
}

static void commit_or_pause(struct store *store, struct store_time now)
{
	int err = store_commit(store, now);

	err = err ? err : retention_step(store, now);
	if (err)
		store_pause(store, err, now);
}

void store_report(struct store *store, const struct report *report, struct store_time now)
{
	uint64_t deaths = rows_deaths(store->rows, report);
	int err = store->pause.is_on ? 0 : begin(store, now);

	if (!err && !store->pause.is_on)
		err = rows_insert(store->rows, report, store->session);
	if (err)
		store_pause(store, err, now);
	if (store->pause.is_on) {
		count_missed(store, 1, deaths);
		return;
	}
	store->pending++;
	store->pending_deaths += deaths;
	if (store->pending >= (uint64_t)store->budget.rows)
		commit_or_pause(store, now);
}

void store_setting(struct store *store, const char *name, const char *value, struct store_time now)
{
	sqlite3_stmt *statement = store->insert_setting;
	int err = store->pause.is_on ? -EAGAIN : begin(store, now);

	if (err == -EAGAIN)
		return;
	sqlite3_bind_int64(statement, 1, store->session);
	sqlite3_bind_int64(statement, 2, now.wall_ns);
	sqlite3_bind_text(statement, 3, name, -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 4, value, -1, SQLITE_STATIC);
	err = err ? err : run(statement);
	if (err)
		store_pause(store, err, now);
}

/* What was paused for want of room goes on when there is some, not for one row. */
static bool has_room(const struct store *store)
{
	struct statvfs disk;

	return store->pause.error != -ENOSPC || fstatvfs(store->lock, &disk) ||
	       (uint64_t)disk.f_bfree * disk.f_frsize >= FREE_BYTES;
}

static int try_again(struct store *store, struct store_time now)
{
	const struct pause *pause = &store->pause;
	int err = has_room(store) ? retention_step(store, now) : -ENOSPC;

	err = err ? err : begin(store, now);
	if (err)
		return err;
	sqlite3_bind_int64(store->insert_gap, 1, store->session);
	sqlite3_bind_int64(store->insert_gap, 2, pause->started_ns);
	sqlite3_bind_int64(store->insert_gap, 3, now.wall_ns);
	sqlite3_bind_text(store->insert_gap, 4, pause->reason, -1, SQLITE_STATIC);
	sqlite3_bind_int64(store->insert_gap, 5, (int64_t)pause->incidents);
	sqlite3_bind_int64(store->insert_gap, 6, (int64_t)pause->deaths);
	err = run(store->insert_gap);
	return err ? err : store_commit(store, now);
}

static int step_pause(struct store *store, struct store_time now, char *message, size_t size)
{
	struct pause *pause = &store->pause;
	int err;

	if (!pause->was_said) {
		snprintf(message, size, "recording pauses: %s", pause->reason);
		pause->was_said = true;
	}
	if (pause->error == -EBADMSG || pause->error == -EROFS) {
		snprintf(message, size, "%s: %s", store->options.path, pause->reason);
		return pause->error;
	}
	if (now.monotonic_ms < pause->retry_ms)
		return 0;
	err = try_again(store, now);
	if (err) {
		store_pause(store, err, now);
		return 0;
	}
	snprintf(message, size, "recording goes on; %" PRIu64 " incidents could not be kept in %" PRId64 " s",
		 pause->incidents, (now.wall_ns - pause->started_ns) / 1000000000);
	pause->is_on = false;
	return 0;
}

/* SQLite would go on writing into a file that nobody finds any more. */
static int look_for_file(struct store *store, struct store_time now, char *message, size_t size)
{
	struct stat here, there;
	int missing = stat(store->path, &there) ? errno : 0;

	store->looked_ms = now.monotonic_ms;
	if (missing && missing != ENOENT)
		return 0; /* a folder that may not be looked into any more, without privileges */
	if (!missing && !fstat(store->lock, &here) && here.st_dev == there.st_dev && here.st_ino == there.st_ino)
		return 0;
	snprintf(message, size, "%s was moved or deleted while it was recorded into", store->options.path);
	return -ESTALE;
}

int store_step(struct store *store, struct store_time now, uint64_t lost, char *message, size_t size)
{
	int64_t since_ms = store->is_open ? now.monotonic_ms - store->opened_ms :
					    now.monotonic_ms - store->written_ms;
	int err = 0;

	*message = '\0';
	store->lost = lost;
	if (now.monotonic_ms - store->looked_ms >= LOOK_MS)
		err = look_for_file(store, now, message, size);
	if (err)
		return err;
	if (!store->pause.is_on && since_ms >= (store->is_open ? COMMIT_MS : ALIVE_MS))
		commit_or_pause(store, now);
	return store->pause.is_on ? step_pause(store, now, message, size) : 0;
}

void store_count(const struct store *store, struct store_counts *ret_counts)
{
	*ret_counts = store->counts;
}
