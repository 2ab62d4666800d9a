/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * See user_names.h. Two generations: when the young one is full it becomes the old one, and the old one goes. What is
 * found in the old one is copied, so that whatever was handed out is young at that moment.
 */
#include "user_names.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define BUCKETS 4096 /* a power of two */

struct user_name {
	struct user_name *next;
	struct ev_user_frame frame;
	char text[];
};

struct generation {
	struct user_name *buckets[BUCKETS];
	unsigned int count;
};

struct user_names {
	struct generation *young, *old;
};

struct user_names *user_names_new(void)
{
	struct user_names *names = calloc(1, sizeof(*names));

	if (!names)
		return NULL;
	names->young = calloc(1, sizeof(*names->young));
	names->old = calloc(1, sizeof(*names->old));
	if (names->young && names->old)
		return names;
	user_names_free(names);
	return NULL;
}

static struct user_name **bucket_of(struct generation *generation, const struct ev_user_frame *frame)
{
	uint64_t hash = frame->offset;

	for (unsigned int i = 0; i < sizeof(frame->id); i++)
		hash = hash * 31 + frame->id[i];
	return &generation->buckets[(hash ^ hash >> 12 ^ hash >> 24) % BUCKETS];
}

static const char *find_in(struct generation *generation, const struct ev_user_frame *frame)
{
	for (const struct user_name *name = *bucket_of(generation, frame); name; name = name->next) {
		if (name->frame.offset == frame->offset && name->frame.status == frame->status &&
		    !memcmp(name->frame.id, frame->id, sizeof(frame->id)))
			return name->text;
	}
	return NULL;
}

static void forget(struct generation *generation)
{
	struct user_name *next;

	for (unsigned int i = 0; i < BUCKETS; i++) {
		for (struct user_name *name = generation->buckets[i]; name; name = next) {
			next = name->next;
			free(name);
		}
	}
	memset(generation, 0, sizeof(*generation));
}

const char *user_names_put(struct user_names *names, const struct ev_user_frame *frame, const char *text)
{
	struct user_name *name = malloc(sizeof(*name) + strlen(text) + 1), **bucket;
	struct generation *full = names->young;

	if (!name)
		return NULL;
	if (full->count == USER_NAMES_KEPT) {
		forget(names->old);
		names->young = names->old;
		names->old = full;
	}
	name->frame = *frame;
	strcpy(name->text, text);
	bucket = bucket_of(names->young, frame);
	name->next = *bucket;
	*bucket = name;
	names->young->count++;
	return name->text;
}

const char *user_names_find(struct user_names *names, const struct ev_user_frame *frame)
{
	const char *text = find_in(names->young, frame), *old;
	char *copy;

	if (text)
		return text;
	old = find_in(names->old, frame);
	copy = old ? strdup(old) : NULL; /* putting it may end the old generation */
	text = copy ? user_names_put(names, frame, copy) : NULL;
	free(copy);
	return text;
}

void user_names_free(struct user_names *names)
{
	if (!names)
		return;
	if (names->young)
		forget(names->young);
	if (names->old)
		forget(names->old);
	free(names->young);
	free(names->old);
	free(names);
}
