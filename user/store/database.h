/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Private to store/: opening a database that may be anybody's, and errors as sentences. */
#ifndef RSTTRACE_DATABASE_H
#define RSTTRACE_DATABASE_H

#include <sqlite3.h>
#include <stddef.h>
#include <stdint.h>

/* All return 0, or a negative errno with a sentence in message[size]. */

/* For a recorder: made if it does not exist, brought up to this version's schema, refused while another recorder has
 * it. The lock ends with the process, or when *ret_lock is closed, which must be after the database. */
int database_open_to_write(const char *path, sqlite3 **ret_db, int *ret_lock, char *message, size_t size);
/* Whatever is in it, nothing of it is executed, and nothing changed. */
int database_open_to_read(const char *path, sqlite3 **ret_db, char *message, size_t size);
/* From the version that it has to `count`, all steps or none. */
int database_migrate(sqlite3 *db, const char *const *steps, unsigned int count, char *message, size_t size);

/* One statement without a result, or its first column as an integer. */
int database_run(sqlite3 *db, const char *sql);
int database_integer(sqlite3 *db, const char *sql, int64_t *ret_value);
/* A negative errno for SQLite's result codes. */
int database_errno(int code);

#endif
