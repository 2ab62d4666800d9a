/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What leaves, and when: incidents past their age, the oldest where room is needed, then whatever only they used. Freed
 * pages are used again; where many are free they go back to the file system. The log is held to its share.
 */
#include <errno.h>
#include <sys/stat.h>

#include "database.h"
#include "store_private.h"

#define LOG_SHARE 8 /* of the size: an eighth is the log's */
#define ROOM_SHARE 64
#define ROOM_PAGES 8 /* and so many */
#define ROW_BYTES (256 << 10) /* of the size for each row of a transaction: what it may write in the worst case */
#define ROWS_MIN 16
#define ROWS_MAX 2048
#define INDEX_BYTES (64 << 10) /* the log's index in shared memory is a file too */
#define DELETE_TRANSACTIONS 4 /* as many rows at a time as go into so many */
#define DELETE_ROUNDS 16 /* at a step */
#define COLLECT_ROWS 4096 /* of each table, at a step */
#define AGE_MS 10000
#define COLLECT_MS 60000
#define COLLECT_TRANSACTIONS 64 /* or when as many incidents have left as go into so many */
#define SPAN_SHARE 64 /* of the time that the incidents span */
#define SPAN_MIN_NS 1000000000LL
#define SPAN_MAX_NS 3600000000000LL
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

/* Some of the oldest incidents, as far as they are from before that time. */
static int delete_oldest(struct store *store, int64_t before_ns, int64_t *ret_rows)
{
	int err = change(store->db,
			 "DELETE FROM incident WHERE time_ns <= (SELECT max(time_ns) FROM (SELECT time_ns "
			 "FROM incident WHERE time_ns < ?2 ORDER BY time_ns LIMIT ?1))",
			 store->budget.rows * DELETE_TRANSACTIONS, before_ns, ret_rows);

	if (!err)
		store->counts.left += *ret_rows;
	return err;
}

static int used_pages(sqlite3 *db, int64_t *ret_used, int64_t *ret_free)
{
	int err = database_integer(db, "PRAGMA page_count", ret_used);

	err = err ? err : database_integer(db, "PRAGMA freelist_count", ret_free);
	*ret_used -= *ret_free;
	return err;
}

static int make_room(struct store *store)
{
	int64_t used, unused;
	int64_t rows = 1;
	int err = used_pages(store->db, &used, &unused);

	for (int i = 0; !err && rows && i < DELETE_ROUNDS && used + store->budget.room > store->budget.pages; i++) {
		err = delete_oldest(store, INT64_MAX, &rows);
		err = err ? err : used_pages(store->db, &used, &unused);
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

/* What nothing needs any more: of the incidents, and of the history of the recorder itself. */
static const struct {
	const char *sql;
	bool is_history;
} collections[] = {
	{ "DELETE FROM process WHERE id IN (SELECT id FROM process WHERE until_ns < ?1 LIMIT ?2)", false },
	{ "DELETE FROM cgroup WHERE id IN (SELECT id FROM cgroup WHERE until_ns < ?1 LIMIT ?2)", false },
	{ "DELETE FROM address WHERE id IN (SELECT id FROM address WHERE until_ns < ?1 LIMIT ?2)", false },
	{ "DELETE FROM stack WHERE id IN (SELECT id FROM stack WHERE until_ns < ?1 LIMIT ?2)", false },
	{ "DELETE FROM sentence WHERE id IN (SELECT id FROM sentence WHERE until_ns < ?1 LIMIT ?2)", false },
	{ "DELETE FROM shape WHERE id IN (SELECT id FROM shape WHERE until_ns < ?1 LIMIT ?2)", false },
	{ "DELETE FROM gap WHERE id IN (SELECT id FROM gap WHERE ended_ns < ?1 LIMIT ?2)", true },
	/* The last value from before is the one that was in force. */
	{ "DELETE FROM setting WHERE time_ns < ?1 AND id NOT IN "
	  "(SELECT max(id) FROM setting WHERE time_ns < ?1 GROUP BY name)",
	  true },
	{ "DELETE FROM session WHERE alive_ns < ?1 AND id NOT IN (SELECT session FROM setting) "
	  "AND id NOT IN (SELECT session FROM gap) AND id < (SELECT max(id) FROM session)",
	  true },
};

/* Before which time there is nothing. */
static int find_horizons(const struct store *store, struct store_time now, int64_t *ret_incidents,
			 int64_t *ret_history)
{
	int64_t aged_ns = store->options.keep_ns ? now.wall_ns - (int64_t)store->options.keep_ns : INT64_MAX;
	int err = database_integer(store->db, "SELECT min(time_ns) FROM incident", ret_incidents);

	*ret_history = *ret_incidents && *ret_incidents < aged_ns ? *ret_incidents : aged_ns;
	if (!*ret_incidents)
		*ret_incidents = now.wall_ns;
	if (*ret_history == INT64_MAX)
		*ret_history = 0; /* there never was an incident */
	return err;
}

static int collect(struct store *store, struct store_time now)
{
	int64_t rows, total = 0, incidents_ns, history_ns;
	bool has_more = false;
	int err = find_horizons(store, now, &incidents_ns, &history_ns);

	err = err ? err : database_run(store->db, "BEGIN IMMEDIATE");
	for (size_t i = 0; !err && i < sizeof(collections) / sizeof(*collections); i++) {
		err = change(store->db, collections[i].sql, collections[i].is_history ? history_ns : incidents_ns,
			     COLLECT_ROWS, &rows);
		total += rows;
		has_more |= rows == COLLECT_ROWS;
	}
	err = err ? err : database_run(store->db, "COMMIT");
	if (err && !sqlite3_get_autocommit(store->db))
		database_run(store->db, "ROLLBACK");
	if (total)
		rows_forget(store->rows);
	if (!err && !has_more) {
		store->collected_ms = now.monotonic_ms;
		store->collected_left = store->counts.left;
	}
	return err;
}

/* The longer a row may be used without being written again, the less is written, and the later it can go. */
static int set_span(struct store *store)
{
	int64_t span_ns;
	int err = database_integer(store->db,
				   "SELECT (SELECT max(time_ns) FROM incident) - "
				   "(SELECT min(time_ns) FROM incident)",
				   &span_ns);

	span_ns /= SPAN_SHARE;
	rows_set_span(store->rows, span_ns < SPAN_MIN_NS ? SPAN_MIN_NS :
				   span_ns > SPAN_MAX_NS ? SPAN_MAX_NS :
							   span_ns);
	return err;
}

static int give_back(struct store *store)
{
	int64_t used, unused;
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
	int err = make_room(store);

	if (!err && now.monotonic_ms - store->aged_ms >= AGE_MS)
		err = let_age(store, now);
	if (!err &&
	    (now.monotonic_ms - store->collected_ms >= COLLECT_MS ||
	     store->counts.left - store->collected_left >= (uint64_t)store->budget.rows * COLLECT_TRANSACTIONS))
		err = collect(store, now);
	err = err ? err : set_span(store);
	err = err ? err : give_back(store);
	return err ? err : hold_log(store);
}
