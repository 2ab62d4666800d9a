/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Remembers ids by hash: of two keys in one slot, the last. */
#include "dictionary.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "database.h"

#define SLOTS 8192 /* a power of two */

struct slot {
	char *key; /* NULL: empty */
	int64_t id;
	int64_t until_ns;
};

struct dictionary {
	sqlite3_stmt *statement;
	int until; /* number of that parameter, 0 = none */
	struct slot slots[SLOTS];
};

static struct slot *slot_of(struct dictionary *dictionary, const char *key)
{
	uint64_t hash = 14695981039346656037ULL; /* FNV-1a */

	for (; *key; key++)
		hash = (hash ^ (unsigned char)*key) * 1099511628211ULL;
	return &dictionary->slots[(hash ^ hash >> 32) % SLOTS];
}

struct dictionary *dictionary_new(sqlite3 *db, const char *sql)
{
	struct dictionary *dictionary = calloc(1, sizeof(*dictionary));

	if (!dictionary)
		return NULL;
	if (sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &dictionary->statement, NULL)) {
		free(dictionary);
		return NULL;
	}
	dictionary->until = sqlite3_bind_parameter_index(dictionary->statement, ":until");
	return dictionary;
}

int64_t dictionary_recall(struct dictionary *dictionary, const char *key, int64_t time_ns)
{
	const struct slot *slot = slot_of(dictionary, key);

	if (!slot->key || strcmp(slot->key, key))
		return 0;
	return dictionary->until && time_ns > slot->until_ns ? 0 : slot->id;
}

sqlite3_stmt *dictionary_statement(struct dictionary *dictionary)
{
	return dictionary->statement;
}

int dictionary_put(struct dictionary *dictionary, const char *key, int64_t until_ns, int64_t *ret_id)
{
	struct slot *slot = slot_of(dictionary, key);
	int code;

	if (dictionary->until)
		sqlite3_bind_int64(dictionary->statement, dictionary->until, until_ns);
	code = sqlite3_step(dictionary->statement);
	if (code == SQLITE_ROW)
		*ret_id = sqlite3_column_int64(dictionary->statement, 0);
	while (code == SQLITE_ROW)
		code = sqlite3_step(
			dictionary->statement); /* the row is put in when there is nothing left to return */
	sqlite3_reset(dictionary->statement);
	if (code != SQLITE_DONE)
		return database_errno(code);
	if (!slot->key || strcmp(slot->key, key)) {
		free(slot->key);
		slot->key = strdup(key); /* without memory it is not remembered */
	}
	slot->id = *ret_id;
	slot->until_ns = until_ns;
	return 0;
}

int dictionary_id(struct dictionary *dictionary, const char *key, int64_t time_ns, int64_t until_ns,
		  int64_t *ret_id)
{
	*ret_id = dictionary_recall(dictionary, key, time_ns);
	if (*ret_id)
		return 0;
	sqlite3_bind_text(dictionary->statement, 1, key, -1, SQLITE_STATIC);
	return dictionary_put(dictionary, key, until_ns, ret_id);
}

void dictionary_forget(struct dictionary *dictionary)
{
	for (unsigned int i = 0; i < SLOTS; i++) {
		free(dictionary->slots[i].key);
		dictionary->slots[i].key = NULL;
	}
}

void dictionary_free(struct dictionary *dictionary)
{
	if (!dictionary)
		return;
	dictionary_forget(dictionary);
	sqlite3_finalize(dictionary->statement);
	free(dictionary);
}
