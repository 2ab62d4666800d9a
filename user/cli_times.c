/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The values of options that say how long. */
#include <errno.h>

#include "cli.h"
#include "cli_private.h"
#include "util/text.h"

#define WATCH_DEFAULT "2"

int cli_parse_duration(const char *what, const char *value, uint64_t *ret_ns, char *message, size_t size)
{
	int err = text_parse_duration(value, ret_ns);

	/* Half of the range stays free for whoever adds it to a time. */
	if (err == -ERANGE || (!err && *ret_ns > INT64_MAX))
		return cli_refuse_value(message, size, what, value, "is not between 1 ns and 292 years");
	if (err)
		return cli_refuse_value(message, size, what, value, "is not like 30, 0.5, 300ms, 10s, 5m, 2h or 7d");
	return 0;
}

int cli_set_duration(struct options *options, const char *value, char *message, size_t size)
{
	return cli_parse_duration("duration", value, &options->duration_ns, message, size);
}

int cli_set_watch(struct options *options, const char *value, char *message, size_t size)
{
	return cli_parse_duration("interval", value ? value : WATCH_DEFAULT, &options->watch_ns, message, size);
}

int cli_set_interval(struct options *options, const char *value, char *message, size_t size)
{
	return cli_parse_duration("interval", value, &options->interval_ns, message, size);
}

int cli_set_silence(struct options *options, const char *value, char *message, size_t size)
{
	return cli_parse_duration("silence", value, &options->silence_ns, message, size);
}
