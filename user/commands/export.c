/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* `rsttrace export`: what `rsttrace` would print goes where fleets look. */
#include "commands.h"

#include <errno.h>

#include "../export/endpoint.h"
#include "../util/log.h"
#include "../util/text.h"
#include "front.h"

struct export {
	const struct options *options;
	struct endpoint *endpoint;
	bool has_failed;
};

static int begin(void *context, const struct source_info *info, const struct join_names *names)
{
	struct export *export = context;
	char at[64];

	(void)names;
	if (endpoint_start(export->endpoint, info->kernel, info->tier)) {
		log_line("cannot answer scrapers: out of memory or threads");
		export->has_failed = true;
		return -ECANCELED;
	}
	log_line("metrics at http://%s/metrics", text_endpoint(at, sizeof(at), export->options->metrics.address,
							      export->options->metrics.port));
	return 0;
}

static int take_report(void *context, const struct report *report)
{
	endpoint_report(((struct export *)context)->endpoint, report);
	return 0;
}

static int step(void *context, uint64_t now_ns, const uint64_t *lost)
{
	(void)now_ns;
	endpoint_lost(((struct export *)context)->endpoint, *lost);
	return 0;
}

/* More may come: what waits in the ring buffer is told after it. */
static void end(void *context)
{
	(void)context;
}

int command_export(const struct options *options)
{
	struct export export = { .options = options };
	const struct front front = {
		.keys = -1,
		.report = take_report,
		.begin = begin,
		.step = step,
		.end = end,
		.context = &export,
	};
	char message[256];
	int status;

	if (endpoint_open(options->metrics.address, options->metrics.port, &export.endpoint, message,
			  sizeof(message))) {
		log_line("%s", message);
		return EXIT_FAILED;
	}
	status = live_with(options, &front);
	endpoint_close(export.endpoint);
	return status == EXIT_DONE && export.has_failed ? EXIT_FAILED : status;
}
