/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * See backlog.h. A file is NUMBER-ROWS.body; it is NUMBER.new until all of it is on the disk, so that one that was
 * being written when the power failed is known for what it is.
 */
#include "backlog.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME_BYTES 64
#define LOCK "lock"
#define NAME_FORMAT "%020" PRIu64 "-%" PRIu64 ".body"

struct entry {
	uint64_t number, rows;
	size_t size;
	char *body; /* NULL: in the file */
};

struct backlog {
	int folder; /* -1: in memory */
	int lock;
	uint64_t max_bytes, next_number;
	struct backlog_counts counts;
	struct entry *entries; /* the first is the oldest */
	size_t entries_count, entries_room;
};

static int append(struct backlog *backlog, const struct entry *entry)
{
	if (backlog->entries_count == backlog->entries_room) {
		size_t room = backlog->entries_room ? 2 * backlog->entries_room : 64;
		struct entry *entries = reallocarray(backlog->entries, room, sizeof(*entries));

		if (!entries)
			return -ENOMEM;
		backlog->entries = entries;
		backlog->entries_room = room;
	}
	backlog->entries[backlog->entries_count++] = *entry;
	backlog->counts.rows += entry->rows;
	backlog->counts.bytes += entry->size;
	if (entry->number >= backlog->next_number)
		backlog->next_number = entry->number + 1;
	return 0;
}

static int older_first(const void *left, const void *right)
{
	const struct entry *a = left, *b = right;

	return (a->number > b->number) - (a->number < b->number);
}

/* What another run left behind. */
static int scan(struct backlog *backlog)
{
	int copy = openat(backlog->folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), err = 0;
	DIR *folder = copy < 0 ? NULL : fdopendir(copy);
	struct dirent *file;

	if (!folder)
		return -errno;
	while (!err && (file = readdir(folder))) {
		struct entry entry = { 0 };
		char name[NAME_BYTES] = "";
		struct stat status;

		if (sscanf(file->d_name, "%" SCNu64 "-%" SCNu64, &entry.number, &entry.rows) == 2)
			snprintf(name, sizeof(name), NAME_FORMAT, entry.number, entry.rows);
		if (strcmp(name, file->d_name) || fstatat(backlog->folder, name, &status, AT_SYMLINK_NOFOLLOW) ||
		    !S_ISREG(status.st_mode))
			continue;
		entry.size = (size_t)status.st_size;
		err = append(backlog, &entry);
	}
	closedir(folder);
	if (backlog->entries_count)
		qsort(backlog->entries, backlog->entries_count, sizeof(*backlog->entries), older_first);
	return err;
}

/* The folder, which nobody else may use or read. */
static int open_folder(struct backlog *backlog, const char *folder, char *message, size_t size)
{
	int err = 0;

	mkdir(folder, 0700);
	backlog->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (backlog->folder >= 0)
		backlog->lock = openat(backlog->folder, LOCK, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (backlog->lock < 0) {
		err = -errno;
		snprintf(message, size, "cannot use the folder %s: %s", folder, strerror(-err));
	} else if (flock(backlog->lock, LOCK_EX | LOCK_NB)) {
		err = -EBUSY;
		snprintf(message, size, "the folder %s is in use by another rsttrace: give this one its own --spool",
			 folder);
	} else {
		err = scan(backlog);
		if (err)
			snprintf(message, size, "cannot read the folder %s: %s", folder, strerror(-err));
	}
	return err;
}

int backlog_open(const char *folder, uint64_t max_bytes, struct backlog **ret_backlog, char *message, size_t size)
{
	struct backlog *backlog = calloc(1, sizeof(*backlog));
	int err = 0;

	if (!backlog) {
		snprintf(message, size, "out of memory");
		return -ENOMEM;
	}
	backlog->folder = backlog->lock = -1;
	backlog->max_bytes = max_bytes;
	if (folder)
		err = open_folder(backlog, folder, message, size);
	if (err)
		backlog_close(backlog);
	else
		*ret_backlog = backlog;
	return err;
}

static int write_whole(int fd, const char *body, size_t size)
{
	while (size) {
		ssize_t wrote = write(fd, body, size);

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote < 0)
			return -errno;
		body += wrote;
		size -= (size_t)wrote;
	}
	return fsync(fd) ? -errno : 0;
}

