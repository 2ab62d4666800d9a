/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What leaves, and when: incidents past their age, the oldest where room is needed, then whatever only they used. Freed
 * pages are used again; where many are free they go back to the file system. The log is held to its share.
 */
#include <errno.h>
#include <sys/stat.h>

#include "database.h"
#include "dictionary.h"
#include "store_private.h"

#define LOG_SHARE 8 /* of the size: an eighth is the log's */
#define ROOM_SHARE 64
#define ROOM_PAGES 8 /* and so many */
#define ROW_BYTES (256 << 10) /* of the size for each row of a transaction: what it may write in the worst case */
#define ROWS_MIN 16
#define ROWS_MAX 2048
#define INDEX_BYTES (64 << 10) /* the log's index in shared memory is a file too */
#define DELETE_ROUNDS 16 /* of ROWS_MAX rows, at a step */
#define COLLECT_ROWS 4096 /* of each table, at a step */
#define AGE_MS 10000
#define COLLECT_MS 60000
#define COLLECT_SOON_MS 5000
#define VACUUM_PAGES "512"
#define VACUUM_MIN 1024 /* free pages that are not worth the trouble */

struct budget retention_budget(uint64_t max_bytes, int64_t page_bytes)
{
	struct budget budget = { .log_bytes = max_bytes / LOG_SHARE, .rows = max_bytes / ROW_BYTES };

	budget.pages = (max_bytes - budget.log_bytes - INDEX_BYTES) / page_bytes;
	budget.room = budget.pages / ROOM_SHARE + ROOM_PAGES;
	if (budget.rows < ROWS_MIN)
		budget.rows = ROWS_MIN;
	if (budget.rows > ROWS_MAX)
		budget.rows = ROWS_MAX;
	return budget;
}

/* One statement with up to two integers, in a transaction of its own or not; *ret_rows are those that it changed. */
static int change(sqlite3 *db, const char *sql, int64_t first, int64_t second, int64_t *ret_rows)
{
	sqlite3_stmt *statement;
	int code = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);

	if (code != SQLITE_OK)
		return database_errno(code);
	sqlite3_bind_int64(statement, 1, first);
	if (sqlite3_bind_parameter_count(statement) > 1)
		sqlite3_bind_int64(statement, 2, second);
	code = sqlite3_step(statement);
	*ret_rows = sqlite3_changes64(db);
	sqlite3_finalize(statement);
	return database_errno(code);
}

/* The oldest ROWS_MAX incidents, as far as they are from before that time. */
static int delete_oldest(struct store *store, int64_t before_ns, int64_t *ret_rows)
{
	int err = change(store->db,
			 "DELETE FROM incident WHERE time_ns < ?2 AND time_ns <= (SELECT max(time_ns) FROM "
			 "(SELECT time_ns FROM incident ORDER BY time_ns LIMIT ?1))",
			 ROWS_MAX, before_ns, ret_rows);

	if (!err)
		store->counts.left += *ret_rows;
	return err;
}

static int used_pages(sqlite3 *db, sqlite3_int64 *ret_used, sqlite3_int64 *ret_free)
{
	int err = database_integer(db, "PRAGMA page_count", ret_used);

	err = err ? err : database_integer(db, "PRAGMA freelist_count", ret_free);
	*ret_used -= *ret_free;
	return err;
}

/* *ret_rows: those that had to leave for it. */
static int make_room(struct store *store, int64_t *ret_rows)
{
	sqlite3_int64 used, unused;
	int64_t rows = 0;
	int err = used_pages(store->db, &used, &unused);

	*ret_rows = 0;
	for (int i = 0; !err && i < DELETE_ROUNDS && used + store->budget.room > store->budget.pages; i++) {
		err = delete_oldest(store, INT64_MAX, &rows);
		err = err ? err : used_pages(store->db, &used, &unused);
		*ret_rows += rows;
		if (!rows)
			break;
	}
	return err;
}

static int let_age(struct store *store, struct store_time now)
{
	int64_t rows = 1;
	int err = 0;

	if (!store->options.keep_ns || (uint64_t)now.wall_ns < store->options.keep_ns)
		return 0;
	for (int i = 0; !err && rows && i < DELETE_ROUNDS; i++)
		err = delete_oldest(store, now.wall_ns - (int64_t)store->options.keep_ns, &rows);
	if (!rows)
		store->aged_ms = now.monotonic_ms;
	return err;
}

