/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Counters stand in two lines: "Tcp: ActiveOpens OutRsts" and "Tcp: 12 3". Which there are and in which order is the
 * kernel's business, so both lines are walked side by side.
 */
#include "mib.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "text.h"

#define WORD_BYTES 64

struct line {
	const char *at;
	const char *end;
};

/* The line that begins with "group:" at or after `text`, without that; false when there is none. */
static bool find_line(const char *text, const char *group, struct line *ret_line)
{
	size_t length = strlen(group);

	while (*text) {
		const char *end = text + strcspn(text, "\n");

		if (!strncmp(text, group, length) && text[length] == ':') {
			*ret_line = (struct line){ text + length + 1, end };
			return true;
		}
		text = end + (*end == '\n');
	}
	return false;
}

/* The next word of a line; false at its end. A word that is too long for any counter comes out cut. */
static bool next_word(struct line *line, char word[WORD_BYTES])
{
	size_t length = 0;

	while (line->at < line->end && *line->at == ' ')
		line->at++;
	if (line->at == line->end)
		return false;
	while (line->at < line->end && *line->at != ' ') {
		if (length < WORD_BYTES - 1)
			word[length++] = *line->at;
		line->at++;
	}
	word[length] = '\0';
	return true;
}

static size_t index_of(const char *word, const char *const *names, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (names[i] && !strcmp(names[i], word))
			break;
	}
	return i;
}

int mib_parse(const char *text, const char *group, const char *const *names, size_t count, uint64_t *values,
	      uint64_t *ret_found)
{
	char name[WORD_BYTES], value[WORD_BYTES];
	struct line heads, numbers;

	if (!find_line(text, group, &heads))
		return -ENOENT;
	/* A line that does not end was cut short: its last number may be half of one. */
	if (!*heads.end || !find_line(heads.end + 1, group, &numbers) || !*numbers.end)
		return -EBADMSG;
	while (next_word(&heads, name)) {
		size_t i = index_of(name, names, count);

		if (!next_word(&numbers, value))
			return -EBADMSG;
		if (i == count)
			continue;
		if (text_parse_unsigned(value, 0, UINT64_MAX, &values[i]))
			return -EBADMSG;
		*ret_found |= 1ULL << i;
	}
	return next_word(&numbers, value) ? -EBADMSG : 0;
}
