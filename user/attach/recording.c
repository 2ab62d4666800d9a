/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Reads recordings. Everything is checked: a recording may be cut short, damaged, or no recording. */
#include "recording.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "recording_format.h"

#define NAMES_MAX 65536
#define REASONS_MAX 256

/* Names of addresses, paths of cgroups. */
struct name {
	uint64_t number;
	char *text;
};

struct names {
	struct name *names;
	unsigned int count, room;
};

struct user_name {
	struct ev_user_frame frame;
	char *text;
};

struct recording {
	FILE *file;
	uint64_t offset; /* of the chunk being read */
	struct source_info info;
	char *reasons[REASONS_MAX];
	char *drops[REASONS_MAX];
	struct names symbols, cgroups;
	struct user_name *user_names;
	unsigned int user_count, user_room;
	unsigned char chunk[CHUNK_BYTES_MAX + 1];
	struct chunk_head head;
};

static int keep_info(struct recording *recording)
{
	const struct chunk_info *chunk = (const void *)recording->chunk;

	if (recording->head.length < sizeof(*chunk))
		return -EBADMSG;
	recording->info.wall_offset_ns = chunk->wall_offset_ns;
	snprintf(recording->info.kernel, sizeof(recording->info.kernel), "%.63s", chunk->kernel);
	snprintf(recording->info.tier, sizeof(recording->info.tier), "%.15s", chunk->tier);
	return 0;
}

/* A number with its name, of the names that recordings know so many of. */
static int keep_reason(struct recording *recording, char **names, unsigned int *count)
{
	uint32_t number;

	if (recording->head.length <= sizeof(number))
		return -EBADMSG;
	memcpy(&number, recording->chunk, sizeof(number));
	if (number >= REASONS_MAX || names[number])
		return -EBADMSG;
	names[number] = strdup((const char *)recording->chunk + sizeof(number));
	if (!names[number])
		return -ENOMEM;
	if (number >= *count)
		*count = number + 1;
	return 0;
}

static const char *find_name(const struct names *names, uint64_t number)
{
	for (unsigned int i = 0; i < names->count; i++) {
		if (names->names[i].number == number)
			return names->names[i].text;
	}
	return NULL;
}

static int keep_name(struct recording *recording, struct names *names)
{
	struct name name;

	if (recording->head.length <= sizeof(name.number))
		return -EBADMSG;
	memcpy(&name.number, recording->chunk, sizeof(name.number));
	if (find_name(names, name.number))
		return 0; /* the recorder repeats itself rather than remember them all */
	if (names->count >= NAMES_MAX)
		return -EBADMSG;
	if (names->count == names->room) {
		unsigned int room = names->room ? names->room * 2 : 64;
		struct name *larger = realloc(names->names, room * sizeof(*larger));

		if (!larger)
			return -ENOMEM;
		names->names = larger;
		names->room = room;
	}
	name.text = strdup((const char *)recording->chunk + sizeof(name.number));
	if (!name.text)
		return -ENOMEM;
	names->names[names->count++] = name;
	return 0;
}

static struct user_name *find_user_name(const struct recording *recording, const struct ev_user_frame *frame)
{
	for (unsigned int i = recording->user_count; i-- > 0;) {
		if (!memcmp(&recording->user_names[i].frame, frame, sizeof(*frame)))
			return &recording->user_names[i];
	}
	return NULL;
}

/* The last text counts: the file may have been found between two deaths. What was handed out stays. */
static int keep_user_frame(struct recording *recording)
{
	struct user_name name, *known, *larger;
	const char *text;

	if (recording->head.length <= sizeof(name.frame))
		return -EBADMSG;
	memcpy(&name.frame, recording->chunk, sizeof(name.frame));
	text = (const char *)recording->chunk + sizeof(name.frame);
	known = find_user_name(recording, &name.frame);
	if (known && !strcmp(known->text, text))
		return 0;
	if (recording->user_count >= NAMES_MAX)
		return -EBADMSG;
	if (recording->user_count == recording->user_room) {
		unsigned int room = recording->user_room ? recording->user_room * 2 : 64;

		larger = realloc(recording->user_names, room * sizeof(*larger));
		if (!larger)
			return -ENOMEM;
		recording->user_names = larger;
		recording->user_room = room;
	}
	name.text = strdup(text);
	if (!name.text)
		return -ENOMEM;
	recording->user_names[recording->user_count++] = name;
	return 0;
}

static void free_names(struct names *names)
{
	for (unsigned int i = 0; i < names->count; i++)
		free(names->names[i].text);
	free(names->names);
}

static int damaged(const struct recording *recording, const char *why, char *message, size_t size)
{
	snprintf(message, size, "damaged at byte %" PRIu64 ": %s; what came before it was read",
		 recording->offset, why);
	return -EBADMSG;
}

