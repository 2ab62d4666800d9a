/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A hash table that only grows: chains of nodes with their text behind them. */
#include "words.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define CHAINS 65536

struct word {
	struct word *next;
	char text[];
};

struct words {
	bool has_failed;
	struct word *chains[CHAINS];
};

struct words *words_new(void)
{
	return calloc(1, sizeof(struct words));
}

/* FNV-1a */
static uint32_t hash(const char *text)
{
	uint32_t value = 2166136261u;

	for (; *text; text++)
		value = (value ^ (unsigned char)*text) * 16777619u;
	return value ^ value >> 16;
}

const char *words_keep(struct words *words, const char *text)
{
	static const char nothing[] = "";
	struct word **chain, *word;
	size_t size;

	if (!text || !*text)
		return nothing;
	chain = &words->chains[hash(text) % CHAINS];
	for (word = *chain; word; word = word->next) {
		if (!strcmp(word->text, text))
			return word->text;
	}
	size = strlen(text) + 1;
	word = malloc(sizeof(*word) + size);
	if (!word) {
		words->has_failed = true;
		return nothing;
	}
	memcpy(word->text, text, size);
	word->next = *chain;
	*chain = word;
	return word->text;
}

bool words_failed(const struct words *words)
{
	return words->has_failed;
}

void words_free(struct words *words)
{
	for (unsigned int i = 0; words && i < CHAINS; i++) {
		while (words->chains[i]) {
			struct word *next = words->chains[i]->next;

			free(words->chains[i]);
			words->chains[i] = next;
		}
	}
	free(words);
}
