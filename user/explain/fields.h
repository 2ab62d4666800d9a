/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Every output field, declared once: where it stands in JSON, its type and unit, how to get it, what it means.
 * The JSON sink, the JSON schema, the verbose lines and the {placeholders} of the causes table all read this table.
 */
#ifndef RSTTRACE_FIELDS_H
#define RSTTRACE_FIELDS_H

#include <stdbool.h>
#include <stdint.h>

#include "report.h"

enum field_type {
	FIELD_INTEGER,
	FIELD_STRING,
	FIELD_BOOLEAN,
	FIELD_STRINGS, /* list of strings */
};

enum field_unit {
	UNIT_NONE,
	UNIT_BYTES,
	UNIT_MILLISECONDS,
	UNIT_MICROSECONDS,
	UNIT_NANOSECONDS,
};

struct field_value {
	int64_t integer; /* FIELD_INTEGER, FIELD_BOOLEAN */
	const char *string; /* FIELD_STRING; may point into .text */
	char text[160];
	const char *strings[EVIDENCE_STACK_FRAMES]; /* FIELD_STRINGS */
	unsigned int count;
};

struct field {
	const char *path; /* in JSON, nested by dots: "network.local.port" */
	const char *name; /* in a cause's sentence: {unread}; NULL = not used there */
	enum field_type type;
	enum field_unit unit;
	/* false = not known: the key is left out */
	bool (*get)(const struct report *report, struct field_value *ret_value);
	const char *help;
};

extern const struct field fields[];
extern const unsigned int fields_count;

/* Its value. False when it is not known, or, of several deaths that were counted, differs from one to the other. */
bool field_get(const struct field *field, const struct report *report, struct field_value *ret_value);

/* The field's value as a person reads it ("128 bytes", "15.2 s"). False when it is not known. */
bool field_text(const struct field *field, const struct report *report, char *text, size_t size);

/* Replaces each {name} of `pattern` by that field's text into text[size] ("?" when it is not known). A part in
 * [brackets] is left out whole when one of its fields is not known, or is zero: "closed with {unread} unread[,
 * {exit}]". */
void fields_expand(const char *pattern, const struct report *report, char *text, size_t size);

#endif
