/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Watching, for the verbs that do more with it than print. */
#ifndef RSTTRACE_LIVE_H
#define RSTTRACE_LIVE_H

#include "../attach/session.h"
#include "../pipeline.h"

/* What a verb does beside the outputs. Each returns 0 or a negative errno, and has told the user why. */
struct live_also {
	/* Before the first record is read. *names are to be copied. */
	int (*begin)(void *context, const struct source_info *info, const struct join_names *names);
	/* Each record as it came; NULL: not wanted. */
	void (*record)(void *context, const void *bytes, size_t size);
	pipeline_report_fn report;
	/* Several times a second. -ECANCELED: end, as if a signal had come. */
	int (*step)(void *context, const struct session *session);
	void *context;
};

/* An exit status. `also` may be NULL. */
int live_watch(const struct options *options, const struct live_also *also);

#endif
