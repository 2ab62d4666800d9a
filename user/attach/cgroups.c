/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * See cgroups.h. A cgroup's id is its inode number in cgroup2fs (on 64-bit machines), so a process that lives tells its
 * own, and a walk through the directories all of them. Ids are never used again while the system runs: what was once
 * read stays true, also of containers that have gone. Where cgroup v1 is in use the kernel knows everybody by the root
 * of v2, and only the process itself says where it is.
 */
#include "cgroups.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <mntent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define BUCKETS 4096 /* a power of two */
#define CGROUPS_MAX 65536
#define PATH_BYTES 4096
#define DEPTH_MAX 32
#define WALK_SECONDS 1

struct cgroup {
	struct cgroup *next;
	uint64_t id;
	char path[];
};

struct cgroups {
	struct cgroup *buckets[BUCKETS];
	unsigned int count;
	bool has_v1;
	time_t walked; /* CLOCK_MONOTONIC */
	uint64_t unknown; /* the last id that was looked for in vain: in a storm many have the same */
	char path[PATH_BYTES]; /* of the directory that the walk is in, below the mount */
};


static struct cgroup **bucket_of(struct cgroups *cgroups, uint64_t id)
{
	return &cgroups->buckets[(id ^ id >> 12) % BUCKETS];
}

static const struct cgroup *find(struct cgroups *cgroups, uint64_t id)
{
	const struct cgroup *cgroup = *bucket_of(cgroups, id);

	while (cgroup && cgroup->id != id)
		cgroup = cgroup->next;
	return cgroup;
}

static void keep(struct cgroups *cgroups, uint64_t id)
{
	const char *path = *cgroups->path ? cgroups->path : "/";
	struct cgroup *cgroup;

	if (cgroups->count >= CGROUPS_MAX || find(cgroups, id))
		return;
	cgroup = malloc(sizeof(*cgroup) + strlen(path) + 1);
	if (!cgroup)
		return;
	cgroup->id = id;
	strcpy(cgroup->path, path);
	cgroup->next = *bucket_of(cgroups, id);
	*bucket_of(cgroups, id) = cgroup;
	cgroups->count++;
}

