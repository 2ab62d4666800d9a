/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The files whose code a process runs, and how to open the very file that it has mapped: in whatever container it is,
 * replaced or deleted since. What is opened there belongs to the process: it must not be able to keep us waiting. */
#ifndef RSTTRACE_PROCESS_MAPS_H
#define RSTTRACE_PROCESS_MAPS_H

#include <stdint.h>

#define MAPPING_NAME_BYTES 48

struct mapping {
	uint64_t start, end;
	uint64_t offset; /* in the file, of .start */
	uint64_t inode; /* 0 = no file */
	uint32_t major, minor; /* of the file's device */
	char name[MAPPING_NAME_BYTES]; /* of the file, without its directories; "" = no file */
};

struct process_maps;

/* Reads what is executable of a process' memory. NULL when it has gone, or may not be looked at. */
struct process_maps *process_maps_read(uint32_t pid);
const struct mapping *process_maps_find(const struct process_maps *maps, uint64_t address);
/* A descriptor for reading; -EBADMSG when it is no regular file, -EREMOTE when its filesystem may not answer (network,
 * FUSE), or what opening failed with. */
int process_maps_open(const struct process_maps *maps, const struct mapping *mapping);
void process_maps_free(struct process_maps *maps); /* NULL is fine */

/* A regular file by its path, as above; for paths that we trust not to lead to a network. */
int open_regular(const char *path);

#endif
