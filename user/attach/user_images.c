/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * See user_images.h. libdw would look for symbols in more ways (.gnu_debuglink, debuginfod) and knows inlined functions
 * from DWARF; but it maps whole files, which belong to whoever is traced, keeps hundreds of megabytes for a large
 * program, and parses the most intricate format there is with our privileges. The symbol table, and the one that
 * Debian's and Fedora's debug packages install by build id, name the functions.
 */
#include "user_images.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define IMAGES_MAX 64
#define IMAGES_BYTES_MAX (96u << 20)
#define HEX_BYTES (2 * EVIDENCE_BUILD_ID_BYTES + 1)

struct user_images {
	struct user_image images[IMAGES_MAX];
	unsigned int count;
	uint64_t asked;
};

struct user_images *user_images_new(void)
{
	return calloc(1, sizeof(struct user_images));
}

static void drop(struct user_images *images, unsigned int i)
{
	elf_image_free(images->images[i].elf);
	images->images[i] = images->images[--images->count];
}

static unsigned int find_oldest(const struct user_images *images)
{
	unsigned int oldest = 0;

	for (unsigned int i = 1; i < images->count; i++) {
		if (images->images[i].used < images->images[oldest].used)
			oldest = i;
	}
	return oldest;
}

/* Room for one of that many bytes. */
static void make_room(struct user_images *images, size_t bytes)
{
	for (unsigned int i = 0; i < images->count; i++)
		bytes += elf_image_bytes(images->images[i].elf);
	while (images->count && (images->count == IMAGES_MAX || bytes > IMAGES_BYTES_MAX)) {
		unsigned int oldest = find_oldest(images);

		bytes -= elf_image_bytes(images->images[oldest].elf);
		drop(images, oldest);
	}
}

/* Build ids are shorter than 20 bytes where the linker makes them of MD5; zeros stand behind. */
static void hex_of(const struct ev_user_frame *frame, char hex[HEX_BYTES])
{
	unsigned int length = EVIDENCE_BUILD_ID_BYTES;

	while (length > 2 && !frame->id[length - 1])
		length--;
	for (unsigned int i = 0; i < length; i++)
		sprintf(hex + 2 * i, "%02x", frame->id[i]);
}

static void add_debug_symbols(struct elf_image *elf, const struct ev_user_frame *key)
{
	char path[64 + HEX_BYTES], hex[HEX_BYTES];
	int fd;

	if (key->status != USER_FRAME_BUILD_ID || elf_image_has_symbols(elf))
		return;
	hex_of(key, hex);
	snprintf(path, sizeof(path), "/usr/lib/debug/.build-id/%.2s/%s.debug", hex, hex + 2);
	fd = open_regular(path);
	if (fd < 0)
		return;
	elf_image_add_symbols(elf, fd);
	close(fd);
}

static const struct user_image *touch(struct user_images *images, struct user_image *image)
{
	image->used = ++images->asked;
	return image;
}

/* The descriptor stays the caller's. */
static const struct user_image *add(struct user_images *images, int fd, const uint64_t file[3], const char *name)
{
	struct user_image image = { 0 };

	if (elf_image_load(fd, &image.elf))
		return NULL;
	memcpy(image.file, file, sizeof(image.file));
	if (elf_image_build_id(image.elf, image.key.id)) {
		image.key.status = USER_FRAME_BUILD_ID;
	} else {
		uint32_t device = file[0];

		image.key.status = USER_FRAME_FILE;
		memcpy(image.key.id, &device, 4);
		memcpy(image.key.id + 4, &file[1], 8);
		memcpy(image.key.id + 12, &file[2], 8);
	}
	add_debug_symbols(image.elf, &image.key);
	snprintf(image.name, sizeof(image.name), "%s", name);
	make_room(images, elf_image_bytes(image.elf));
	images->images[images->count] = image;
	return touch(images, &images->images[images->count++]);
}

static bool is_of(const struct user_image *image, const struct ev_user_frame *frame)
{
	return image->key.status == frame->status && !memcmp(image->key.id, frame->id, sizeof(frame->id));
}

const struct user_image *user_images_find(struct user_images *images, const struct ev_user_frame *frame)
{
	for (unsigned int i = 0; i < images->count; i++) {
		if (is_of(&images->images[i], frame))
			return touch(images, &images->images[i]);
	}
	return NULL;
}

/* The file behind a descriptor, which is closed. */
static const struct user_image *of_descriptor(struct user_images *images, int fd, const char *name)
{
	const struct user_image *image = NULL;
	struct stat status;

	if (!fstat(fd, &status)) {
		const uint64_t file[3] = { status.st_dev, status.st_ino,
					   status.st_ctim.tv_sec * 1000000000ULL + status.st_ctim.tv_nsec };

		for (unsigned int i = 0; i < images->count && !image; i++) {
			if (!memcmp(images->images[i].file, file, sizeof(file)))
				image = touch(images, &images->images[i]);
		}
		if (!image)
			image = add(images, fd, file, name);
	}
	close(fd);
	return image;
}

const struct user_image *user_images_of_mapping(struct user_images *images, const struct process_maps *maps,
						const struct mapping *mapping)
{
	int fd = process_maps_open(maps, mapping);

	return fd < 0 ? NULL : of_descriptor(images, fd, mapping->name);
}

/* Whatever is there under that name now counts only when it is the file that the kernel saw. */
static const struct user_image *of_path(struct user_images *images, const char *path, const char *name,
					const struct ev_user_frame *frame)
{
	const struct user_image *image;
	int fd = open_regular(path);

	image = fd < 0 ? NULL : of_descriptor(images, fd, name);
	return image && is_of(image, frame) ? image : NULL;
}

const struct user_image *user_images_search(struct user_images *images, const struct ev_user_frame *frame,
					    const char *comm)
{
	static const char *const by_id[] = { "/usr/lib/debug/.build-id", "/usr/lib/.build-id" };
	static const char *const by_name[] = { "/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin" };
	const struct user_image *image = NULL;
	char path[64 + HEX_BYTES], hex[HEX_BYTES];

	if (frame->status != USER_FRAME_BUILD_ID)
		return NULL;
	hex_of(frame, hex);
	for (unsigned int i = 0; i < sizeof(by_id) / sizeof(*by_id) && !image; i++) {
		snprintf(path, sizeof(path), "%s/%.2s/%s", by_id[i], hex, hex + 2);
		image = of_path(images, path, "", frame);
	}
	for (unsigned int i = 0; i < sizeof(by_name) / sizeof(*by_name) && !image && !strchr(comm, '/'); i++) {
		snprintf(path, sizeof(path), "%s/%s", by_name[i], comm);
		image = of_path(images, path, comm, frame);
	}
	return image;
}

void user_images_free(struct user_images *images)
{
	while (images && images->count)
		drop(images, 0);
	free(images);
}
