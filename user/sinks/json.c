/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One JSON object per line: every field that has a path and is known, nested by the dots in its path. */
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "../explain/fields.h"
#include "../util/text.h"
#include "sink.h"
#include "write.h"

#define KEY_BYTES 32
#define SAFE_BYTES 2112 /* a sentence of which every byte had to be escaped */

/* Strings are printable UTF-8 when they come here; if one is not, it is made so rather than lost. */
static json_t *string_of(const char *string)
{
	json_t *json = json_string(string);
	char safe[SAFE_BYTES];

	if (json)
		return json;
	return json_string(text_printable(safe, sizeof(safe), string, strlen(string)));
}

/* Symbols: of modules and BPF programs too, or out of somebody's recording. */
static json_t *strings_of(const struct field_value *value)
{
	json_t *array = json_array();
	char safe[SAFE_BYTES];

	for (unsigned int i = 0; array && i < value->count; i++) {
		text_printable(safe, sizeof(safe), value->strings[i], strlen(value->strings[i]));
		if (json_array_append_new(array, json_string(safe)) == 0)
			continue;
		json_decref(array);
		array = NULL;
	}
	return array;
}

static json_t *value_of(const struct field *field, const struct field_value *value)
{
	switch (field->type) {
	case FIELD_INTEGER:
		return json_integer(value->integer);
	case FIELD_BOOLEAN:
		return json_boolean(value->integer);
	case FIELD_STRING:
		return string_of(value->string);
	case FIELD_STRINGS:
		return strings_of(value);
	}
	return NULL;
}

/* Takes the reference to `value`, also when it fails; NULL for `value` is a failure. */
static int insert(json_t *object, const char *path, json_t *value)
{
	const char *dot;

	while ((dot = strchr(path, '.'))) {
		char key[KEY_BYTES];
		json_t *child;

		snprintf(key, sizeof(key), "%.*s", (int)(dot - path), path);
		child = json_object_get(object, key);
		if (!child) {
			child = json_object();
			if (json_object_set_new(object, key, child)) {
				json_decref(value);
				return -ENOMEM;
			}
		}
		object = child;
		path = dot + 1;
	}
	return json_object_set_new(object, path, value) ? -ENOMEM : 0;
}

static int fill(json_t *root, const struct report *report)
{
	int err = 0;

	for (unsigned int i = 0; i < fields_count && !err; i++) {
		struct field_value value = { 0 };

		if (fields[i].path && field_get(&fields[i], report, &value))
			err = insert(root, fields[i].path, value_of(&fields[i], &value));
	}
	return err;
}

static int json_report(void *state, const struct report *report)
{
	json_t *root = json_object();
	char *line = NULL;
	size_t length;
	int err = -ENOMEM;

	if (!root)
		return err;
	err = fill(root, report);
	if (!err) {
		line = json_dumps(root, JSON_COMPACT);
		err = line ? 0 : -ENOMEM;
	}
	json_decref(root);
	if (err)
		return err;
	length = strlen(line);
	line[length] = '\n'; /* in place of the NUL: the line goes out whole */
	err = write_text(state, line, length + 1);
	free(line);
	return err;
}

static void *json_open(FILE *out, const struct sink_options *options)
{
	(void)options; /* JSON is the same for everybody */
	return out;
}

static void json_close(void *state)
{
	(void)state; /* the caller's file */
}

const struct sink sink_json = {
	.name = "json",
	.help = "one JSON object per line, for programs",
	.open = json_open,
	.report = json_report,
	.close = json_close,
};
