/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* `rsttrace replay FILE`: a recording through the same pipeline. Needs no privileges. */
#include "commands.h"

#include <errno.h>

#include "../playback.h"
#include "../util/log.h"

static int replay_run(struct playback *playback, const char *path)
{
	char message[512], text[256];
	int err = playback_run(playback, NULL, NULL, message, sizeof(message));

	if (err == -EBADMSG)
		log_line("%s: %s", path, message);
	else if (err)
		log_line("%s", message);
	if (playback_pipeline(playback)) {
		pipeline_summary(playback_pipeline(playback), text, sizeof(text));
		log_line("%s", text);
	}
	return err ? EXIT_FAILED : EXIT_DONE;
}

int command_replay(const struct options *options)
{
	struct playback *playback;
	char message[512];
	int status;

	if (options->arguments_count != 1) {
		log_line("replay takes one file: rsttrace replay FILE (rsttrace --raw FILE makes it)");
		return EXIT_USAGE;
	}
	if (playback_open(options->arguments[0], options, &playback, message, sizeof(message))) {
		log_line("%s", message);
		return EXIT_FAILED;
	}
	status = replay_run(playback, options->arguments[0]);
	playback_close(playback);
	return status;
}
