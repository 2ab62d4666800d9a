/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * See process_maps.h. /proc/PID/map_files leads to the mapped file itself; where that is not allowed (before v5.9
 * without CAP_SYS_ADMIN), its path as the process sees it leads to whatever has that name now: the caller compares
 * build ids.
 */
#include "process_maps.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINES_MAX 65536
#define MAPPINGS_MAX 1024

struct process_maps {
	uint32_t pid;
	unsigned int count;
	struct mapping mappings[MAPPINGS_MAX];
};

/* "55d0c2a3e000-55d0c2a40000 r-xp 00002000 fd:01 1835027   /usr/sbin/nginx (deleted)" */
static bool parse(const char *line, struct mapping *ret_mapping)
{
	static const char gone[] = " (deleted)";
	size_t length;
	const char *name;
	char execute;
	int path = 0;

	memset(ret_mapping, 0, sizeof(*ret_mapping));
	if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %*c%*c%c%*c %" SCNx64 " %" SCNx32 ":%" SCNx32 " %" SCNu64 " %n",
		   &ret_mapping->start, &ret_mapping->end, &execute, &ret_mapping->offset, &ret_mapping->major,
		   &ret_mapping->minor, &ret_mapping->inode, &path) != 7 ||
	    execute != 'x')
		return false;
	name = path && ret_mapping->inode ? strrchr(line + path, '/') : NULL;
	if (!name)
		return true;
	length = strcspn(++name, "\n");
	if (length > sizeof(gone) - 1 && !strncmp(name + length - (sizeof(gone) - 1), gone, sizeof(gone) - 1))
		length -= sizeof(gone) - 1;
	snprintf(ret_mapping->name, sizeof(ret_mapping->name), "%.*s", (int)length, name);
	return true;
}

struct process_maps *process_maps_read(uint32_t pid)
{
	struct process_maps *maps = calloc(1, sizeof(*maps));
	char path[32], *line = NULL;
	size_t size = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%" PRIu32 "/maps", pid);
	file = maps ? fopen(path, "re") : NULL;
	if (!file) {
		free(maps);
		return NULL;
	}
	maps->pid = pid;
	for (unsigned int i = 0; i < LINES_MAX && maps->count < MAPPINGS_MAX && getline(&line, &size, file) > 0; i++)
		maps->count += parse(line, &maps->mappings[maps->count]);
	free(line);
	fclose(file);
	return maps;
}

const struct mapping *process_maps_find(const struct process_maps *maps, uint64_t address)
{
	for (unsigned int i = 0; i < maps->count; i++) {
		const struct mapping *mapping = &maps->mappings[i];

		if (address >= mapping->start && address < mapping->end)
			return mapping;
	}
	return NULL;
}

/* Filesystems whose answer depends on another machine or on a process, which may be the traced one. */
static bool may_not_answer(const char *type)
{
	static const char *const types[] = { "fuse", "nfs", "cifs", "smb", "9p", "ceph", "afs", "autofs", "lustre",
					     "gfs", "ocfs", "orangefs", "coda", "virtiofs" };

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		if (!strncmp(type, types[i], strlen(types[i])))
			return true;
	}
	return false;
}

/* From the list of mounts, which is the kernel's own: asking the file would be waiting for it already.
 * "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue" */
static bool is_remote(uint32_t pid, const struct mapping *mapping)
{
	char path[40], *line = NULL;
	bool found = false;
	size_t size = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%" PRIu32 "/mountinfo", pid);
	file = fopen(path, "re");
	while (file && !found && getline(&line, &size, file) > 0) {
		const char *type = strstr(line, " - ");
		uint32_t major, minor;

		found = type && sscanf(line, "%*d %*d %" SCNu32 ":%" SCNu32, &major, &minor) == 2 &&
			major == mapping->major && minor == mapping->minor && may_not_answer(type + 3);
	}
	free(line);
	if (file)
		fclose(file);
	return found;
}

/* A pipe or a device is looked at before it is opened: opening a device may do something. */
int open_regular(const char *path)
{
	int place = open(path, O_PATH | O_CLOEXEC), fd;
	struct stat status;
	char again[32];

	if (place < 0)
		return -errno;
	if (fstat(place, &status) || !S_ISREG(status.st_mode)) {
		close(place);
		return -EBADMSG;
	}
	snprintf(again, sizeof(again), "/proc/self/fd/%d", place);
	fd = open(again, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		fd = -errno;
	close(place);
	return fd;
}

/* Its path, as the process sees it: .mappings keep none, since it is seldom asked for. */
static int open_by_path(uint32_t pid, const struct mapping *mapping)
{
	char path[PATH_MAX + 32], *line = NULL;
	struct mapping other;
	int fd = -ENOENT;
	size_t size = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%" PRIu32 "/maps", pid);
	file = fopen(path, "re");
	while (file && fd == -ENOENT && getline(&line, &size, file) > 0) {
		const char *name = strchr(line, '/');

		if (!name || !parse(line, &other) || other.start != mapping->start)
			continue;
		snprintf(path, sizeof(path), "/proc/%" PRIu32 "/root%.*s", pid, (int)strcspn(name, "\n"), name);
		fd = open_regular(path);
		break;
	}
	free(line);
	if (file)
		fclose(file);
	return fd;
}

int process_maps_open(const struct process_maps *maps, const struct mapping *mapping)
{
	char path[80];
	int fd;

	if (!mapping->inode)
		return -EBADMSG;
	if (is_remote(maps->pid, mapping))
		return -EREMOTE;
	snprintf(path, sizeof(path), "/proc/%" PRIu32 "/map_files/%" PRIx64 "-%" PRIx64, maps->pid, mapping->start,
		 mapping->end);
	fd = open_regular(path);
	return fd == -EPERM || fd == -EACCES ? open_by_path(maps->pid, mapping) : fd;
}

void process_maps_free(struct process_maps *maps)
{
	free(maps);
}
