/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Text into template and values, and back. */
#include "template.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#define EXACT_DIGITS 18 /* that any reader of JSON holds in 64 bits */

void template_begin(struct template *template, unsigned int values_max)
{
	template->values_max = values_max;
	template->values_count = 0;
	template->text_length = 0;
	template->values_length = 0;
	template->is_cut = false;
}

static void put_text(struct template *template, char byte)
{
	if (template->text_length + 1 < sizeof(template->text))
		template->text[template->text_length++] = byte;
	else
		template->is_cut = true;
}

static void put_value(struct template *template, const char *bytes, size_t length)
{
	if (template->values_length + length + 2 < sizeof(template->values)) { /* "]" and NUL */
		memcpy(template->values + template->values_length, bytes, length);
		template->values_length += length;
	} else {
		template->is_cut = true;
	}
}

static void literal(struct template *template, const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		put_text(template, bytes[i]);
		if (bytes[i] == '%')
			put_text(template, '%');
	}
}

static bool begin_value(struct template *template)
{
	if (template->values_count == template->values_max)
		return false;
	put_text(template, '%');
	put_text(template, 's');
	put_value(template, template->values_count++ ? "," : "[", 1);
	return true;
}

void template_literal(struct template *template, const char *text)
{
	literal(template, text, strlen(text));
}

void template_integer(struct template *template, int64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, value);
	if (begin_value(template))
		put_value(template, text, strlen(text));
	else
		template_literal(template, text);
}

void template_string(struct template *template, const char *text)
{
	if (!begin_value(template)) {
		template_literal(template, text);
		return;
	}
	put_value(template, "\"", 1);
	for (; *text; text++) {
		char escape[8];

		if (*text == '"' || *text == '\\')
			snprintf(escape, sizeof(escape), "\\%c", *text);
		else if ((unsigned char)*text < ' ')
			snprintf(escape, sizeof(escape), "\\u%04x", (unsigned char)*text);
		else
			snprintf(escape, sizeof(escape), "%c", *text);
		put_value(template, escape, strlen(escape));
	}
	put_value(template, "\"", 1);
}

static size_t digits(const char *text)
{
	return strspn(text, "0123456789");
}

/* What a number would not keep to the letter is a string. */
static void digit_run(struct template *template, const char *text, size_t length)
{
	bool is_number = length <= EXACT_DIGITS && (length == 1 || text[0] != '0');

	if (!begin_value(template)) {
		literal(template, text, length);
		return;
	}
	if (!is_number)
		put_value(template, "\"", 1);
	put_value(template, text, length);
	if (!is_number)
		put_value(template, "\"", 1);
}

void template_sentence(struct template *template, const char *text)
{
	size_t length;

	while (*text) {
		length = digits(text);
		if (length) {
			digit_run(template, text, length);
		} else {
			length = strcspn(text, "0123456789");
			literal(template, text, length);
		}
		text += length;
	}
}

bool template_end(struct template *template)
{
	template->text[template->text_length] = '\0';
	if (template->values_count)
		template->values[template->values_length++] = ']';
	template->values[template->values_length] = '\0';
	return !template->is_cut;
}

static int fill_value(json_t *values, size_t i, char *ret_text, size_t size)
{
	const json_t *value = json_array_get(values, i);
	int length;

	if (json_is_integer(value))
		length = snprintf(ret_text, size, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
	else if (json_is_string(value))
		length = snprintf(ret_text, size, "%s", json_string_value(value));
	else
		return -EBADMSG;
	return length >= 0 && (size_t)length < size ? length : -EBADMSG;
}

static int fill(const char *text, json_t *values, char *ret_text, size_t size)
{
	size_t used = 0, count = 0;
	int length;

	for (; *text && used + 1 < size; text++) {
		if (*text != '%') {
			ret_text[used++] = *text;
			continue;
		}
		text++;
		if (*text == '%') {
			ret_text[used++] = '%';
			continue;
		}
		length = *text == 's' ? fill_value(values, count++, ret_text + used, size - used) : -EBADMSG;
		if (length < 0)
			return length;
		used += length;
	}
	ret_text[used] = '\0';
	return *text ? -EBADMSG : 0;
}

int template_fill(const char *text, const char *values, char *ret_text, size_t size)
{
	json_t *array = json_loads(values && *values ? values : "[]", 0, NULL);
	int err = json_is_array(array) ? fill(text, array, ret_text, size) : -EBADMSG;

	json_decref(array);
	return err;
}
