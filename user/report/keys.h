/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What deaths can be counted by (--by): one row each. */
#ifndef RSTTRACE_KEYS_H
#define RSTTRACE_KEYS_H

#include "deaths.h"

#define KEYS_MAX 4 /* at a time */
#define KEY_BYTES 128

struct key {
	const char *name; /* as in --by, and the heading */
	unsigned int columns; /* of a table for 80 */
	/* "" = not known */
	const char *(*text)(const struct death *death, char scratch[KEY_BYTES]);
};

extern const struct key keys[];
extern const unsigned int keys_count;

struct key_list {
	const struct key *keys[KEYS_MAX];
	unsigned int count;
};

/* "process,cause"; 0, or -EINVAL with a sentence in message[size]. */
int keys_parse(const char *names, struct key_list *ret_list, char *message, size_t size);

#endif
