/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Words by number, in the order in which they are first asked for; and texts that repeat but for their numbers. */
#ifndef RSTTRACE_NUMBERED_H
#define RSTTRACE_NUMBERED_H

#include <stddef.h>

#define PATTERN_MARK '\x01' /* in the place of a number */

struct numbered;

struct numbered *numbered_new(void); /* NULL without memory */
/* The number of a text of a struct words; -ENOMEM. */
int numbered_of(struct numbered *numbered, const char *word);
size_t numbered_count(const struct numbered *numbered);
const char *numbered_at(const struct numbered *numbered, size_t i);
void numbered_free(struct numbered *numbered); /* NULL is fine */

/* The text with PATTERN_MARK for each run of digits, and these, by spaces. Both have the size of the text at least. */
void pattern_of(const char *text, char *ret_pattern, char *ret_values);

#endif
