/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Finds network namespaces and reads their counters, in a process of its own that keeps the privileges which that
 * takes when the tracer gives up its own.
 */
#ifndef RSTTRACE_READER_H
#define RSTTRACE_READER_H

#include <stddef.h>
#include <stdint.h>

#include "counters.h"

struct reader;

struct reading {
	int32_t err; /* negative errno: -ENOENT, the namespace is nowhere to be found; nothing else counts then */
	uint32_t netns;
	uint64_t before_ns; /* CLOCK_BOOTTIME around the reading */
	uint64_t after_ns;
	uint64_t cookie; /* tells two namespaces that had one number apart; 0: this kernel has none (before v5.14) */
	uint64_t found; /* bit i: values[i] is there */
	uint64_t values[COUNTER_IDS];
};

/* Starts the process, while there are privileges. `only` is one namespace's path or NULL: one by which to find it, if
 * it has one. 0, or a negative errno with a sentence in message[size]. */
int reader_open(const char *only, struct reader **ret_reader, char *message, size_t size);
/* The inode numbers of all namespaces that can be found now, to free(); in no order. 0 or a negative errno. */
int reader_find(struct reader *reader, uint32_t **ret_numbers, size_t *ret_count);
/* Reads one namespace. 0 or a negative errno: the process is gone. */
int reader_read(struct reader *reader, uint32_t netns, struct reading *ret_reading);
void reader_close(struct reader *reader); /* NULL is fine */

#endif
