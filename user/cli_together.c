/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Options that make no sense beside each other, or with a verb that takes them otherwise. */
#include <errno.h>
#include <string.h>

#include "cli.h"
#include "cli_private.h"
#include "explain/causes.h"
#include "sinks/sink.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

/* Of verbs that do not leave stdout to lines: `why`. */
static int check_files(const struct options *options, const char *why, char *message, size_t size)
{
	for (unsigned int i = 0; i < options->outputs_count; i++) {
		if (!options->outputs[i].file)
			return cli_refuse(message, size, "%s: give the output %s its own =FILE", why,
					  options->outputs[i].name);
	}
	return 0;
}

/* An output with a place of its own takes events, and these verbs say what is or was. */
static int check_places(const struct options *options, char *message, size_t size)
{
	for (unsigned int i = 0; i < options->outputs_count; i++) {
		if (sink_find(options->outputs[i].name)->place)
			return cli_refuse(message, size, "output %s takes deaths as they happen: not those of %s",
					  options->outputs[i].name, options->verb);
	}
	return 0;
}

/* A recording was made with the hooks that it was made with. */
static int check_recording(const struct options *options, char *message, size_t size)
{
	const struct {
		const char *name;
		bool is_given;
	} live[] = {
		{ "duration", options->duration_ns },	  { "raw", options->raw },   { "tier", options->tier },
		{ "fingerprint", options->fingerprint }, { "deep", options->deep },
		{ "interval", options->interval_ns },
	};

	for (size_t i = 0; options->arguments_count && i < ARRAY_SIZE(live); i++) {
		if (live[i].is_given)
			return cli_refuse(message, size, "--%s makes no sense with a recording", live[i].name);
	}
	return 0;
}

static int check_export(const struct options *options, char *message, size_t size)
{
	if (!options->has_metrics && !options->otlp && !options->clickhouse)
		return cli_refuse(message, size, "export where to? --metrics answers Prometheus, --otlp and "
						 "--clickhouse send");
	if (!options->clickhouse && (options->password_file || options->spool || options->spool_max_bytes))
		return cli_refuse(message, size, "--%s is for --clickhouse",
				  options->password_file ? "password-file" : options->spool ? "spool" : "spool-max");
	return check_files(options, "export prints nothing", message, size);
}

int cli_check_together(const struct options *options, char *message, size_t size)
{
	bool is_living = !strcmp(options->verb, "stalled");

	if (!is_living && options->kinds[KIND_STALLED])
		return cli_refuse(message, size, "what is stalled has not died: rsttrace stalled lists it");
	for (unsigned int i = 0; i < options->causes_count; i++) {
		if ((cause_find(options->causes[i])->kind == KIND_STALLED) != is_living)
			return cli_refuse(message, size, "cause %s is told by rsttrace %s alone", options->causes[i],
					  is_living ? "live" : "stalled");
	}
	if ((is_living || !strcmp(options->verb, "report") || !strcmp(options->verb, "replay") ||
	     (!strcmp(options->verb, "top") && options->arguments_count)) &&
	    check_places(options, message, size))
		return -EINVAL;
	if (!strcmp(options->verb, "top") && check_files(options, "top has the terminal", message, size))
		return -EINVAL;
	if (!strcmp(options->verb, "top"))
		return check_recording(options, message, size);
	if (!strcmp(options->verb, "hist") && cli_check_hist(options, message, size))
		return -EINVAL;
	if (!strcmp(options->verb, "hist"))
		return check_recording(options, message, size);
	if (!strcmp(options->verb, "record") && check_files(options, "record prints nothing", message, size))
		return -EINVAL;
	if (!strcmp(options->verb, "export") && check_export(options, message, size))
		return -EINVAL;
	/* The kernel counts by namespace: what the kernel side leaves out by port or address would be missing. */
	if (options->reconcile && (options->ports_count || options->addresses_count))
		return cli_refuse(message, size, "--reconcile counts all connections: it does not go with --%s",
				  options->ports_count ? "port" : "addr");
	return 0;
}
