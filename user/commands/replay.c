/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* `rsttrace replay FILE`: a recording through the same pipeline. Needs no privileges. */
#include "commands.h"
#include "front.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "../playback.h"
#include "../util/log.h"
#include "../util/privileges.h"

#define STEP_MS 50

/* Until the user has had enough. Time stands still: it is that of the last record. */
static int look_at(const struct playback *playback, const struct front *front)
{
	struct pollfd keys = { .fd = front->keys, .events = POLLIN };
	int err = front->begin(front->context, playback_info(playback), NULL);

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

static int replay_run(struct playback *playback, const struct front *front, const char *path)
{
	char message[512], text[256];
	int err = playback_run(playback, message, sizeof(message)), looked = 0;

	if (front && (!err || err == -EBADMSG))
		looked = look_at(playback, front);
	if (err == -EBADMSG)
		log_line("%s: %s", path, message);
	else if (err)
		log_line("%s", message);
	else if (looked)
		log_line("the terminal failed: %s", strerror(-looked));
	if (playback_pipeline(playback)) {
		pipeline_summary(playback_pipeline(playback), text, sizeof(text));
		log_line("%s", text);
	}
	return err || looked ? EXIT_FAILED : EXIT_DONE;
}

/* The file and the outputs are open: whatever the file makes of this process can read and write these. */
static void give_up_everything(void)
{
	int err = privileges_keep(NULL, 0);

	if (!err)
		err = sandbox_enter(SANDBOX_READ);
	if (err)
		log_line("cannot drop privileges: %s; going on with them", strerror(-err));
}

int replay_with(const struct options *options, const struct front *front)
{
	const struct pipeline_show show = { front ? front->report : NULL, front ? front->context : NULL };
	struct playback *playback;
	char message[512];
	int status;

	if (options->arguments_count != 1) {
		log_line("replay takes one file: rsttrace replay FILE (rsttrace --raw FILE makes it)");
		return EXIT_USAGE;
	}
	if (playback_open(options->arguments[0], options, front ? &show : NULL, &playback, message, sizeof(message))) {
		log_line("%s", message);
		return EXIT_FAILED;
	}
	give_up_everything();
	status = replay_run(playback, front, options->arguments[0]);
	playback_close(playback);
	return status;
}

int command_replay(const struct options *options)
{
	return replay_with(options, NULL);
}