/* Takes the descriptor. Directories come and go meanwhile: what cannot be opened has gone. */
static void walk(struct cgroups *cgroups, int fd, unsigned int depth)
{
	size_t length = strlen(cgroups->path);
	DIR *directory = fdopendir(fd);
	struct dirent *entry;
	int below;

	if (!directory) {
		close(fd);
		return;
	}
	while (depth < DEPTH_MAX && (entry = readdir(directory))) {
		if (entry->d_type != DT_DIR || *entry->d_name == '.' ||
		    length + strlen(entry->d_name) + 2 > sizeof(cgroups->path))
			continue;
		sprintf(cgroups->path + length, "/%s", entry->d_name);
		keep(cgroups, entry->d_ino);
		below = openat(fd, entry->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
		if (below >= 0)
			walk(cgroups, below, depth + 1);
		cgroups->path[length] = '\0';
	}
	closedir(directory);
}

/* Where the first filesystem of that type is mounted. */
static bool find_mount(const char *type, char *ret_path, size_t size)
{
	FILE *mounts = setmntent("/proc/self/mounts", "re");
	struct mntent *mount = NULL;

	while (mounts && (mount = getmntent(mounts))) {
		if (!strcmp(mount->mnt_type, type))
			break;
	}
	if (mount)
		snprintf(ret_path, size, "%s", mount->mnt_dir);
	if (mounts)
		endmntent(mounts);
	return mount;
}

static void walk_all(struct cgroups *cgroups)
{
	struct stat status;
	int fd;

	if (!find_mount("cgroup2", cgroups->path, sizeof(cgroups->path)))
		return;
	fd = open(cgroups->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return;
	*cgroups->path = '\0';
	if (!fstat(fd, &status))
		keep(cgroups, status.st_ino);
	walk(cgroups, fd, 0);
}

/* What is there already is learned now: a container may be gone when its first death is told. */
struct cgroups *cgroups_new(void)
{
	struct cgroups *cgroups = calloc(1, sizeof(*cgroups));

	if (!cgroups)
		return NULL;
	cgroups->has_v1 = find_mount("cgroup", cgroups->path, sizeof(cgroups->path));
	walk_all(cgroups);
	return cgroups;
}

/* A line for each hierarchy: "0::/user.slice" is that of v2, "4:memory:/docker/0123" of v1. NULL: it has gone. */
static FILE *open_process(uint32_t pid)
{
	char name[32];

	snprintf(name, sizeof(name), "/proc/%u/cgroup", pid);
	return fopen(name, "re");
}

/* Into .path, the path in v2 of a process; not when it has another cgroup now. */
static bool is_still_in(struct cgroups *cgroups, const struct ev_task *task)
{
	char mount[PATH_BYTES], line[PATH_BYTES], place[2 * PATH_BYTES];
	FILE *file = open_process(task->pid);
	struct stat status;
	bool is_found = false;

	while (file && !is_found && fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		is_found = !strncmp(line, "0::", 3);
	}
	if (file)
		fclose(file);
	if (!is_found || !find_mount("cgroup2", mount, sizeof(mount)))
		return false;
	snprintf(cgroups->path, sizeof(cgroups->path), "%s", line + 3);
	snprintf(place, sizeof(place), "%s%s", mount, cgroups->path);
	return !stat(place, &status) && status.st_ino == task->cgroup_id;
}

static const char *path_of_id(struct cgroups *cgroups, const struct ev_task *task)
{
	uint64_t id = task->cgroup_id;
	const struct cgroup *cgroup = id ? find(cgroups, id) : NULL;
	struct timespec now;
	bool is_walk_due;

	if (cgroup || !id)
		return cgroup ? cgroup->path : NULL;
	clock_gettime(CLOCK_MONOTONIC, &now);
	is_walk_due = !cgroups->walked || now.tv_sec - cgroups->walked >= WALK_SECONDS;
	if (id == cgroups->unknown && !is_walk_due)
		return NULL;
	if (is_still_in(cgroups, task)) {
		keep(cgroups, id);
	} else if (is_walk_due) {
		cgroups->walked = now.tv_sec;
		walk_all(cgroups);
	}
	cgroup = find(cgroups, id);
	cgroups->unknown = cgroup ? 0 : id;
	return cgroup ? cgroup->path : NULL;
}

/* The deepest of its paths in the hierarchies of v1, read into .path; NULL when it has gone, or is in all roots. */
static const char *path_of_process(struct cgroups *cgroups, uint32_t pid)
{
	FILE *file = open_process(pid);
	char line[PATH_BYTES];
	size_t longest = 1;

	if (!file)
		return NULL;
	while (fgets(line, sizeof(line), file)) {
		char *colon = strchr(line, ':'), *path = colon ? strchr(colon + 1, ':') : NULL;

		line[strcspn(line, "\n")] = '\0';
		if (!path || strlen(path + 1) <= longest)
			continue;
		longest = strlen(path + 1);
		snprintf(cgroups->path, sizeof(cgroups->path), "%s", path + 1);
	}
	fclose(file);
	return longest > 1 ? cgroups->path : NULL;
}

const char *cgroups_path(struct cgroups *cgroups, const struct ev_task *task)
{
	const char *path = path_of_id(cgroups, task), *deeper = NULL;

	if (task->cgroup_id <= 1 && task->pid && cgroups->has_v1)
		deeper = path_of_process(cgroups, task->pid);
	return deeper ? deeper : path;
}

void cgroups_free(struct cgroups *cgroups)
{
	struct cgroup *next;

	for (unsigned int i = 0; cgroups && i < BUCKETS; i++) {
		for (struct cgroup *cgroup = cgroups->buckets[i]; cgroup; cgroup = next) {
			next = cgroup->next;
			free(cgroup);
		}
	}
	free(cgroups);
}