/* What is older than every incident. A cgroup's row was seen when a process of it was, to the hour. */
static const struct {
	const char *sql;
	int64_t margin_ns;
} collections[] = {
	{ "DELETE FROM process WHERE id IN (SELECT id FROM process WHERE seen_ns < ?1 LIMIT ?2)", SEEN_NS },
	{ "DELETE FROM cgroup WHERE id IN (SELECT id FROM cgroup WHERE seen_ns < ?1 LIMIT ?2)", 2 * SEEN_NS },
	{ "DELETE FROM address WHERE id IN (SELECT id FROM address WHERE seen_ns < ?1 LIMIT ?2)", SEEN_NS },
	{ "DELETE FROM stack WHERE id IN (SELECT id FROM stack WHERE seen_ns < ?1 LIMIT ?2)", SEEN_NS },
	{ "DELETE FROM sentence WHERE id IN (SELECT id FROM sentence WHERE seen_ns < ?1 LIMIT ?2)", SEEN_NS },
	{ "DELETE FROM shape WHERE id IN (SELECT id FROM shape WHERE seen_ns < ?1 LIMIT ?2)", SEEN_NS },
	{ "DELETE FROM gap WHERE ended_ns < ?1", 0 },
	/* The last value from before is the one that was in force. */
	{ "DELETE FROM setting WHERE time_ns < ?1 AND id NOT IN "
	  "(SELECT max(id) FROM setting WHERE time_ns < ?1 GROUP BY name)",
	  0 },
	{ "DELETE FROM session WHERE alive_ns < ?1 AND id NOT IN (SELECT session FROM setting) "
	  "AND id NOT IN (SELECT session FROM gap) AND id < (SELECT max(id) FROM session)",
	  0 },
};

static int collect(struct store *store, struct store_time now)
{
	sqlite3_int64 oldest_ns;
	int64_t rows, total = 0;
	bool has_more = false;
	int err = database_integer(store->db, "SELECT min(time_ns) FROM incident", &oldest_ns);

	if (!oldest_ns)
		oldest_ns = now.wall_ns;
	err = err ? err : database_run(store->db, "BEGIN IMMEDIATE");
	for (size_t i = 0; !err && i < sizeof(collections) / sizeof(*collections); i++) {
		err = change(store->db, collections[i].sql, oldest_ns - collections[i].margin_ns, COLLECT_ROWS,
			     &rows);
		total += rows;
		has_more |= rows == COLLECT_ROWS;
	}
	err = err ? err : database_run(store->db, "COMMIT");
	if (err && !sqlite3_get_autocommit(store->db))
		database_run(store->db, "ROLLBACK");
	if (total)
		rows_forget(store->rows);
	if (!err && !has_more)
		store->collected_ms = now.monotonic_ms;
	return err;
}

static int give_back(struct store *store)
{
	sqlite3_int64 used, unused;
	int err = used_pages(store->db, &used, &unused);

	if (err || (used + unused <= store->budget.pages && (unused < VACUUM_MIN || unused < used)))
		return err;
	return database_run(store->db, "PRAGMA incremental_vacuum(" VACUUM_PAGES ")");
}

/* Readers keep the log from being begun anew. */
static int hold_log(struct store *store)
{
	const char *path = sqlite3_filename_wal(sqlite3_db_filename(store->db, "main"));
	struct stat log;

	if (stat(path, &log) || log.st_size <= store->budget.log_bytes)
		return 0;
	sqlite3_wal_checkpoint_v2(store->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	return stat(path, &log) || log.st_size <= store->budget.log_bytes ? 0 : -EUSERS;
}

int retention_step(struct store *store, struct store_time now)
{
	int64_t rows = 0;
	int err = make_room(store, &rows);

	if (!err && now.monotonic_ms - store->aged_ms >= AGE_MS)
		err = let_age(store, now);
	if (!err && now.monotonic_ms - store->collected_ms >= (rows ? COLLECT_SOON_MS : COLLECT_MS))
		err = collect(store, now);
	err = err ? err : give_back(store);
	return err ? err : hold_log(store);
}
