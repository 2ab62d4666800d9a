/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What live asks of the kernel, the names of symbols, reasons and cgroups, comes out of the recording itself. */
#include "playback.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attach/cgroups.h"
#include "attach/recording.h"

struct playback {
	const struct options *options;
	struct recording *recording;
	struct pipeline *pipeline;
	struct pipeline_show show; /* .report NULL: lines on stdout */
	char message[512];
	bool is_refused; /* the pipeline could not be opened */
};

static const char *symbol(void *context, uint64_t address)
{
	return recording_symbol(((struct playback *)context)->recording, address);
}

static const char *reason(void *context, int32_t number)
{
	const struct source_info *info = playback_info(context);

	return number >= 0 && (uint32_t)number < info->reasons_count ? info->reasons[number] : NULL;
}

static const char *drop(void *context, int32_t number)
{
	const struct source_info *info = playback_info(context);

	return number >= 0 && (uint32_t)number < info->drops_count ? info->drops[number] : NULL;
}

static const char *cgroup(void *context, const struct ev_task *task)
{
	return recording_cgroup(((struct playback *)context)->recording, cgroups_number(task));
}

static const char *user_frame(void *context, const struct ev_user_frame *frame)
{
	return recording_user_frame(((struct playback *)context)->recording, frame);
}

int playback_open(const char *path, const struct options *options, const struct pipeline_show *show,
		  struct playback **ret_playback, char *message, size_t size)
{
	struct playback *playback = calloc(1, sizeof(*playback));
	int err;

	if (!playback) {
		snprintf(message, size, "out of memory");
		return -ENOMEM;
	}
	playback->options = options;
	if (show)
		playback->show = *show;
	err = recording_open(path, &playback->recording, message, size);
	if (err)
		free(playback);
	else
		*ret_playback = playback;
	return err;
}

const struct source_info *playback_info(const struct playback *playback)
{
	return recording_info(playback->recording);
}

struct pipeline *playback_pipeline(const struct playback *playback)
{
	return playback->pipeline;
}

/* The pipeline opens with the first record: a recording without any makes no output. */
static int open_pipeline(struct playback *playback)
{
	const struct join_names names = {
		.symbol = symbol,
		.reason = reason,
		.drop = drop,
		.cgroup = cgroup,
		.user_frame = user_frame,
		.context = playback,
	};

	if (playback->pipeline)
		return 0;
	playback->is_refused = pipeline_open(playback->options, &names, playback_info(playback),
					     playback->show.report ? &playback->show : NULL, &playback->pipeline,
					     playback->message, sizeof(playback->message));
	return playback->is_refused ? -ECANCELED : 0;
}

static int take(void *context, const void *bytes, size_t size)
{
	struct playback *playback = context;
	int err = open_pipeline(playback);

	return err ? err : pipeline_record(playback->pipeline, bytes, size);
}

static int take_tally(void *context, const struct source_tally *tally, const void *example, size_t size)
{
	struct playback *playback = context;
	int err = open_pipeline(playback);

	return err ? err : pipeline_tally(playback->pipeline, tally, example, size);
}

int playback_run(struct playback *playback, char *message, size_t size)
{
	int err, told = 0, flushed = 0;

	err = recording_read(playback->recording, take, take_tally, playback, message, size);
	if (playback->is_refused) {
		snprintf(message, size, "%s", playback->message);
		return -EINVAL;
	}
	if (playback->pipeline && (!err || err == -EBADMSG))
		told = pipeline_end(playback->pipeline);
	if (playback->pipeline)
		flushed = pipeline_flush(playback->pipeline);
	if (err == -EBADMSG)
		return err;
	err = err ? err : told ? told : flushed;
	message[0] = '\0';
	if (err == -EPIPE || err == -ECANCELED)
		return 0;
	if (err)
		snprintf(message, size, "output failed: %s", strerror(-err));
	return err;
}

void playback_close(struct playback *playback)
{
	if (!playback)
		return;
	pipeline_close(playback->pipeline);
	recording_close(playback->recording);
	free(playback);
}
