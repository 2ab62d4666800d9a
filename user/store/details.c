/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The fields in the order of their table, as one JSON object nested by the dots in their paths. Numbers are values. So
 * are texts with figures in them, but a sentence is its words, and only its numbers are values.
 */
#include "details.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "columns.h"
#include "safe.h"
#include "schema.h"

#define FIELDS_MAX 256
#define SCRATCH_BYTES 2112 /* the longest text of a report, every byte escaped */

struct details {
	const struct field *fields[FIELDS_MAX]; /* those that are no columns */
	unsigned int count;
	struct template template;
	char safe[SCRATCH_BYTES];
	char json[2 * SCRATCH_BYTES];
};

struct details *details_new(void)
{
	struct details *details = calloc(1, sizeof(*details));

	if (!details)
		return NULL;
	for (unsigned int i = 0; i < fields_count && details->count < FIELDS_MAX; i++) {
		if (fields[i].path && !field_has_column(&fields[i]))
			details->fields[details->count++] = &fields[i];
	}
	return details;
}

void details_free(struct details *details)
{
	free(details);
}

/* How much of both paths is the same objects: the length up to and with the last dot of these. */
static size_t shared(const char *a, const char *b)
{
	size_t length = 0;

	for (size_t i = 0; a[i] && a[i] == b[i]; i++) {
		if (a[i] == '.')
			length = i + 1;
	}
	return length;
}

/* From within the object of one path to a key of another. */
static void put_key(struct template *template, const char *before, const char *path)
{
	size_t length = shared(before, path);
	const char *at, *dot;
	char key[64];

	for (at = before + length; (at = strchr(at, '.')); at++)
		template_literal(template, "}");
	if (*before)
		template_literal(template, ",");
	for (at = path + length; (dot = strchr(at, '.')); at = dot + 1) {
		snprintf(key, sizeof(key), "\"%.*s\":{", (int)(dot - at), at);
		template_literal(template, key);
	}
	snprintf(key, sizeof(key), "\"%s\":", at);
	template_literal(template, key);
}

static void put_string(struct details *details, const char *text)
{
	struct template *template = &details->template;

	safe_json(details->json, sizeof(details->json), safe_text(text, details->safe, sizeof(details->safe)));
	template_literal(template, "\"");
	if (strchr(details->json, ' '))
		template_sentence(template, details->json);
	else if (strpbrk(details->json, "0123456789:"))
		template_string(template, details->json);
	else
		template_literal(template, details->json);
	template_literal(template, "\"");
}

static void put_value(struct details *details, const struct field *field, const struct field_value *value)
{
	switch (field->type) {
	case FIELD_INTEGER:
		template_integer(&details->template, value->integer);
		break;
	case FIELD_BOOLEAN:
		template_literal(&details->template, value->integer ? "true" : "false");
		break;
	case FIELD_STRING:
		put_string(details, value->string);
		break;
	case FIELD_STRINGS:
		if (details_list(value, details->json, sizeof(details->json)))
			template_literal(&details->template, details->json);
		else
			template_literal(&details->template, "[]");
	}
}

const struct template *details_of(struct details *details, const struct report *report)
{
	struct template *template = &details->template;
	const char *before = "";

	template_begin(template, SHAPE_VALUES_MAX);
	template_literal(template, "{");
	for (unsigned int i = 0; i < details->count; i++) {
		struct field_value value = { 0 };

		if (!field_get(details->fields[i], report, &value))
			continue;
		put_key(template, before, details->fields[i]->path);
		put_value(details, details->fields[i], &value);
		before = details->fields[i]->path;
	}
	for (const char *at = before; (at = strchr(at, '.')); at++)
		template_literal(template, "}");
	template_literal(template, "}");
	if (!template_end(template)) {
		template_begin(template, SHAPE_VALUES_MAX);
		template_literal(template, "{}");
		template_end(template);
	}
	return template;
}

bool details_list(const struct field_value *value, char *text, size_t size)
{
	size_t used = 0;
	char safe[256], json[512];

	text[used++] = '[';
	for (unsigned int i = 0; i < value->count; i++) {
		safe_json(json, sizeof(json), safe_text(value->strings[i], safe, sizeof(safe)));
		used += snprintf(text + used, size - used, "%s\"%s\"", i ? "," : "", json);
		if (used + 2 > size)
			return false;
	}
	memcpy(text + used, "]", 2);
	return true;
}
