/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Deaths as rows of ClickHouse, by its HTTP interface. */
#ifndef RSTTRACE_CLICKHOUSE_H
#define RSTTRACE_CLICKHOUSE_H

#include "../explain/fields.h"
#include "host.h"
#include "shipper.h"

#define CLICKHOUSE_TYPE "text/plain"

/* A column that a field of the JSON form fills. */
struct clickhouse_column {
	const char *name, *type, *path;
};

/* What the thread that sends keeps. */
struct clickhouse {
	char database[65]; /* "" = not yet taken from the URL */
	char query[160]; /* of an insertion */
};

extern const struct clickhouse_column clickhouse_columns[];
extern const unsigned int clickhouse_columns_count;

struct shipper_server clickhouse_server(struct clickhouse *clickhouse);
/* One row; the caller frees it. NULL: no memory. */
char *clickhouse_row(const struct export_host *host, const struct report *report, const char *id);

/* clickhouse_schema.c: the statements that make what a server lacks, each for http_post() and the caller to free; NULL
 * after the last, or without memory. */
char *clickhouse_statement(const char *database, unsigned int index);

#endif
