/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Private to store/: the ids of what stands once and is used often. A bounded memory of those used lately spares most
 * look-ups.
 *
 * A row says until when it may be used without being written again: no incident of a later time does. So retention
 * knows what no incident needs any more without looking at the incidents.
 */
#ifndef RSTTRACE_DICTIONARY_H
#define RSTTRACE_DICTIONARY_H

#include <sqlite3.h>
#include <stdint.h>

struct dictionary;

/* The statement puts a row in unless it is there, and returns its id; the parameter :until, if it has one, is bound
 * here. NULL: out of memory, or the statement is none. */
struct dictionary *dictionary_new(sqlite3 *db, const char *sql);
/* The id of a row that is remembered under `key` and may be used at that time; 0: none. */
int64_t dictionary_recall(struct dictionary *dictionary, const char *key, int64_t time_ns);
/* To bind its parameters before dictionary_put(). */
sqlite3_stmt *dictionary_statement(struct dictionary *dictionary);
/* Runs the statement, and remembers its id under `key`. 0 or a negative errno. */
int dictionary_put(struct dictionary *dictionary, const char *key, int64_t until_ns, int64_t *ret_id);
/* Both, where the key is the statement's only parameter. */
int dictionary_id(struct dictionary *dictionary, const char *key, int64_t time_ns, int64_t until_ns,
		  int64_t *ret_id);
/* What was put may have been rolled back, or deleted. */
void dictionary_forget(struct dictionary *dictionary);
void dictionary_free(struct dictionary *dictionary); /* NULL is fine */

#endif
