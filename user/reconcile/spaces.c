/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A network namespace lives while something holds it: a process in it, a mount of it (`ip netns`, docker), or a
 * descriptor. Each of these has a path under /proc or in the mount table. One that only a socket, a thread of its own
 * or another mount namespace's mount holds has none that could be found at a bearable price.
 */
#include "spaces.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINE_BYTES 8192

static int add(struct spaces *spaces, uint32_t netns, const char *path)
{
	if (spaces->count == SPACES_MAX)
		return -E2BIG;
	if (spaces->count == spaces->room) {
		size_t room = spaces->room ? 2 * spaces->room : 64;
		struct space_path *paths = realloc(spaces->paths, room * sizeof(*paths));

		if (!paths)
			return -ENOMEM;
		spaces->paths = paths;
		spaces->room = room;
	}
	spaces->paths[spaces->count].path = strdup(path);
	if (!spaces->paths[spaces->count].path)
		return -ENOMEM;
	spaces->paths[spaces->count++].netns = netns;
	return 0;
}

static bool holds(const struct spaces *spaces, uint32_t netns)
{
	for (size_t i = spaces->count; i-- > 0;) {
		if (spaces->paths[i].netns == netns)
			return true;
	}
	return false;
}

/* Adds what a link of /proc names, when it is a network namespace: "net:[4026531840]". */
static int add_link(struct spaces *spaces, const char *path)
{
	char target[64];
	unsigned int netns;
	ssize_t length = readlink(path, target, sizeof(target) - 1);

	if (length < 0)
		return 0;
	target[length] = '\0';
	if (sscanf(target, "net:[%u]", &netns) != 1 || holds(spaces, netns))
		return 0;
	return add(spaces, netns, path);
}

/* A process's own namespace, and those that it holds open. */
static int add_process(struct spaces *spaces, const char *pid)
{
	const struct dirent *entry;
	char path[600];
	DIR *folder;
	int err;

	snprintf(path, sizeof(path), "/proc/%.32s/ns/net", pid);
	err = add_link(spaces, path);
	snprintf(path, sizeof(path), "/proc/%.32s/fd", pid);
	folder = err ? NULL : opendir(path);
	if (!folder)
		return err;
	while (!err && (entry = readdir(folder))) {
		snprintf(path, sizeof(path), "/proc/%.32s/fd/%s", pid, entry->d_name);
		err = add_link(spaces, path);
	}
	closedir(folder);
	return err;
}

/* "\040" stands for a space in the mount table, and the like. */
static void unescape(char *text)
{
	char *to = text;

	for (; *text; text++) {
		unsigned int byte;

		if (*text == '\\' && sscanf(text + 1, "%3o", &byte) == 1) {
			*to++ = (char)byte;
			text += 3;
		} else {
			*to++ = *text;
		}
	}
	*to = '\0';
}

/* "36 25 0:4 net:[4026532177] /run/netns/blue rw shared:2 - nsfs nsfs rw" */
static int add_mounts(struct spaces *spaces)
{
	FILE *file = fopen("/proc/self/mountinfo", "re");
	char line[LINE_BYTES], path[LINE_BYTES];
	unsigned int netns;
	int err = 0;

	if (!file)
		return -errno;
	while (!err && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%*u %*u %*s net:[%u] %s", &netns, path) != 2 || holds(spaces, netns))
			continue;
		unescape(path);
		err = add(spaces, netns, path);
	}
	fclose(file);
	return err;
}

static int add_hint(struct spaces *spaces, const char *hint)
{
	struct stat status;

	if (!hint || stat(hint, &status) || holds(spaces, status.st_ino))
		return 0;
	return add(spaces, status.st_ino, hint);
}

static int add_processes(struct spaces *spaces)
{
	const struct dirent *entry;
	DIR *folder = opendir("/proc");
	int err = 0;

	if (!folder)
		return -errno;
	while (!err && (entry = readdir(folder))) {
		if (isdigit((unsigned char)*entry->d_name))
			err = add_process(spaces, entry->d_name);
	}
	closedir(folder);
	return err;
}

static int by_number(const void *left, const void *right)
{
	uint32_t a = ((const struct space_path *)left)->netns, b = ((const struct space_path *)right)->netns;

	return a < b ? -1 : a > b;
}

int spaces_find(struct spaces *spaces, const char *hint)
{
	struct spaces fresh = { 0 };
	/* What lives longest first: a mount outlives processes. */
	int err = add_mounts(&fresh);

	if (!err)
		err = add_hint(&fresh, hint);
	if (!err)
		err = add_link(&fresh, "/proc/self/ns/net");
	if (!err)
		err = add_processes(&fresh);
	if (err) {
		spaces_free(&fresh);
		return err;
	}
	if (fresh.count)
		qsort(fresh.paths, fresh.count, sizeof(*fresh.paths), by_number);
	spaces_free(spaces);
	*spaces = fresh;
	return 0;
}

const char *spaces_path(const struct spaces *spaces, uint32_t netns)
{
	const struct space_path wanted = { .netns = netns };
	const struct space_path *found =
		spaces->count ? bsearch(&wanted, spaces->paths, spaces->count, sizeof(wanted), by_number) : NULL;

	return found ? found->path : NULL;
}

void spaces_free(struct spaces *spaces)
{
	for (size_t i = 0; i < spaces->count; i++)
		free(spaces->paths[i].path);
	free(spaces->paths);
	*spaces = (struct spaces){ 0 };
}
