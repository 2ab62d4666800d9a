/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A recording, from its file through the pipeline: replay prints it, report looks at all of it. */
#ifndef RSTTRACE_PLAYBACK_H
#define RSTTRACE_PLAYBACK_H

#include "pipeline.h"

struct playback;

/* `show` as in pipeline_open(). 0, or a negative errno with a sentence in message[size]. */
int playback_open(const char *path, const struct options *options, const struct pipeline_show *show,
		  struct playback **ret_playback, char *message, size_t size);
const struct source_info *playback_info(const struct playback *playback);
/* Everything in it. 0, also where an output's reader has gone or --count is
 * reached; -EBADMSG with where it is damaged in message[size], all before that having been told; or another negative
 * errno with a sentence in message[size]. */
int playback_run(struct playback *playback, char *message, size_t size);
/* NULL: not one record was read. */
struct pipeline *playback_pipeline(const struct playback *playback);
void playback_close(struct playback *playback); /* NULL is fine */

#endif
