/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Prints the JSON schema of the json sink's lines, made from the same table as the lines: they cannot disagree. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "../user/explain/fields.h"

#define KEY_BYTES 32

/* Known of every incident; the objects on the way to a key are then required too. */
static const char *const required_paths[] = {
	"v", "time", "kind", "cause", "certainty", "why", "network.type", "kernel.hook", "count",
};

static const char *kind_at(unsigned int number)
{
	return kind_name((enum kind)number);
}

static const char *certainty_at(unsigned int number)
{
	return certainty_name((enum certainty)number);
}

/* Strings that are one of a few names. */
static const struct {
	const char *path;
	unsigned int count;
	const char *(*name)(unsigned int number);
} enums[] = {
	{ "kind", KIND_MAX, kind_at },
	{ "certainty", CERTAINTY_MAX, certainty_at },
};

static bool is_required(const char *path, size_t length)
{
	for (size_t i = 0; i < sizeof(required_paths) / sizeof(*required_paths); i++) {
		const char *end = required_paths[i] + length;

		if (!strncmp(required_paths[i], path, length) && (*end == '\0' || *end == '.'))
			return true;
	}
	return false;
}

static json_t *type_of(const struct field *field)
{
	switch (field->type) {
	case FIELD_INTEGER:
		return json_pack("{ss}", "type", "integer");
	case FIELD_BOOLEAN:
		return json_pack("{ss}", "type", "boolean");
	case FIELD_STRING:
		return json_pack("{ss}", "type", "string");
	case FIELD_STRINGS:
		return json_pack("{sss{ss}}", "type", "array", "items", "type", "string");
	}
	return NULL;
}

static int add_enum(json_t *schema, const char *path)
{
	json_t *names;

	for (size_t i = 0; i < sizeof(enums) / sizeof(*enums); i++) {
		if (strcmp(enums[i].path, path) != 0)
			continue;
		names = json_array();
		for (unsigned int number = 0; number < enums[i].count; number++)
			json_array_append_new(names, json_string(enums[i].name(number)));
		return json_object_set_new(schema, "enum", names);
	}
	return 0;
}

static json_t *new_object(void)
{
	return json_pack("{sss{}sbs[]}", "type", "object", "properties", "additionalProperties", 0,
			 "required");
}

/* The schema of `object`'s property `key`, made when it is not there yet. */
static json_t *child_of(json_t *object, const char *key, bool is_required_key)
{
	json_t *properties = json_object_get(object, "properties");
	json_t *child = json_object_get(properties, key);

	if (child)
		return child;
	if (json_object_set_new(properties, key, new_object()))
		return NULL;
	if (is_required_key &&
	    json_array_append_new(json_object_get(object, "required"), json_string(key)))
		return NULL;
	return json_object_get(properties, key);
}

static int add_field(json_t *object, const struct field *field)
{
	const char *key = field->path, *dot;
	json_t *leaf;

	for (; object && (dot = strchr(key, '.')); key = dot + 1) {
		char name[KEY_BYTES];

		snprintf(name, sizeof(name), "%.*s", (int)(dot - key), key);
		object = child_of(object, name, is_required(field->path, dot - field->path));
	}
	leaf = type_of(field);
	if (!object || !leaf || add_enum(leaf, field->path) ||
	    json_object_set_new(leaf, "description", json_string(field->help)))
		return -1;
	if (is_required(field->path, strlen(field->path)) &&
	    json_array_append_new(json_object_get(object, "required"), json_string(key)))
		return -1;
	return json_object_set_new(json_object_get(object, "properties"), key, leaf);
}

static int print_schema(json_t *schema)
{
	int err = 0;

	json_object_set_new(schema, "$schema",
			    json_string("https://json-schema.org/draft/2020-12/schema"));
	json_object_set_new(schema, "title",
			    json_string("rsttrace: one death of a TCP connection, or one that is stalled"));
	json_object_update(schema, new_object());
	for (unsigned int i = 0; i < fields_count && !err; i++)
		if (fields[i].path)
			err = add_field(schema, &fields[i]);
	if (err || json_dumpf(schema, stdout, JSON_INDENT(2)) || puts("") == EOF || fflush(stdout))
		return 1;
	return 0;
}

int main(void)
{
	json_t *schema = json_object();
	int status = schema ? print_schema(schema) : 1;

	if (status)
		fputs("gen-schema: out of memory, or the output cannot be written\n", stderr);
	json_decref(schema);
	return status;
}
