/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Texts that repeat, kept once: the same text is the same pointer. */
#ifndef RSTTRACE_WORDS_H
#define RSTTRACE_WORDS_H

#include <stdbool.h>

struct words;

struct words *words_new(void); /* NULL without memory */
/* "" for NULL, and where there is no memory left; words_failed() tells. */
const char *words_keep(struct words *words, const char *text);
bool words_failed(const struct words *words);
void words_free(struct words *words); /* NULL is fine */

#endif
