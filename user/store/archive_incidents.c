/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Rows of incidents as JSON, key by key in the order of the fields: what a column holds from there, the rest out of the
 * details. The SELECT is made of the table of columns.
 */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../util/text.h"
#include "columns.h"
#include "database.h"
#include "archive_private.h"
#include "schema.h"
#include "template.h"

#define TEXT_BYTES 8192
#define KEY_BYTES 64

/* How a column is looked up, its name standing for %s. */
static const char *const lookups[] = {
	[STORED_INTEGER] = "i.%s",
	[STORED_TIME] = "i.%s",
	[STORED_CAUSE] = "(SELECT slug FROM cause WHERE id = i.%s)",
	[STORED_WORD] = "(SELECT text FROM word WHERE id = i.%s)",
	[STORED_ADDRESS] = "(SELECT text FROM address WHERE id = i.%s)",
	[STORED_STACK] = "(SELECT text FROM stack WHERE id = i.%s)",
	[STORED_SENTENCE] = "(SELECT text FROM sentence WHERE id = i.%s)",
	[STORED_PROCESS] = "i.%s",
};

/* Columns of the SELECT: those of columns[], those of process_columns[], then these. */
enum extra { EXTRA_SENTENCE_VALUES, EXTRA_SHAPE, EXTRA_SHAPE_VALUES };

struct line {
	sqlite3_stmt *statement;
	json_t *root;
	json_t *details;
	char text[TEXT_BYTES];
};

static char *select_incidents(const struct archive_wanted *wanted)
{
	sqlite3_str *sql = sqlite3_str_new(NULL);

	for (unsigned int i = 0; i < columns_count; i++) {
		sqlite3_str_appendall(sql, i ? ", " : "SELECT ");
		sqlite3_str_appendf(sql, lookups[columns[i].storage], columns[i].name);
	}
	for (unsigned int i = 0; i < process_columns_count; i++)
		sqlite3_str_appendf(sql, ", %s", process_columns[i].name);
	sqlite3_str_appendf(sql,
			    ", i.sentence_values, (SELECT text FROM shape WHERE id = i.shape), i.shape_values"
			    " FROM incident AS i LEFT JOIN process ON process.id = i.process"
			    " LEFT JOIN cgroup ON cgroup.id = process.cgroup"
			    " WHERE i.time_ns >= ?1 AND i.time_ns < ?2 AND (%s) ORDER BY i.time_ns%s",
			    wanted->condition ? wanted->condition : "TRUE", wanted->newest_first ? " DESC" : "");
	if (wanted->limit)
		sqlite3_str_appendf(sql, " LIMIT %lld", (long long)wanted->limit);
	return sqlite3_str_finish(sql);
}

static const char *column_text(const struct line *line, unsigned int column)
{
	return (const char *)sqlite3_column_text(line->statement, column);
}

static const char *extra_text(const struct line *line, enum extra extra)
{
	return column_text(line, columns_count + process_columns_count + extra);
}

/* A string that JSON takes, whatever it was. */
static json_t *string_of(const char *text)
{
	char *safe;
	json_t *json;

	if (!text)
		return NULL;
	safe = archive_safe(text);
	json = safe ? json_string(safe) : NULL;
	free(safe);
	return json;
}

static json_t *list_of(const char *text)
{
	json_t *list = text ? json_loads(text, 0, NULL) : NULL;

	if (json_is_array(list))
		return list;
	json_decref(list);
	return NULL;
}

static json_t *value_of(struct line *line, const struct field *field, unsigned int column)
{
	if (sqlite3_column_type(line->statement, column) == SQLITE_NULL)
		return NULL;
	switch (field->type) {
	case FIELD_INTEGER:
		return json_integer(sqlite3_column_int64(line->statement, column));
	case FIELD_BOOLEAN:
		return json_boolean(sqlite3_column_int(line->statement, column));
	case FIELD_STRING:
		return string_of(column_text(line, column));
	case FIELD_STRINGS:
		return list_of(column_text(line, column));
	}
	return NULL;
}

