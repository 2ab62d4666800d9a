/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* See power.h. */
#include "power.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NAMES_MAX 8
#define SECTOR 512 /* what a disk writes as a whole */

enum what { WRITE, TRUNCATE, SYNC, DELETE };

struct note {
	enum what what;
	int name;
	sqlite3_int64 offset; /* TRUNCATE: the size; DELETE: whether the folder was synced */
	int length;
	unsigned char *bytes;
};

struct file {
	sqlite3_file base;
	int name; /* -1: not of interest */
	sqlite3_file *real;
};

static struct note *notes;
static size_t count, room;
static char *names[NAMES_MAX];
static sqlite3_vfs vfs, *real_vfs;

static sqlite3_file *real(sqlite3_file *file)
{
	return ((struct file *)file)->real;
}

static void note_of(int name, enum what what, sqlite3_int64 offset, const void *bytes, int length)
{
	struct note *added;

	if (name < 0)
		return;
	if (count == room) {
		room = room ? 2 * room : 1024;
		notes = realloc(notes, room * sizeof(*notes));
	}
	added = &notes[count++];
	*added = (struct note){ .what = what, .name = name, .offset = offset, .length = length };
	if (length) {
		added->bytes = malloc(length);
		memcpy(added->bytes, bytes, length);
	}
}

static void note(sqlite3_file *file, enum what what, sqlite3_int64 offset, const void *bytes, int length)
{
	note_of(((struct file *)file)->name, what, offset, bytes, length);
}

static int do_close(sqlite3_file *f)
{
	return real(f)->pMethods->xClose(real(f));
}

static int do_read(sqlite3_file *f, void *to, int n, sqlite3_int64 at)
{
	return real(f)->pMethods->xRead(real(f), to, n, at);
}

static int do_write(sqlite3_file *f, const void *from, int n, sqlite3_int64 at)
{
	note(f, WRITE, at, from, n);
	return real(f)->pMethods->xWrite(real(f), from, n, at);
}

static int do_truncate(sqlite3_file *f, sqlite3_int64 size)
{
	note(f, TRUNCATE, size, NULL, 0);
	return real(f)->pMethods->xTruncate(real(f), size);
}

static int do_sync(sqlite3_file *f, int flags)
{
	note(f, SYNC, 0, NULL, 0);
	return real(f)->pMethods->xSync(real(f), flags);
}

static int do_size(sqlite3_file *f, sqlite3_int64 *size)
{
	return real(f)->pMethods->xFileSize(real(f), size);
}

static int do_lock(sqlite3_file *f, int level)
{
	return real(f)->pMethods->xLock(real(f), level);
}

static int do_unlock(sqlite3_file *f, int level)
{
	return real(f)->pMethods->xUnlock(real(f), level);
}

static int do_check(sqlite3_file *f, int *out)
{
	return real(f)->pMethods->xCheckReservedLock(real(f), out);
}

static int do_control(sqlite3_file *f, int op, void *argument)
{
	return real(f)->pMethods->xFileControl(real(f), op, argument);
}

static int do_sector(sqlite3_file *f)
{
	(void)f;
	return SECTOR;
}

/* No promise about writes: neither that they are atomic nor that they come in their order. */
static int do_device(sqlite3_file *f)
{
	(void)f;
	return 0;
}

static int do_map(sqlite3_file *f, int page, int size, int extend, void volatile **out)
{
	return real(f)->pMethods->xShmMap(real(f), page, size, extend, out);
}

static int do_shm_lock(sqlite3_file *f, int offset, int n, int flags)
{
	return real(f)->pMethods->xShmLock(real(f), offset, n, flags);
}

static void do_barrier(sqlite3_file *f)
{
	real(f)->pMethods->xShmBarrier(real(f));
}

static int do_unmap(sqlite3_file *f, int is_deleted)
{
	return real(f)->pMethods->xShmUnmap(real(f), is_deleted);
}

