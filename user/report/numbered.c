/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Words are the same where their pointers are: a table of pointers with open addresses. */
#include "numbered.h"

#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

struct numbered {
	const char **list;
	int *slots; /* number plus 1; 0 = free */
	size_t count, room; /* `room` is a power of two, twice as many slots */
};

struct numbered *numbered_new(void)
{
	return calloc(1, sizeof(struct numbered));
}

static int *slot_of(const struct numbered *numbered, const char *word)
{
	size_t mask = 2 * numbered->room - 1;
	size_t at = ((uint64_t)(uintptr_t)word * 0x9e3779b97f4a7c15ULL >> 20) & mask;

	while (numbered->slots[at] && numbered->list[numbered->slots[at] - 1] != word)
		at = (at + 1) & mask;
	return &numbered->slots[at];
}

static int grow(struct numbered *numbered)
{
	size_t room = numbered->room ? 2 * numbered->room : 1024;
	const char **list = reallocarray(numbered->list, room, sizeof(*list));
	int *slots = list ? calloc(2 * room, sizeof(*slots)) : NULL;

	if (list)
		numbered->list = list;
	if (!slots)
		return -ENOMEM;
	free(numbered->slots);
	numbered->slots = slots;
	numbered->room = room;
	for (size_t i = 0; i < numbered->count; i++)
		*slot_of(numbered, list[i]) = i + 1;
	return 0;
}

int numbered_of(struct numbered *numbered, const char *word)
{
	int *slot;

	if (numbered->count == numbered->room && grow(numbered))
		return -ENOMEM;
	slot = slot_of(numbered, word);
	if (!*slot) {
		numbered->list[numbered->count++] = word;
		*slot = numbered->count;
	}
	return *slot - 1;
}

size_t numbered_count(const struct numbered *numbered)
{
	return numbered->count;
}

const char *numbered_at(const struct numbered *numbered, size_t i)
{
	return numbered->list[i];
}

void numbered_free(struct numbered *numbered)
{
	if (!numbered)
		return;
	free(numbered->list);
	free(numbered->slots);
	free(numbered);
}

void pattern_of(const char *text, char *ret_pattern, char *ret_values)
{
	char *values = ret_values;

	while (*text) {
		if (!isdigit((unsigned char)*text)) {
			*ret_pattern++ = *text++;
			continue;
		}
		*ret_pattern++ = PATTERN_MARK;
		if (values != ret_values)
			*values++ = ' ';
		while (isdigit((unsigned char)*text))
			*values++ = *text++;
	}
	*ret_pattern = '\0';
	*values = '\0';
}
