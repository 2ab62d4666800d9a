/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Statements and their rows. */
#include "archive.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "database.h"
#include "safe.h"
#include "archive_private.h"

struct archive_row {
	sqlite3_stmt *statement;
	char *safe; /* of the last text, where that had to be made safe */
};

int archive_open(const char *path, struct archive **ret_archive, char *message, size_t size)
{
	struct archive *archive = calloc(1, sizeof(*archive));
	int err;

	if (!archive) {
		snprintf(message, size, "out of memory");
		return -ENOMEM;
	}
	err = database_open_to_read(path, &archive->db, message, size);
	if (err) {
		free(archive);
		return err;
	}
	*ret_archive = archive;
	return 0;
}

void archive_close(struct archive *archive)
{
	if (!archive)
		return;
	sqlite3_close(archive->db);
	free(archive);
}

int archive_fail(const struct archive *archive, int err, char *message, size_t size)
{
	snprintf(message, size, "cannot read the database: %s%s", sqlite3_errmsg(archive->db),
		 err == -EBADMSG ? "; it is damaged" : "");
	return err;
}

int archive_begin(struct archive *archive, char *message, size_t size)
{
	int64_t ignored;
	int err = database_run(archive->db, "BEGIN");

	/* The first look decides what is seen. */
	err = err ? err : database_integer(archive->db, "SELECT count(*) FROM session", &ignored);
	return err ? archive_fail(archive, err, message, size) : 0;
}

void archive_end(struct archive *archive)
{
	database_run(archive->db, "ROLLBACK");
}

int archive_bind(sqlite3_stmt *statement, int first, const struct archive_value *values, unsigned int count)
{
	int code = SQLITE_OK;

	for (unsigned int i = 0; code == SQLITE_OK && i < count; i++) {
		if (values[i].text)
			code = sqlite3_bind_text(statement, first + i, values[i].text, -1, SQLITE_STATIC);
		else
			code = sqlite3_bind_int64(statement, first + i, values[i].integer);
	}
	return code;
}

int archive_query(struct archive *archive, const char *sql, const struct archive_value *values, unsigned int count,
		  archive_row_fn row, void *context, char *message, size_t size)
{
	struct archive_row state = { 0 };
	int code = sqlite3_prepare_v2(archive->db, sql, -1, &state.statement, NULL);
	int err = 0;

	if (code == SQLITE_OK)
		code = archive_bind(state.statement, 1, values, count);
	if (code == SQLITE_OK) {
		while (!err && (code = sqlite3_step(state.statement)) == SQLITE_ROW)
			err = row(context, &state);
	}
	if (!err && database_errno(code))
		err = archive_fail(archive, database_errno(code), message, size);
	free(state.safe);
	sqlite3_finalize(state.statement);
	return err;
}

unsigned int archive_columns(const struct archive_row *row)
{
	return sqlite3_column_count(row->statement);
}

const char *archive_name(const struct archive_row *row, unsigned int column)
{
	return sqlite3_column_name(row->statement, column);
}

bool archive_is_null(const struct archive_row *row, unsigned int column)
{
	return sqlite3_column_type(row->statement, column) == SQLITE_NULL;
}

int64_t archive_integer(const struct archive_row *row, unsigned int column)
{
	return sqlite3_column_int64(row->statement, column);
}

double archive_real(const struct archive_row *row, unsigned int column)
{
	return sqlite3_column_double(row->statement, column);
}

char *archive_safe(const char *text)
{
	size_t size = 4 * strlen(text) + 1;
	char *scratch = malloc(size);
	const char *safe = scratch ? safe_text(text, scratch, size) : NULL;

	if (safe == text)
		memcpy(scratch, text, strlen(text) + 1);
	return scratch;
}

const char *archive_text(struct archive_row *row, unsigned int column)
{
	const char *text = (const char *)sqlite3_column_text(row->statement, column);

	free(row->safe);
	row->safe = text ? archive_safe(text) : NULL;
	return row->safe;
}
