/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Writes recordings. */
#include "recording.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "recording_format.h"

#define BUFFER_BYTES 65536 /* what is written before the first event fits: a full disk costs the recording alone */

struct recorder {
	FILE *file;
	uint64_t bytes;
	char buffer[BUFFER_BYTES]; /* glibc allocates none of another size by itself */
};

static int put(struct recorder *recorder, uint32_t kind, const void *a, size_t a_size, const void *b, size_t b_size)
{
	struct chunk_head head = { kind, a_size + b_size };

	if (fwrite(&head, sizeof(head), 1, recorder->file) != 1 ||
	    (a_size && fwrite(a, a_size, 1, recorder->file) != 1) ||
	    (b_size && fwrite(b, b_size, 1, recorder->file) != 1))
		return errno ? -errno : -EIO;
	recorder->bytes += sizeof(head) + head.length;
	return 0;
}

static int put_names(struct recorder *recorder, uint32_t kind, const char *const *names, uint32_t count)
{
	int err = 0;

	for (uint32_t i = 0; !err && i < count; i++) {
		if (names[i])
			err = put(recorder, kind, &i, sizeof(i), names[i], strlen(names[i]));
	}
	return err;
}

int recorder_open(const char *path, const struct source_info *info, struct recorder **ret_recorder)
{
	struct recorder *recorder = calloc(1, sizeof(*recorder));
	struct chunk_info chunk = { .wall_offset_ns = info->wall_offset_ns };
	int err;

	if (!recorder)
		return -ENOMEM;
	recorder->file = fopen(path, "we");
	if (!recorder->file) {
		err = -errno;
		free(recorder);
		return err;
	}
	setvbuf(recorder->file, recorder->buffer, _IOFBF, sizeof(recorder->buffer));
	snprintf(chunk.kernel, sizeof(chunk.kernel), "%.63s", info->kernel);
	snprintf(chunk.tier, sizeof(chunk.tier), "%.15s", info->tier);
	errno = 0;
	err = fwrite(RECORDING_MAGIC, sizeof(RECORDING_MAGIC) - 1, 1, recorder->file) == 1 ? 0 : -EIO;
	if (!err)
		err = put(recorder, CHUNK_INFO, &chunk, sizeof(chunk), NULL, 0);
	if (!err)
		err = put_names(recorder, CHUNK_REASON, info->reasons, info->reasons_count);
	if (!err)
		err = put_names(recorder, CHUNK_DROP, info->drops, info->drops_count);
	if (err) {
		recorder_close(recorder);
		return err;
	}
	*ret_recorder = recorder;
	return 0;
}

int recorder_symbol(struct recorder *recorder, uint64_t address, const char *name)
{
	return put(recorder, CHUNK_SYMBOL, &address, sizeof(address), name, strlen(name));
}

int recorder_cgroup(struct recorder *recorder, uint64_t number, const char *path)
{
	return put(recorder, CHUNK_CGROUP, &number, sizeof(number), path, strlen(path));
}

int recorder_user_frame(struct recorder *recorder, const struct ev_user_frame *frame, const char *text)
{
	return put(recorder, CHUNK_USER_FRAME, frame, sizeof(*frame), text, strlen(text));
}

int recorder_record(struct recorder *recorder, const void *bytes, size_t size)
{
	return put(recorder, CHUNK_RECORD, bytes, size, NULL, 0);
}

int recorder_tally(struct recorder *recorder, const struct source_tally *tally, const void *example, size_t size)
{
	return put(recorder, CHUNK_TALLY, tally, sizeof(*tally), example, size);
}

int recorder_flush(struct recorder *recorder)
{
	return fflush(recorder->file) ? -errno : 0;
}

uint64_t recorder_bytes(const struct recorder *recorder)
{
	return recorder->bytes;
}

int recorder_close(struct recorder *recorder)
{
	int err = 0;

	if (!recorder)
		return 0;
	if (fclose(recorder->file))
		err = -errno;
	free(recorder);
	return err;
}
