/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Private to store/: text that repeats but for its numbers, as a template and these. The template is a format for
 * SQLite's printf(): %s stands for a value, %% for %. The values are a JSON array.
 */
#ifndef RSTTRACE_TEMPLATE_H
#define RSTTRACE_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TEMPLATE_BYTES 8192
#define TEMPLATE_VALUES_BYTES 4096

struct template
{
	unsigned int values_max, values_count;
	size_t text_length, values_length;
	bool is_cut; /* it did not fit: not to be used */
	char text[TEMPLATE_BYTES];
	char values[TEMPLATE_VALUES_BYTES]; /* "" = none */
};

void template_begin(struct template *template, unsigned int values_max);
/* As it stands. */
void template_literal(struct template *template, const char *text);
/* As a value; as it stands once there are too many. */
void template_integer(struct template *template, int64_t value);
void template_string(struct template *template, const char *text);
/* As it stands, but each run of digits as a value. */
void template_sentence(struct template *template, const char *text);
/* False when it did not fit. */
bool template_end(struct template *template);

/* The text again; 0, or -EBADMSG when these are not a template and its values, or are too long for `size`. */
int template_fill(const char *text, const char *values, char *ret_text, size_t size);

#endif
