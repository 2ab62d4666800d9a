/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Private to user_symbols.c: the files that were read, by build id, and where to look for one that was not. Memory is
 * bounded: what was not asked for longest goes first. */
#ifndef RSTTRACE_USER_IMAGES_H
#define RSTTRACE_USER_IMAGES_H

#include "../../bpf/evidence.h"
#include "elf_image.h"
#include "process_maps.h"

struct user_images;

struct user_image {
	struct ev_user_frame key; /* .status and .id: a build id, or a file that has none */
	struct elf_image *elf;
	char name[MAPPING_NAME_BYTES]; /* of the file, "" = found otherwise */
	uint64_t file[3]; /* device, inode, change time */
	uint64_t used; /* when it was asked for last */
};

struct user_images *user_images_new(void); /* NULL without memory */
/* One that was read before; NULL when none was. It stays until the next call of these. */
const struct user_image *user_images_find(struct user_images *images, const struct ev_user_frame *frame);
/* The file that is mapped there, read now unless it was before; NULL when it cannot be. */
const struct user_image *user_images_of_mapping(struct user_images *images, const struct process_maps *maps,
						const struct mapping *mapping);
/* Without a process to ask: where distributions keep files by build id, and where programs of that name are. */
const struct user_image *user_images_search(struct user_images *images, const struct ev_user_frame *frame,
					    const char *comm);
void user_images_free(struct user_images *images); /* NULL is fine */

#endif
