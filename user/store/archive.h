/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Reads what rsttrace record keeps, also while it is being kept: SELECTs over the tables and views of docs/record.md,
 * and whole incidents as the JSON that live output would have had.
 *
 * The database may be foreign or damaged. One that was opened has this version's schema; what stands in the rows
 * may still be anything. Texts that are handed out are safe to print, and numbers are numbers.
 */
#ifndef RSTTRACE_ARCHIVE_H
#define RSTTRACE_ARCHIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct archive;
struct archive_row;

/* A parameter of a statement: ?1, ?2, ... in their order. */
struct archive_value {
	const char *text; /* NULL: the integer */
	int64_t integer;
};

/* Called with each row; a negative errno ends the reading. */
typedef int (*archive_row_fn)(void *context, struct archive_row *row);

/* 0, or a negative errno with a sentence in message[size]: not there, not readable, not of rsttrace, damaged, of a
 * newer or older version. */
int archive_open(const char *path, struct archive **ret_archive, char *message, size_t size);
/* All statements until archive_end() see the database as it is now, whatever is recorded meanwhile. A recorder cannot
 * reuse its log in that time: it is not for a person to sit and read. */
int archive_begin(struct archive *archive, char *message, size_t size);
void archive_end(struct archive *archive);
/* One SELECT. 0, what `row` returned, or a negative errno with a sentence in message[size]. */
int archive_query(struct archive *archive, const char *sql, const struct archive_value *values, unsigned int count,
		  archive_row_fn row, void *context, char *message, size_t size);
/* The columns of a row, from 0. A text is valid until the row's next one is asked for; NULL, 0 where it is NULL. */
unsigned int archive_columns(const struct archive_row *row);
const char *archive_name(const struct archive_row *row, unsigned int column);
bool archive_is_null(const struct archive_row *row, unsigned int column);
int64_t archive_integer(const struct archive_row *row, unsigned int column);
double archive_real(const struct archive_row *row, unsigned int column);
const char *archive_text(struct archive_row *row, unsigned int column);

/* Called with each incident: its time, which no other has, and one line of JSON without a newline, of the schema of
 * `--output json`. */
typedef int (*archive_incident_fn)(void *context, int64_t time_ns, const char *json);

/* Which incidents: from one time to before another, and of which the condition holds: SQL over the table
 * `incident AS i` with parameters from ?3 on; NULL = all of them. */
struct archive_wanted {
	int64_t from_ns;
	int64_t to_ns;
	const char *condition; /* "i.cause = (SELECT id FROM cause WHERE slug = ?3)" */
	const struct archive_value *values;
	unsigned int count;
	int64_t limit; /* 0 = no limit */
	bool newest_first;
};

/* 0, what `incident` returned, or a negative errno with a sentence in message[size]. */
int archive_incidents(struct archive *archive, const struct archive_wanted *wanted, archive_incident_fn incident,
		      void *context, char *message, size_t size);
void archive_close(struct archive *archive); /* NULL is fine */

#endif
