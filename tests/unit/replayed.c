/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What command_replay() does, without its command line. */
#include "replayed.h"

#include <stdio.h>

#include "../../user/attach/cgroups.h"
#include "../../user/attach/recording.h"

struct replayed {
	struct recording *recording;
	struct pipeline *pipeline;
	replayed_fn report;
	void *context;
	char message[512];
};

static const char *symbol(void *context, uint64_t address)
{
	return recording_symbol(((struct replayed *)context)->recording, address);
}

static const char *reason(void *context, int32_t number)
{
	const struct source_info *info = recording_info(((struct replayed *)context)->recording);

	return number >= 0 && (uint32_t)number < info->reasons_count ? info->reasons[number] : NULL;
}

static const char *drop(void *context, int32_t number)
{
	const struct source_info *info = recording_info(((struct replayed *)context)->recording);

	return number >= 0 && (uint32_t)number < info->drops_count ? info->drops[number] : NULL;
}

static const char *cgroup(void *context, const struct ev_task *task)
{
	return recording_cgroup(((struct replayed *)context)->recording, cgroups_number(task));
}

static const char *user_frame(void *context, const struct ev_user_frame *frame)
{
	return recording_user_frame(((struct replayed *)context)->recording, frame);
}

/* The head of a recording is read with its first record. */
static int take(void *context, const void *bytes, size_t size)
{
	static const struct options options = {
		.verb = "record",
		.has_kinds = true,
		.kinds = { true, true, true, true, true, true, true },
	};
	struct replayed *replayed = context;
	const struct join_names names = { symbol, reason, cgroup, NULL, context, drop, user_frame };
	const struct pipeline_show show = { replayed->report, replayed->context };
	int err = 0;

	if (!replayed->pipeline) {
		err = pipeline_open(&options, &names, recording_info(replayed->recording), &show, &replayed->pipeline,
				    replayed->message, sizeof(replayed->message));
		if (err)
			return err;
	}
	return pipeline_record(replayed->pipeline, bytes, size);
}

int replayed_reports(const char *path, replayed_fn report, void *context)
{
	struct replayed replayed = { .report = report, .context = context };
	int err = recording_open(path, &replayed.recording, replayed.message, sizeof(replayed.message));

	if (!err)
		err = recording_read(replayed.recording, take, &replayed, replayed.message,
				     sizeof(replayed.message));
	if (!err && replayed.pipeline)
		err = pipeline_end(replayed.pipeline);
	if (err)
		fprintf(stderr, "%s: %s\n", path, replayed.message);
	pipeline_close(replayed.pipeline);
	recording_close(replayed.recording);
	return err;
}
