/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* `rsttrace export`: what `rsttrace` would print goes where fleets look. */
#include "commands.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../export/endpoint.h"
#include "../export/otlp.h"
#include "../util/log.h"
#include "../util/text.h"
#include "front.h"

#define OTLP_HEADERS "OTEL_EXPORTER_OTLP_HEADERS" /* of OpenTelemetry's own exporters */
#define OTLP_WAITING_BYTES (32u << 20)
#define DESTINATIONS_MAX 1

/* A server that is told of each death. */
struct destination {
	const char *url;
	struct shipper *shipper;
	char *prefix;
	char *(*record)(const struct report *report, const char *id);
};

struct export {
	const struct options *options;
	struct export_host host;
	uint64_t number; /* of the next death */
	struct endpoint *endpoint; /* NULL: no metrics */
	struct destination destinations[DESTINATIONS_MAX];
	unsigned int destinations_count;
	bool has_failed;
	char message[512];
};

static int begin(void *context, const struct source_info *info, const struct join_names *names)
{
	struct export *export = context;
	const struct endpoint_address *metrics = &export->options->metrics;
	char at[64];
	int err = 0;

	(void)names;
	if (export->endpoint)
		err = endpoint_start(export->endpoint, info->kernel, info->tier);
	if (!err && export->endpoint)
		log_line("metrics at http://%s/metrics",
			 text_endpoint(at, sizeof(at), metrics->address, metrics->port));
	for (unsigned int i = 0; !err && i < export->destinations_count; i++)
		err = shipper_start(export->destinations[i].shipper);
	if (!err)
		return 0;
	log_line("cannot start to export: %s", strerror(-err));
	export->has_failed = true;
	return -ECANCELED;
}

static int take_report(void *context, const struct report *report)
{
	struct export *export = context;
	char id[EXPORT_ID_BYTES];

	if (export->endpoint)
		endpoint_report(export->endpoint, report);
	export_id(&export->host, export->number++, id);
	for (unsigned int i = 0; i < export->destinations_count; i++) {
		char *json = export->destinations[i].record(report, id);

		if (!json)
			return -ENOMEM;
		shipper_put(export->destinations[i].shipper, json);
		free(json);
	}
	return 0;
}

static int step(void *context, uint64_t now_ns, const uint64_t *lost)
{
	struct export *export = context;

	(void)now_ns;
	if (export->endpoint)
		endpoint_lost(export->endpoint, *lost);
	for (unsigned int i = 0; i < export->destinations_count; i++) {
		if (shipper_news(export->destinations[i].shipper, export->message, sizeof(export->message)))
			log_line("%s", export->message);
	}
	return 0;
}

/* More may come: what waits in the ring buffer is told after it. */
static void end(void *context)
{
	(void)context;
}

static int open_otlp(struct export *export)
{
	struct shipper_options options = {
		.server = otlp_server(&export->host),
		.http = {
			.url = export->options->otlp,
			.path = OTLP_PATH,
			.secret = OTLP_HEADERS " in the environment",
			.headers = getenv(OTLP_HEADERS),
			.content_type = OTLP_TYPE,
		},
		.max_bytes = OTLP_WAITING_BYTES,
	};
	struct destination *destination = &export->destinations[export->destinations_count++];

	destination->url = options.http.url;
	destination->record = otlp_record;
	destination->prefix = (char *)options.server.prefix;
	if (!destination->prefix)
		return -ENOMEM;
	return shipper_open(&options, &destination->shipper, export->message, sizeof(export->message));
}

/* All that can be known to be wrong before anything is watched. */
static int open_all(struct export *export)
{
	const struct options *options = export->options;
	int err = 0;

	snprintf(export->message, sizeof(export->message), "out of memory");
	export_host(&export->host);
	if (options->has_metrics)
		err = endpoint_open(options->metrics.address, options->metrics.port, &export->endpoint, export->message,
				    sizeof(export->message));
	if (!err && options->otlp)
		err = open_otlp(export);
	return err;
}

/* Whether all that was seen is where it should be. */
static bool finish(struct export *export)
{
	bool is_complete = true;

	for (unsigned int i = 0; i < export->destinations_count; i++) {
		struct destination *destination = &export->destinations[i];
		struct shipper_counts counts;

		if (!destination->shipper)
			continue;
		counts = shipper_finish(destination->shipper);
		if (shipper_news(destination->shipper, export->message, sizeof(export->message)))
			log_line("%s", export->message);
		log_line("%" PRIu64 " deaths sent to %s, %" PRIu64 " wait, %" PRIu64 " dropped", counts.sent,
			 destination->url, counts.waiting, counts.dropped);
		is_complete &= !counts.dropped;
	}
	return is_complete;
}

static void close_all(struct export *export)
{
	endpoint_close(export->endpoint);
	for (unsigned int i = 0; i < export->destinations_count; i++) {
		shipper_close(export->destinations[i].shipper);
		free(export->destinations[i].prefix);
	}
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
	int err = open_all(&export), status;

	if (err) {
		log_line("%s", export.message);
		status = err == -EINVAL ? EXIT_USAGE : EXIT_FAILED;
	} else {
		status = live_with(options, &front);
		if ((!finish(&export) || export.has_failed) && status == EXIT_DONE)
			status = EXIT_FAILED;
	}
	close_all(&export);
	return status;
}