/* The next chunk into .head and .chunk (a NUL after it). 1, or 0 at the end of the file. */
static int next_chunk(struct recording *recording, char *message, size_t size)
{
	size_t got;

	recording->offset = ftell(recording->file);
	got = fread(&recording->head, 1, sizeof(recording->head), recording->file);
	if (!got && feof(recording->file))
		return 0;
	if (got != sizeof(recording->head))
		return damaged(recording, "the file ends inside a chunk's head", message, size);
	if (recording->head.length > CHUNK_BYTES_MAX)
		return damaged(recording, "a chunk claims more than 64 KiB", message, size);
	if (fread(recording->chunk, 1, recording->head.length, recording->file) != recording->head.length)
		return damaged(recording, "the file ends inside a chunk", message, size);
	recording->chunk[recording->head.length] = '\0';
	return 1;
}

/* 0, -EBADMSG when the chunk is not of its form, -ENOMEM. */
static int keep_chunk(struct recording *recording)
{
	switch (recording->head.kind) {
	case CHUNK_INFO:
		return keep_info(recording);
	case CHUNK_REASON:
		return keep_reason(recording, recording->reasons, &recording->info.reasons_count);
	case CHUNK_DROP:
		return keep_reason(recording, recording->drops, &recording->info.drops_count);
	case CHUNK_SYMBOL:
		return keep_name(recording, &recording->symbols);
	case CHUNK_CGROUP:
		return keep_name(recording, &recording->cgroups);
	case CHUNK_USER_FRAME:
		return keep_user_frame(recording);
	}
	return 0; /* of a later version */
}

int recording_open(const char *path, struct recording **ret_recording, char *message, size_t size)
{
	struct recording *recording = calloc(1, sizeof(*recording));
	char head[sizeof(RECORDING_MAGIC)] = "";
	int err = 0;

	if (!recording)
		return -ENOMEM;
	recording->info.reasons = (const char *const *)recording->reasons;
	recording->info.drops = (const char *const *)recording->drops;
	recording->file = fopen(path, "re");
	if (!recording->file) {
		err = -errno;
		snprintf(message, size, "cannot read %s: %s", path, strerror(-err));
	} else if (fread(head, sizeof(RECORDING_MAGIC) - 1, 1, recording->file) != 1 || strcmp(head, RECORDING_MAGIC)) {
		err = -EBADMSG;
		snprintf(message, size,
			 "%s: damaged at byte 0: not a recording of rsttrace (rsttrace --raw FILE makes one)", path);
	}
	if (err) {
		recording_close(recording);
		return err;
	}
	*ret_recording = recording;
	return 0;
}

const struct source_info *recording_info(const struct recording *recording)
{
	return &recording->info;
}

static int hand_on_tally(const struct recording *recording, source_tally_fn tally, void *context)
{
	struct source_tally counted;
	int err;

	if (recording->head.length < sizeof(counted))
		return -EBADMSG;
	memcpy(&counted, recording->chunk, sizeof(counted));
	err = tally(context, &counted, recording->chunk + sizeof(counted), recording->head.length - sizeof(counted));
	return err == -EAGAIN ? -EBADMSG : err;
}

int recording_read(struct recording *recording, source_record_fn record, source_tally_fn tally, void *context,
		   char *message, size_t size)
{
	int more, err;

	while ((more = next_chunk(recording, message, size)) > 0) {
		if (recording->head.kind == CHUNK_RECORD) {
			err = record(context, recording->chunk, recording->head.length);
			if (err == -EBADMSG)
				return damaged(recording, "a record is not of this version's form", message, size);
		} else if (recording->head.kind == CHUNK_TALLY) {
			err = hand_on_tally(recording, tally, context);
			if (err == -EBADMSG)
				return damaged(recording, "a tally has no example of its form", message, size);
		} else {
			err = keep_chunk(recording);
			if (err == -EBADMSG)
				return damaged(recording, "a chunk is not of its form", message, size);
		}
		if (err)
			return err;
	}
	return more;
}

const char *recording_symbol(const struct recording *recording, uint64_t address)
{
	return find_name(&recording->symbols, address);
}

const char *recording_cgroup(const struct recording *recording, uint64_t number)
{
	return find_name(&recording->cgroups, number);
}

const char *recording_user_frame(const struct recording *recording, const struct ev_user_frame *frame)
{
	const struct user_name *name = find_user_name(recording, frame);

	return name ? name->text : NULL;
}

void recording_close(struct recording *recording)
{
	if (!recording)
		return;
	for (unsigned int i = 0; i < REASONS_MAX; i++) {
		free(recording->reasons[i]);
		free(recording->drops[i]);
	}
	free_names(&recording->symbols);
	free_names(&recording->cgroups);
	for (unsigned int i = 0; i < recording->user_count; i++)
		free(recording->user_names[i].text);
	free(recording->user_names);
	if (recording->file)
		fclose(recording->file);
	free(recording);
}
