/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The table of keys. */
#include "keys.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../util/text.h"

#define TEXT_KEY(name)                                                                            \
	static const char *key_##name(const struct death *death, char scratch[KEY_BYTES])         \
	{                                                                                         \
		(void)scratch;                                                                    \
		return death->name;                                                               \
	}

#define NUMBER_KEY(name)                                                                          \
	static const char *key_##name(const struct death *death, char scratch[KEY_BYTES])         \
	{                                                                                         \
		snprintf(scratch, KEY_BYTES, "%" PRId64, death->name);                            \
		return death->name == NOT_KNOWN ? "" : scratch;                                   \
	}

TEXT_KEY(process)
TEXT_KEY(cause)
TEXT_KEY(kind)
TEXT_KEY(peer)
TEXT_KEY(local)
TEXT_KEY(state)
TEXT_KEY(error)
TEXT_KEY(certainty)
TEXT_KEY(cgroup)
TEXT_KEY(container)
NUMBER_KEY(pid)
NUMBER_KEY(local_port)
NUMBER_KEY(peer_port)
NUMBER_KEY(netns)

const struct key keys[] = {
	{ "process", 16, key_process },	      { "cause", 28, key_cause },	  { "kind", 12, key_kind },
	{ "peer", 24, key_peer },	      { "peer-port", 9, key_peer_port },  { "local", 24, key_local },
	{ "local-port", 10, key_local_port }, { "pid", 8, key_pid },		  { "state", 12, key_state },
	{ "errno", 13, key_error },	      { "certainty", 9, key_certainty }, { "cgroup", 32, key_cgroup },
	{ "container", 14, key_container },   { "netns", 10, key_netns },
};

const unsigned int keys_count = sizeof(keys) / sizeof(*keys);

static const struct key *find(const char *name)
{
	for (unsigned int i = 0; i < keys_count; i++) {
		if (!strcmp(keys[i].name, name))
			return &keys[i];
	}
	return NULL;
}

static int refuse(const char *name, char *message, size_t size)
{
	char safe[64], all[256];
	size_t used = 0;

	text_printable(safe, sizeof(safe), name, strlen(name));
	for (unsigned int i = 0; i < keys_count; i++)
		used += snprintf(all + used, sizeof(all) - used, "%s%s", i ? ", " : "", keys[i].name);
	snprintf(message, size, "--by \"%s\": there are %s", safe, all);
	return -EINVAL;
}

int keys_parse(const char *names, struct key_list *ret_list, char *message, size_t size)
{
	char copy[256], *rest = copy, *name;

	snprintf(copy, sizeof(copy), "%s", names);
	ret_list->count = 0;
	while ((name = strsep(&rest, ","))) {
		const struct key *key = find(name);

		if (!key)
			return refuse(name, message, size);
		if (ret_list->count == KEYS_MAX) {
			snprintf(message, size, "--by takes up to %d", KEYS_MAX);
			return -EINVAL;
		}
		ret_list->keys[ret_list->count++] = key;
	}
	return 0;
}
