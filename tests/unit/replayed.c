/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Every kind of death in a recording, quiet ones too. */
#include "replayed.h"

#include <stdio.h>

#include "../../user/playback.h"

int replayed_reports(const char *path, replayed_fn report, void *context)
{
	static const struct options options = {
		.verb = "record",
		.has_kinds = true,
		.kinds = { true, true, true, true, true, true, true },
	};
	const struct pipeline_show show = { report, context };
	struct playback *playback = NULL;
	char message[512];
	int err = playback_open(path, &options, &show, &playback, message, sizeof(message));

	if (!err)
		err = playback_run(playback, message, sizeof(message));
	if (err)
		fprintf(stderr, "%s: %s\n", path, message);
	playback_close(playback);
	return err;
}
