/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* See clickhouse.h. */
#include "clickhouse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DATABASE "rsttrace" /* unless the URL says ?database= */
#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"

/* It says what is wrong in the body, also where it found out too late for the status; an insertion has no other. */
static enum ship judge(const struct http_answer *answer)
{
	return answer->status == 200 && !answer->text_bytes ? SHIP_DONE : SHIP_AGAIN;
}

/* The name of the database must not be in the URL when that does not exist yet. */
static bool take_database(struct clickhouse *clickhouse, struct http *http, char *message, size_t size)
{
	if (*clickhouse->database)
		return true;
	if (!http_take_parameter(http, "database", clickhouse->database, sizeof(clickhouse->database)))
		snprintf(clickhouse->database, sizeof(clickhouse->database), DATABASE);
	if (clickhouse->database[strspn(clickhouse->database, LETTERS)] || !*clickhouse->database) {
		snprintf(message, size, "a database's name has letters, digits and _ alone");
		*clickhouse->database = '\0';
		return false;
	}
	snprintf(clickhouse->query, sizeof(clickhouse->query), "query=INSERT INTO %s.deaths FORMAT JSONEachRow",
		 clickhouse->database);
	return true;
}

/* false: a sentence is in message[size]. */
static bool ask(struct http *http, const char *statement, struct http_answer *ret_answer, char *message, size_t size)
{
	http_post(http, NULL, statement, strlen(statement), ret_answer);
	if (ret_answer->status == 200)
		return true;
	http_why(ret_answer, message, size);
	return false;
}

static bool ask_columns(const struct clickhouse *clickhouse, struct http *http, struct http_answer *ret_answer,
			char *message, size_t size)
{
	char statement[256];

	snprintf(statement, sizeof(statement),
		 "SELECT name FROM system.columns WHERE database = '%s' AND table = 'deaths' FORMAT TabSeparated",
		 clickhouse->database);
	return ask(http, statement, ret_answer, message, size);
}

static bool make_tables(const struct clickhouse *clickhouse, struct http *http, char *message, size_t size)
{
	struct http_answer answer;
	bool is_made = true;
	char *statement;

	for (unsigned int i = 0; is_made && (statement = clickhouse_statement(clickhouse->database, i)); i++) {
		is_made = ask(http, statement, &answer, message, size);
		free(statement);
	}
	return is_made;
}

/* Whether a line of the list is that name. */
static bool has_line(const char *list, const char *name)
{
	size_t length = strlen(name);

	while (*list && (strncmp(list, name, length) || (list[length] != '\n' && list[length]))) {
		list += strcspn(list, "\n");
		list += *list == '\n';
	}
	return *list;
}

/* What is there is used as it is: it may be Distributed, or somebody's own. It only must have the columns. */
static enum ship prepare(void *context, struct http *http, char *message, size_t size)
{
	struct clickhouse *clickhouse = context;
	struct http_answer answer;

	if (!take_database(clickhouse, http, message, size) ||
	    !ask_columns(clickhouse, http, &answer, message, size))
		return SHIP_AGAIN;
	if (!*answer.text && (!make_tables(clickhouse, http, message, size) ||
			      !ask_columns(clickhouse, http, &answer, message, size)))
		return SHIP_AGAIN;
	for (unsigned int i = 0; i < clickhouse_columns_count; i++) {
		const struct clickhouse_column *column = &clickhouse_columns[i];

		if (has_line(answer.text, column->name))
			continue;
		snprintf(message, size, "its table has no column %s: ALTER TABLE %s.deaths ADD COLUMN %s %s",
			 column->name, clickhouse->database, column->name, column->type);
		return SHIP_AGAIN;
	}
	return SHIP_DONE;
}

struct shipper_server clickhouse_server(struct clickhouse *clickhouse)
{
	return (struct shipper_server){
		.name = "ClickHouse",
		.prefix = "",
		.separator = "\n",
		.suffix = "\n",
		.query = clickhouse->query,
		.prepare = prepare,
		.judge = judge,
		.context = clickhouse,
	};
}
