/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The network namespaces of this host, by the paths that lead to them. */
#ifndef RSTTRACE_SPACES_H
#define RSTTRACE_SPACES_H

#include <stddef.h>
#include <stdint.h>

#define SPACES_MAX 16384 /* more than that are not looked at */

struct space_path {
	uint32_t netns; /* inode number */
	char *path;
};

struct spaces {
	struct space_path *paths; /* sorted by number, one each */
	size_t count;
	size_t room;
};

/* Looks for them anew. `hint` is one more path to try, or NULL. 0 or a negative errno: what was there before stays. */
int spaces_find(struct spaces *spaces, const char *hint);
/* A path to that one; NULL when none is known. */
const char *spaces_path(const struct spaces *spaces, uint32_t netns);
void spaces_free(struct spaces *spaces);

#endif
