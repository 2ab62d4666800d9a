/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Network namespaces and cgroups by the number of their inode, which is what the kernel calls them by. */
#include "netns.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "text.h"

static int inode_of(const char *path, uint64_t *ret_number)
{
	struct stat status;

	if (stat(path, &status))
		return -errno;
	*ret_number = status.st_ino;
	return 0;
}

int netns_number(const char *name, uint32_t *ret_number, char *message, size_t size)
{
	char path[512];
	uint64_t number;
	int err;

	if (!text_parse_unsigned(name, 1, UINT32_MAX, &number)) {
		*ret_number = number;
		return 0;
	}
	snprintf(path, sizeof(path), "%s%s", strchr(name, '/') ? "" : "/run/netns/", name);
	err = inode_of(path, &number);
	if (err) {
		snprintf(message, size, "no network namespace %s: %s (`ip netns list` shows the named ones)", name,
			 strerror(-err));
		return err;
	}
	*ret_number = number;
	return 0;
}

int cgroup_number(const char *path, uint64_t *ret_number, char *message, size_t size)
{
	char full[4096];
	int err;

	snprintf(full, sizeof(full), "/sys/fs/cgroup/%s", path);
	err = strncmp(path, "/sys/fs/cgroup", 14) ? inode_of(full, ret_number) : inode_of(path, ret_number);
	if (err)
		snprintf(message, size, "no cgroup %s under /sys/fs/cgroup: %s (systemd-cgls shows them)", path,
			 strerror(-err));
	return err;
}
