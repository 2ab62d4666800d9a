/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* See batch.h. */
#include "batch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int batch_add(struct batch *batch, const char *text)
{
	size_t length = strlen(text);

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