static const sqlite3_io_methods methods = {
	2,	    do_close,  do_read,	  do_write, do_truncate, do_sync,    do_size,  do_lock, do_unlock, do_check,
	do_control, do_sector, do_device, do_map,   do_shm_lock, do_barrier, do_unmap, NULL,	NULL,
};

static int name_of(const char *path)
{
	const char *name = path ? strrchr(path, '/') : NULL;

	for (int i = 0; name && i < NAMES_MAX; i++) {
		if (!names[i])
			names[i] = strdup(name + 1);
		if (!strcmp(names[i], name + 1))
			return i;
	}
	return -1;
}

static int do_open(sqlite3_vfs *self, const char *path, sqlite3_file *f, int flags, int *out_flags)
{
	struct file *file = (struct file *)f;
	int code;

	(void)self;
	file->real = (sqlite3_file *)(file + 1);
	file->name = flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_WAL) ? name_of(path) :
												  -1;
	code = real_vfs->xOpen(real_vfs, path, file->real, flags, out_flags);
	file->base.pMethods = file->real->pMethods ? &methods : NULL;
	return code;
}

static int do_delete(sqlite3_vfs *self, const char *path, int sync_folder)
{
	(void)self;
	note_of(name_of(path), DELETE, sync_folder, NULL, 0);
	return real_vfs->xDelete(real_vfs, path, sync_folder);
}

void power_watch(void)
{
	real_vfs = sqlite3_vfs_find(NULL);
	vfs = *real_vfs;
	vfs.zName = "power";
	vfs.szOsFile = sizeof(struct file) + real_vfs->szOsFile;
	vfs.xOpen = do_open;
	vfs.xDelete = do_delete;
	sqlite3_vfs_register(&vfs, 1);
}

size_t power_moments(void)
{
	return count;
}

static uint64_t draw(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return *seed >> 33;
}

static void apply(int fd, const struct note *it, int is_certain, uint64_t *seed)
{
	if (it->what == TRUNCATE && (is_certain || draw(seed) % 2) && ftruncate(fd, it->offset))
		abort();
	for (int at = 0; it->what == WRITE && at < it->length; at += SECTOR) {
		int length = it->length - at < SECTOR ? it->length - at : SECTOR;

		if ((is_certain || draw(seed) % 2) && pwrite(fd, it->bytes + at, length, it->offset + at) != length)
			abort();
	}
}

/* After its last deletion, as far as that is sure to have reached the disk. */
static size_t begin_of(int name, size_t moment, uint64_t *seed)
{
	size_t begin = 0;

	for (size_t i = 0; i < moment; i++) {
		if (notes[i].name == name && notes[i].what == DELETE && (notes[i].offset || draw(seed) % 2))
			begin = i + 1;
	}
	return begin;
}

void power_cut(size_t moment, uint64_t seed, const char *folder)
{
	char path[512];

	for (int name = 0; name < NAMES_MAX && names[name]; name++) {
		size_t synced = 0, begin = begin_of(name, moment, &seed), applied = 0;
		int fd;

		for (size_t i = begin; i < moment; i++)
			synced = notes[i].name == name && notes[i].what == SYNC ? i : synced;
		snprintf(path, sizeof(path), "%s/%s", folder, names[name]);
		fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
		for (size_t i = begin; i < moment; i++) {
			if (notes[i].name != name)
				continue;
			apply(fd, &notes[i], i < synced, &seed);
			applied++;
		}
		close(fd);
		if (!applied)
			unlink(path);
	}
}

void power_forget(void)
{
	for (size_t i = 0; i < count; i++)
		free(notes[i].bytes);
	free(notes);
	notes = NULL;
	count = room = 0;
	for (int i = 0; i < NAMES_MAX; i++) {
		free(names[i]);
		names[i] = NULL;
	}
	sqlite3_vfs_unregister(&vfs);
	sqlite3_vfs_register(real_vfs, 1);
}
