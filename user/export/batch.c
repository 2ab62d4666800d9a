/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* See batch.h. */
#include "batch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int batch_add(struct batch *batch, const char *text)
{
	size_t length = strlen(text);

	if (!length)
		return 0;
	if (batch->size + length > batch->room) {
		size_t room = 2 * (batch->size + length) + 4096;
		char *body = realloc(batch->body, room);

		if (!body)
			return -ENOMEM;
		batch->body = body;
		batch->room = room;
	}
	memcpy(batch->body + batch->size, text, length);
	batch->size += length;
	return 0;
}

int batches_add(struct batches *batches, const char *prefix, const char *separator, const char *record)
{
	struct batch *batch = &batches->batches[batches->last];
	size_t before;
	int err;

	if (batch->size >= BATCH_BYTES) {
		if (batches->last == BATCHES_MAX - 1)
			return -ENOSPC;
		batch = &batches->batches[++batches->last];
	}
	before = batch->size;
	err = batch_add(batch, batch->rows ? separator : prefix);
	if (!err)
		err = batch_add(batch, record);
	if (err)
		batch->size = before;
	else
		batch->rows++;
	return err;
}

struct batch batches_take(struct batches *batches)
{
	struct batch oldest = batches->batches[0];

	memmove(batches->batches, batches->batches + 1, (BATCHES_MAX - 1) * sizeof(oldest));
	batches->batches[BATCHES_MAX - 1] = (struct batch){ 0 };
	batches->last -= batches->last > 0;
	return oldest;
}

uint64_t batches_rows(const struct batches *batches)
{
	uint64_t rows = 0;

	for (unsigned int i = 0; i <= batches->last; i++)
		rows += batches->batches[i].rows;
	return rows;
}

void batches_free(struct batches *batches)
{
	for (unsigned int i = 0; i <= batches->last; i++)
		free(batches->batches[i].body);
}
