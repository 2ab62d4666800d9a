/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* `rsttrace export`: what `rsttrace` would print goes where fleets look. */
#include "commands.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../export/clickhouse.h"
#include "../export/endpoint.h"
#include "../export/otlp.h"
#include "../util/log.h"
#include "../util/text.h"
#include "front.h"

#define OTLP_HEADERS "OTEL_EXPORTER_OTLP_HEADERS" /* of OpenTelemetry's own exporters */
#define OTLP_WAITING_BYTES (32u << 20)
#define SPOOL_BYTES (256u << 20)
#define CLICKHOUSE_USER "default" /* its own */
#define CLICKHOUSE_PASSWORD "RSTTRACE_CLICKHOUSE_PASSWORD"
#define SECRET_BYTES 512
#define DESTINATIONS_MAX METRICS_SENDINGS

/* A server that is told of each death. */
struct destination {
	const char *server; /* in metrics */
	const char *url;
	struct shipper *shipper;
	char *prefix;
	char *(*record)(const struct export_host *host, const struct report *report, const char *id);
};

struct export {
	const struct options *options;
	struct export_host host;
	uint64_t number; /* of the next death */
	struct endpoint *endpoint; /* NULL: no metrics */
	struct destination destinations[DESTINATIONS_MAX];
	unsigned int destinations_count;
	struct clickhouse clickhouse;
	char password[SECRET_BYTES]; /* of ClickHouse */
	char message[512];
};

static int begin(void *context, const struct source_info *info, const struct join_names *names)
{
	struct export *export = context;
	const struct endpoint_address *metrics = &export->options->metrics;
	char at[64];

	(void)names;
	if (!export->endpoint)
		return 0;
	endpoint_begin(export->endpoint, info->kernel, info->tier);
	log_line("metrics at http://%s/metrics", text_endpoint(at, sizeof(at), metrics->address, metrics->port));
	return 0;
}

static int take_report(void *context, const struct report *report)
{
	struct export *export = context;
	char id[EXPORT_ID_BYTES];

	if (export->endpoint)
		endpoint_report(export->endpoint, report);
	export_id(&export->host, export->number++, id);
	for (unsigned int i = 0; i < export->destinations_count; i++) {
		char *json = export->destinations[i].record(&export->host, report, id);

		if (!json)
			return -ENOMEM;
		shipper_put(export->destinations[i].shipper, json);
		free(json);
	}
	return 0;
}

static void show_sending(struct export *export, unsigned int index)
{
	const struct destination *destination = &export->destinations[index];
	const struct shipper_counts counts = shipper_counts(destination->shipper);
	const struct metrics_sending sending = { destination->server, counts.sent, counts.waiting, counts.dropped };

	endpoint_sending(export->endpoint, index, &sending);
}

static int step(void *context, uint64_t now_ns, const uint64_t *lost)
{
	struct export *export = context;

	(void)now_ns;
	if (export->endpoint)
		endpoint_lost(export->endpoint, *lost);
	for (unsigned int i = 0; i < export->destinations_count; i++) {
		if (export->endpoint)
			show_sending(export, i);
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
	destination->server = "otlp";
	destination->record = otlp_record;
	destination->prefix = (char *)options.server.prefix;
	if (!destination->prefix)
		return -ENOMEM;
	return shipper_open(&options, &destination->shipper, export->message, sizeof(export->message));
}

/* The first line of the file, or what the environment holds. */
static int read_password(struct export *export)
{
	const char *path = export->options->password_file, *given = getenv(CLICKHOUSE_PASSWORD);
	FILE *file = path ? fopen(path, "re") : NULL;
	int err = 0;

	if (path && (!file || (!fgets(export->password, sizeof(export->password), file) && ferror(file)))) {
		err = -errno;
		snprintf(export->message, sizeof(export->message), "cannot read the password in %s: %s", path,
			 strerror(errno));
	} else if (!path && given) {
		snprintf(export->password, sizeof(export->password), "%s", given);
	}
	export->password[strcspn(export->password, "\r\n")] = '\0';
	if (file)
		fclose(file);
	return err;
}

static int open_clickhouse(struct export *export)
{
	const struct options *given = export->options;
	struct shipper_options options = {
		.server = clickhouse_server(&export->clickhouse),
		.http = {
			.url = given->clickhouse,
			.secret = "a file for --password-file",
			.user = CLICKHOUSE_USER,
			.content_type = CLICKHOUSE_TYPE,
		},
		.folder = given->spool ? given->spool : SPOOL_PATH,
		.max_bytes = given->spool_max_bytes ? given->spool_max_bytes : SPOOL_BYTES,
	};
	struct destination *destination = &export->destinations[export->destinations_count++];
	int err = read_password(export);

	destination->url = options.http.url;
	destination->server = "clickhouse";
	destination->record = clickhouse_row;
	options.http.password = *export->password ? export->password : NULL;
	if (!given->spool)
		mkdir(SPOOL_PARENT, 0700);
	if (!err)
		err = shipper_open(&options, &destination->shipper, export->message, sizeof(export->message));
	return err;
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
	if (!err && options->clickhouse)
		err = open_clickhouse(export);
	return err;
}

/* Threads that watch nothing do not have what watching takes: so they begin before it. */
static int start_all(struct export *export)
{
	int err = export->endpoint ? endpoint_start(export->endpoint) : 0;

	for (unsigned int i = 0; !err && i < export->destinations_count; i++)
		err = shipper_start(export->destinations[i].shipper);
	if (err)
		snprintf(export->message, sizeof(export->message), "cannot start to export: %s", strerror(-err));
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
		while (shipper_news(destination->shipper, export->message, sizeof(export->message)))
			log_line("%s", export->message);
		log_line("%" PRIu64 " incidents sent to %s, %" PRIu64 " wait, %" PRIu64 " dropped", counts.sent,
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

	if (!err)
		err = start_all(&export);
	if (err) {
		log_line("%s", export.message);
		status = err == -EINVAL ? EXIT_USAGE : EXIT_FAILED;
	} else {
		status = live_with(options, &front);
		if (!finish(&export) && status == EXIT_DONE)
			status = EXIT_FAILED;
	}
	close_all(&export);
	return status;
}
