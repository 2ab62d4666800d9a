/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Private to store/: reports as rows of the table incident. */
#ifndef RSTTRACE_ROWS_H
#define RSTTRACE_ROWS_H

#include <sqlite3.h>

#include "../explain/report.h"

struct rows;

/* NULL: out of memory, or the database is not of this schema. */
struct rows *rows_new(sqlite3 *db);
/* 0 or a negative errno. */
int rows_insert(struct rows *rows, const struct report *report, int64_t session);
/* Deaths that a report stands for. */
int64_t rows_deaths(const struct rows *rows, const struct report *report);
/* For how long a row of the other tables may be used once it is written; 0 at first. */
void rows_set_span(struct rows *rows, int64_t span_ns);
/* After a rollback, and when rows were deleted. */
void rows_forget(struct rows *rows);
void rows_free(struct rows *rows); /* NULL is fine */

#endif
