/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* `rsttrace replay FILE`: a recording through the same pipeline. Needs no privileges. */
#include "commands.h"
#include "front.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "../attach/cgroups.h"
#include "../attach/recording.h"
#include "../pipeline.h"
#include "../util/log.h"

static const char *replay_symbol(void *context, uint64_t address)
{
	return recording_symbol(*(struct recording **)context, address);
}

static const char *replay_reason(void *context, int32_t number)
{
	const struct source_info *info = recording_info(*(struct recording **)context);

	return number >= 0 && (uint32_t)number < info->reasons_count ? info->reasons[number] : NULL;
}

static const char *replay_cgroup(void *context, const struct ev_task *task)
{
	return recording_cgroup(*(struct recording **)context, cgroups_number(task));
}

static const char *replay_drop(void *context, int32_t number)
{
	const struct source_info *info = recording_info(*(struct recording **)context);

	return number >= 0 && (uint32_t)number < info->drops_count ? info->drops[number] : NULL;
}

static const char *replay_user_frame(void *context, const struct ev_user_frame *frame)
{
	return recording_user_frame(*(struct recording **)context, frame);
}

#define STEP_MS 50

/* The head of a recording is read with its first record: the pipeline opens then, knowing clock and names. */
struct replay {
	const struct options *options;
	const struct front *front; /* NULL: lines on stdout */
	struct recording *recording;
	struct pipeline *pipeline;
	char message[512];
	int open_error;
};

static int replay_record(void *context, const void *bytes, size_t size)
{
	struct replay *replay = context;
	const struct front *front = replay->front;
	const struct pipeline_show show = { front ? front->report : NULL, front ? front->context : NULL };
	const struct join_names names = {
		.symbol = replay_symbol,
		.reason = replay_reason,
		.drop = replay_drop,
		.cgroup = replay_cgroup,
		.user_frame = replay_user_frame,
		.context = &replay->recording,
	};

	if (!replay->pipeline) {
		replay->open_error = pipeline_open(replay->options, &names, recording_info(replay->recording),
						   front ? &show : NULL, &replay->pipeline, replay->message,
						   sizeof(replay->message));
		if (replay->open_error)
			return -ECANCELED;
	}
	return pipeline_record(replay->pipeline, bytes, size);
}

/* Until the user has had enough. Time stands still: it is that of the last record. */
static int look_at(const struct replay *replay)
{
	const struct front *front = replay->front;
	struct pollfd keys = { .fd = front->keys, .events = POLLIN };
	int err = front->begin(front->context, recording_info(replay->recording), NULL);

	while (!err) {
		err = front->step(front->context, 0, NULL);
		if (!err && poll(&keys, 1, STEP_MS) < 0 && errno != EINTR)
			err = -errno;
		if (keys.revents & (POLLERR | POLLHUP))
			break;
	}
	front->end(front->context);
	return err == -ECANCELED ? 0 : err;
}

static int replay_run(struct replay *replay)
{
	const char *path = replay->options->arguments[0];
	char text[256];
	int err, closed;

	err = recording_read(replay->recording, replay_record, replay, replay->message, sizeof(replay->message));
	if (replay->open_error) {
		log_line("%s", replay->message);
		return EXIT_FAILED;
	}
	if (replay->pipeline && (!err || err == -EBADMSG)) {
		int told = pipeline_end(replay->pipeline);

		err = err ? err : told;
	}
	closed = replay->pipeline ? pipeline_flush(replay->pipeline) : 0;
	if (replay->front && (!err || err == -EBADMSG)) {
		int looked = look_at(replay);

		err = err ? err : looked;
	}
	if (err == -EBADMSG)
		log_line("%s: %s", path, replay->message);
	else if (err && err != -EPIPE && err != -ECANCELED)
		log_line("output failed: %s", strerror(-err));
	else if (closed && closed != -EPIPE)
		log_line("output failed: %s", strerror(-closed));
	else
		err = 0;
	if (replay->pipeline) {
		pipeline_summary(replay->pipeline, text, sizeof(text));
		log_line("%s", text);
	}
	return err || (closed && closed != -EPIPE) ? EXIT_FAILED : EXIT_DONE;
}

int replay_with(const struct options *options, const struct front *front)
{
	struct replay replay = { .options = options, .front = front };
	int status;

	if (options->arguments_count != 1) {
		log_line("replay takes one file: rsttrace replay FILE (rsttrace --raw FILE makes it)");
		return EXIT_USAGE;
	}
	if (recording_open(options->arguments[0], &replay.recording, replay.message, sizeof(replay.message))) {
		log_line("%s", replay.message);
		return EXIT_FAILED;
	}
	status = replay_run(&replay);
	pipeline_close(replay.pipeline);
	recording_close(replay.recording);
	return status;
}

int command_replay(const struct options *options)
{
	return replay_with(options, NULL);
}