static int write_file(const struct backlog *backlog, const struct entry *entry, const char *body)
{
	char name[NAME_BYTES], new[NAME_BYTES];
	int fd, err;

	snprintf(name, sizeof(name), NAME_FORMAT, entry->number, entry->rows);
	snprintf(new, sizeof(new), "%020" PRIu64 ".new", entry->number);
	fd = openat(backlog->folder, new, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -errno;
	err = write_whole(fd, body, entry->size);
	close(fd);
	if (!err && renameat(backlog->folder, new, backlog->folder, name))
		err = -errno;
	if (err)
		unlinkat(backlog->folder, new, 0);
	return err;
}

int backlog_put(struct backlog *backlog, const char *body, size_t size, uint64_t rows)
{
	struct entry entry = { .number = backlog->next_number, .rows = rows, .size = size };
	int err;

	if (backlog->counts.bytes + size > backlog->max_bytes)
		return -ENOSPC;
	if (backlog->folder >= 0) {
		err = write_file(backlog, &entry, body);
	} else {
		entry.body = malloc(size);
		err = entry.body ? 0 : -ENOMEM;
		if (!err)
			memcpy(entry.body, body, size);
	}
	if (!err)
		err = append(backlog, &entry);
	if (err)
		free(entry.body);
	return err;
}

static int read_file(const struct backlog *backlog, const struct entry *entry, char *body)
{
	char name[NAME_BYTES];
	size_t at = 0;
	ssize_t got;
	int fd;

	snprintf(name, sizeof(name), NAME_FORMAT, entry->number, entry->rows);
	fd = openat(backlog->folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return -errno;
	do {
		got = read(fd, body + at, entry->size - at);
		at += got > 0 ? (size_t)got : 0;
	} while (got > 0 || (got < 0 && errno == EINTR));
	close(fd);
	return at == entry->size ? 0 : -EIO;
}

int backlog_first(struct backlog *backlog, char **ret_body, size_t *ret_size, uint64_t *ret_rows)
{
	const struct entry *entry = backlog->entries;
	int err = 0;
	char *body;

	if (!backlog->entries_count)
		return -ENOENT;
	body = malloc(entry->size + 1);
	if (!body)
		return -ENOMEM;
	if (entry->body)
		memcpy(body, entry->body, entry->size);
	else
		err = read_file(backlog, entry, body);
	if (err) {
		free(body);
		return err;
	}
	*ret_body = body;
	*ret_size = entry->size;
	*ret_rows = entry->rows;
	return 0;
}

void backlog_remove(struct backlog *backlog)
{
	struct entry *entry = backlog->entries;
	char name[NAME_BYTES];

	if (!backlog->entries_count)
		return;
	if (backlog->folder >= 0) {
		snprintf(name, sizeof(name), NAME_FORMAT, entry->number, entry->rows);
		unlinkat(backlog->folder, name, 0);
	}
	free(entry->body);
	backlog->counts.rows -= entry->rows;
	backlog->counts.bytes -= entry->size;
	backlog->entries_count--;
	memmove(entry, entry + 1, backlog->entries_count * sizeof(*entry));
}

struct backlog_counts backlog_counts(const struct backlog *backlog)
{
	return backlog->counts;
}

void backlog_close(struct backlog *backlog)
{
	if (!backlog)
		return;
	for (size_t i = 0; i < backlog->entries_count; i++)
		free(backlog->entries[i].body);
	free(backlog->entries);
	if (backlog->lock >= 0)
		close(backlog->lock);
	if (backlog->folder >= 0)
		close(backlog->folder);
	free(backlog);
}
