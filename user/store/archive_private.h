/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Private to archive*.c. */
#ifndef RSTTRACE_ARCHIVE_PRIVATE_H
#define RSTTRACE_ARCHIVE_PRIVATE_H

#include <sqlite3.h>

#include "archive.h"

struct archive {
	sqlite3 *db;
};

/* Puts SQLite's own words into message[size]; returns err. */
int archive_fail(const struct archive *archive, int err, char *message, size_t size);
/* Parameters from number `first` on; an SQLite code. */
int archive_bind(sqlite3_stmt *statement, int first, const struct archive_value *values, unsigned int count);
/* A text that is safe to print, for the caller to free; NULL without memory. */
char *archive_safe(const char *text);

#endif