static json_t *column_value(struct line *line, const struct field *field, unsigned int column)
{
	switch (columns[column].storage) {
	case STORED_TIME:
		if (sqlite3_column_type(line->statement, column) == SQLITE_NULL)
			return NULL;
		text_rfc3339(line->text, sizeof(line->text), sqlite3_column_int64(line->statement, column));
		return json_string(line->text);
	case STORED_SENTENCE:
		if (!column_text(line, column) ||
		    template_fill(column_text(line, column), extra_text(line, EXTRA_SENTENCE_VALUES), line->text,
				  sizeof(line->text)))
			return NULL;
		return string_of(line->text);
	default:
		return value_of(line, field, column);
	}
}

/* As sinks/json.c nests them. Takes the reference to `value`. */
static int insert(json_t *object, const char *path, json_t *value)
{
	const char *dot;

	while ((dot = strchr(path, '.'))) {
		char key[KEY_BYTES];

		snprintf(key, sizeof(key), "%.*s", (int)(dot - path), path);
		if (!json_object_get(object, key) && json_object_set_new(object, key, json_object())) {
			json_decref(value);
			return -ENOMEM;
		}
		object = json_object_get(object, key);
		path = dot + 1;
	}
	return json_object_set_new(object, path, value) ? -ENOMEM : 0;
}

static json_t *find(json_t *object, const char *path)
{
	const char *dot;

	while ((dot = strchr(path, '.'))) {
		char key[KEY_BYTES];

		snprintf(key, sizeof(key), "%.*s", (int)(dot - path), path);
		object = json_object_get(object, key);
		path = dot + 1;
	}
	return json_incref(json_object_get(object, path));
}

static json_t *field_value(struct line *line, const struct field *field)
{
	for (unsigned int i = 0; i < columns_count; i++) {
		if (columns[i].storage != STORED_PROCESS && !strcmp(columns[i].path, field->path))
			return column_value(line, field, i);
	}
	for (unsigned int i = 0; i < process_columns_count; i++) {
		if (!strcmp(process_columns[i].path, field->path))
			return value_of(line, field, columns_count + i);
	}
	return strcmp(field->path, "v") ? find(line->details, field->path) : json_integer(1);
}

static int fill_line(struct line *line)
{
	int err = 0;

	if (template_fill(extra_text(line, EXTRA_SHAPE) ?: "", extra_text(line, EXTRA_SHAPE_VALUES), line->text,
			  sizeof(line->text)))
		line->text[0] = '\0';
	line->root = json_object();
	line->details = json_loads(line->text, 0, NULL);
	for (unsigned int i = 0; !err && i < fields_count; i++) {
		json_t *value = fields[i].path ? field_value(line, &fields[i]) : NULL;

		err = value ? insert(line->root, fields[i].path, value) : 0;
	}
	return err;
}

static int tell(struct line *line, archive_incident_fn incident, void *context)
{
	int err = fill_line(line);
	char *text = err ? NULL : json_dumps(line->root, JSON_COMPACT);

	if (!err)
		err = text ? incident(context, sqlite3_column_int64(line->statement, 0), text) : -ENOMEM;
	free(text);
	json_decref(line->root);
	json_decref(line->details);
	return err;
}

int archive_incidents(struct archive *archive, const struct archive_wanted *wanted, archive_incident_fn incident,
		      void *context, char *message, size_t size)
{
	const struct archive_value range[] = { { .integer = wanted->from_ns }, { .integer = wanted->to_ns } };
	struct line line = { 0 };
	char *sql = select_incidents(wanted);
	int err = 0, code = sql ? sqlite3_prepare_v2(archive->db, sql, -1, &line.statement, NULL) : SQLITE_NOMEM;

	sqlite3_free(sql);
	if (code == SQLITE_OK)
		code = archive_bind(line.statement, 1, range, 2);
	if (code == SQLITE_OK)
		code = archive_bind(line.statement, 3, wanted->values, wanted->count);
	if (code == SQLITE_OK) {
		while (!err && (code = sqlite3_step(line.statement)) == SQLITE_ROW)
			err = tell(&line, incident, context);
	}
	if (!err && database_errno(code))
		err = archive_fail(archive, database_errno(code), message, size);
	sqlite3_finalize(line.statement);
	return err;
}
