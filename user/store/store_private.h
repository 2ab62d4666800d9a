/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Private to store*.c and retention.c: the state of a recorder. */
#ifndef RSTTRACE_STORE_PRIVATE_H
#define RSTTRACE_STORE_PRIVATE_H

#include <sqlite3.h>

#include "rows.h"
#include "store.h"

#define REASON_BYTES 128

/* What could not be kept since when, and why. */
struct pause {
	bool is_on;
	bool was_said;
	int64_t started_ns;
	int error;
	int64_t retry_ms;
	uint64_t incidents, deaths;
	char reason[REASON_BYTES];
};

/* Sizes, all in pages of the database but for .log_bytes. */
struct budget {
	int64_t pages; /* the database may have so many */
	int64_t room; /* so many shall be free before a transaction begins */
	int64_t log_bytes; /* the log may be so large, whatever a reader does */
	int64_t rows; /* at most so many in a transaction */
};

struct store {
	sqlite3 *db;
	int lock;
	struct store_options options;
	char *path;
	struct budget budget;
	struct rows *rows;
	sqlite3_stmt *update_session, *insert_gap, *insert_setting;
	int64_t session;
	uint64_t lost;
	bool is_open; /* a transaction */
	int64_t opened_ms;
	int64_t written_ms; /* the last commit */
	uint64_t pending, pending_deaths; /* in the transaction */
	struct pause pause;
	struct store_counts counts;
	int64_t aged_ms, collected_ms, looked_ms; /* when these were last done: retention.c, the file */
	uint64_t collected_left; /* counts.left at that time */
};

/* With a sign of life of this session: no incident of it is later than that. 0 or a negative errno. */
int store_commit(struct store *store, struct store_time now);
/* Ends the transaction without it, counts what was in it as missed, and begins a pause. */
void store_pause(struct store *store, int err, struct store_time now);

/* retention.c */

struct budget retention_budget(uint64_t max_bytes, int64_t page_bytes);
/* Between transactions: makes room, lets go what is too old, gives pages back. 0, -ENOSPC when the log has grown too
 * large because somebody reads, or SQLite's errno. */
int retention_step(struct store *store, struct store_time now);

#endif
