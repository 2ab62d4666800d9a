/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A record is of no use without the names of its addresses and control groups: they go before it, once. */
#include "live_raw.h"

#include <errno.h>
#include <stdlib.h>

#include "../attach/cgroups.h"
#include "../attach/recording.h"

#define SYMBOLS_SEEN 4096 /* a power of two */

struct live_raw {
	struct recorder *recorder;
	struct join_names names;
	uint64_t symbols_seen[SYMBOLS_SEEN]; /* recorded lately, by hash: a repetition does no harm */
};

static int keep_symbols(struct live_raw *raw, const struct evidence_stacked *record)
{
	int err = 0;

	for (unsigned int i = 0; !err && i < record->evidence.stack_depth; i++) {
		uint64_t address = record->stack[i];
		uint64_t *seen = &raw->symbols_seen[(address ^ address >> 12) % SYMBOLS_SEEN];
		const char *name = *seen == address ? NULL : raw->names.symbol(raw->names.context, address);

		if (!name)
			continue;
		*seen = address;
		err = recorder_symbol(raw->recorder, address, name);
	}
	return err;
}

static int keep_user_frames(struct live_raw *raw, const struct evidence_user *user)
{
	int err = 0;

	for (unsigned int i = 0; !err && i < user->stacked.evidence.detail.user_depth; i++) {
		const char *text = raw->names.user_frame(raw->names.context, &user->frames[i]);

		err = text ? recorder_user_frame(raw->recorder, &user->frames[i], text) : 0;
	}
	return err;
}

static int keep_cgroup(struct live_raw *raw, const struct ev_task *task)
{
	const char *path = task->pid ? raw->names.cgroup(raw->names.context, task) : NULL;

	return path ? recorder_cgroup(raw->recorder, cgroups_number(task), path) : 0;
}

static int keep_cgroups(struct live_raw *raw, const struct evidence *ev)
{
	int err = keep_cgroup(raw, &ev->task);

	return err ? err : keep_cgroup(raw, &ev->conn.owner);
}

static int keep_names(struct live_raw *raw, const void *bytes, size_t size)
{
	int err = size >= sizeof(struct evidence_stacked) ? keep_symbols(raw, bytes) : 0;

	if (!err && size == sizeof(struct evidence_user))
		err = keep_user_frames(raw, bytes);
	if (!err && size >= sizeof(struct evidence))
		err = keep_cgroups(raw, bytes);
	return err;
}

int live_raw_record(struct live_raw *raw, const void *bytes, size_t size)
{
	int err = keep_names(raw, bytes, size);

	return err ? err : recorder_record(raw->recorder, bytes, size);
}

/* An example never has a user stack: such records are not counted. */
int live_raw_tally(struct live_raw *raw, const struct source_tally *tally, const struct evidence_stacked *example)
{
	size_t size = example->evidence.size;
	int err = keep_names(raw, example, size);

	return err ? err : recorder_tally(raw->recorder, tally, example, size);
}

int live_raw_open(const char *path, const struct source_info *info, const struct join_names *names,
		  struct live_raw **ret_raw)
{
	struct live_raw *raw = calloc(1, sizeof(*raw));
	int err;

	if (!raw)
		return -ENOMEM;
	raw->names = *names;
	err = recorder_open(path, info, &raw->recorder);
	if (err) {
		free(raw);
		return err;
	}
	*ret_raw = raw;
	return 0;
}

int live_raw_flush(struct live_raw *raw)
{
	return recorder_flush(raw->recorder);
}

uint64_t live_raw_bytes(const struct live_raw *raw)
{
	return recorder_bytes(raw->recorder);
}

int live_raw_close(struct live_raw *raw)
{
	int err = raw ? recorder_close(raw->recorder) : 0;

	free(raw);
	return err;
}
