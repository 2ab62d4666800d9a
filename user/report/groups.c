/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A hash table of groups, and at the end a list of them in order. */
#include "groups.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define CHAINS 16384

struct groups {
	struct words *words;
	struct key_list by;
	struct group *chains[CHAINS];
	struct group **list;
	size_t count, room;
};

struct groups *groups_new(struct words *words, const struct key_list *by)
{
	struct groups *groups = calloc(1, sizeof(*groups));

	if (groups) {
		groups->words = words;
		groups->by = *by;
	}
	return groups;
}

/* Words are the same where their pointers are. */
static struct group **chain_of(struct groups *groups, const char *const texts[])
{
	uint64_t value = 0;

	for (unsigned int i = 0; i < groups->by.count; i++)
		value = (value ^ (uintptr_t)texts[i]) * 0x9e3779b97f4a7c15ULL;
	return &groups->chains[(value >> 40) % CHAINS];
}

static struct group *find(struct groups *groups, const char *const texts[])
{
	for (struct group *group = *chain_of(groups, texts); group; group = group->next) {
		if (!memcmp(group->texts, texts, groups->by.count * sizeof(*texts)))
			return group;
	}
	return NULL;
}

const struct group *groups_find(const struct groups *groups, const char *const texts[])
{
	return find((struct groups *)groups, texts);
}

static struct group *add(struct groups *groups, const char *const texts[])
{
	struct group **chain = chain_of(groups, texts), *group;

	if (groups->count == groups->room) {
		size_t room = groups->room ? 2 * groups->room : 256;
		struct group **list = reallocarray(groups->list, room, sizeof(*list));

		if (!list)
			return NULL;
		groups->list = list;
		groups->room = room;
	}
	group = calloc(1, sizeof(*group));
	if (!group)
		return NULL;
	memcpy(group->texts, texts, groups->by.count * sizeof(*texts));
	group->next = *chain;
	*chain = group;
	groups->list[groups->count++] = group;
	return group;
}

static struct group *group_of(struct groups *groups, const struct death *death)
{
	const char *texts[KEYS_MAX] = { NULL };
	char scratch[KEY_BYTES];
	struct group *group;

	for (unsigned int i = 0; i < groups->by.count; i++)
		texts[i] = words_keep(groups->words, groups->by.keys[i]->text(death, scratch));
	group = find(groups, texts);
	return group ? group : add(groups, texts);
}

int groups_add(struct groups *groups, const struct death *death)
{
	struct group *group = group_of(groups, death);

	if (!group)
		return -ENOMEM;
	if (!group->incidents || death->time_ns < group->first_ns) {
		group->first_ns = death->time_ns;
		group->example_ns = death->time_ns;
	}
	if (!group->incidents || death->last_ns > group->last_ns)
		group->last_ns = death->last_ns;
	group->deaths += death->count;
	group->incidents++;
	return 0;
}

int groups_add_before(struct groups *groups, const struct death *death)
{
	struct group *group = group_of(groups, death);

	if (!group)
		return -ENOMEM;
	group->before += death->count;
	return 0;
}

static int by_deaths(const void *a, const void *b)
{
	const struct group *left = *(struct group *const *)a, *right = *(struct group *const *)b;
	int order = (right->deaths > left->deaths) - (right->deaths < left->deaths);

	if (!order)
		order = (right->before > left->before) - (right->before < left->before);
	for (unsigned int i = 0; !order && i < KEYS_MAX && left->texts[i]; i++)
		order = strcmp(left->texts[i], right->texts[i]);
	return order;
}

void groups_sort(struct groups *groups)
{
	if (groups->count)
		qsort(groups->list, groups->count, sizeof(*groups->list), by_deaths);
}

const struct key_list *groups_by(const struct groups *groups)
{
	return &groups->by;
}

size_t groups_count(const struct groups *groups)
{
	return groups->count;
}

const struct group *groups_at(const struct groups *groups, size_t i)
{
	return groups->list[i];
}

void groups_free(struct groups *groups)
{
	if (!groups)
		return;
	for (size_t i = 0; i < groups->count; i++)
		free(groups->list[i]);
	free(groups->list);
	free(groups);
}
