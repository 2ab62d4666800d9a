/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Nearly all texts are plain ASCII: they are only looked at. */
#include "safe.h"

#include <stdbool.h>
#include <string.h>

#include "../util/text.h"

static bool is_plain(const char *text)
{
	while (*text >= ' ' && *text < 0x7f)
		text++;
	return !*text;
}

const char *safe_text(const char *text, char *scratch, size_t size)
{
	size_t backslashes = 0;

	if (is_plain(text))
		return text;
	for (const char *at = text; *at; at++)
		backslashes += *at == '\\';
	/* Only backslashes were escaped: so they are somebody's escapes, and nothing else had to be. */
	text_printable(scratch, size, text, strlen(text));
	return strlen(scratch) == strlen(text) + backslashes ? text : scratch;
}

/* Printable text has no control characters: quotes and backslashes are all that JSON wants escaped. */
size_t safe_json(char *text, size_t size, const char *safe)
{
	size_t length = 0;

	for (; *safe && length + 2 < size; safe++) {
		if (*safe == '"' || *safe == '\\')
			text[length++] = '\\';
		text[length++] = *safe;
	}
	text[length] = '\0';
	return length;
}
