/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Records of one request, as its body grows; and some of these, of which all are full but the last. */
#ifndef RSTTRACE_BATCH_H
#define RSTTRACE_BATCH_H

#include <stddef.h>
#include <stdint.h>

struct batch {
	char *body;
	size_t size, room;
	uint64_t rows;
};

#define BATCH_BYTES (1u << 20) /* then it is full */
#define BATCHES_MAX 16

struct batches {
	struct batch batches[BATCHES_MAX]; /* the first is the oldest */
	unsigned int last;
};

/* 0 or -ENOMEM. */
int batch_add(struct batch *batch, const char *text);
/* One record, behind `prefix` where it is the first of a request, else behind `separator`. 0, -ENOSPC: all are full,
 * or -ENOMEM. */
int batches_add(struct batches *batches, const char *prefix, const char *separator, const char *record);
/* The oldest, whose body is the caller's to free; it may have no rows. */
struct batch batches_take(struct batches *batches);
uint64_t batches_rows(const struct batches *batches);
void batches_free(struct batches *batches);

#endif
