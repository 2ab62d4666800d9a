/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The values of the flight recorder's options: how long, how much. And what there is in the place of a verb without
 * its library. */
#include <errno.h>
#include <string.h>

#include "cli.h"
#include "cli_private.h"
#include "util/log.h"
#include "util/text.h"

#define SIZE_MIN (4ull << 20)
#define SIZE_MAX_BYTES (1ull << 44)

int cli_absent(const struct options *options)
{
	bool is_export = !strcmp(options->verb, "export");

	log_line("this build cannot %s: %s was not there when it was made; get %s, build again", options->verb,
		 is_export ? "libmicrohttpd or libcurl" : "SQLite 3.37",
		 is_export ? "libmicrohttpd-dev and libcurl4-openssl-dev" : "libsqlite3-dev");
	return EXIT_CANNOT;
}

int cli_set_keep(struct options *options, const char *value, char *message, size_t size)
{
	return cli_parse_duration("time", value, &options->keep_ns, message, size);
}

static int parse_size(const char *value, uint64_t *ret_bytes, char *message, size_t size)
{
	int err = text_parse_bytes(value, ret_bytes);

	if (err == -EINVAL)
		return cli_refuse_value(message, size, "size", value, "is not like 64M, 2G or 1T");
	if (err || *ret_bytes < SIZE_MIN || *ret_bytes > SIZE_MAX_BYTES)
		return cli_refuse_value(message, size, "size", value, "is not between 4M and 16T");
	return 0;
}

int cli_set_max_size(struct options *options, const char *value, char *message, size_t size)
{
	return parse_size(value, &options->max_bytes, message, size);
}

int cli_set_raw_max(struct options *options, const char *value, char *message, size_t size)
{
	return parse_size(value, &options->raw_max_bytes, message, size);
}

int cli_set_spool_max(struct options *options, const char *value, char *message, size_t size)
{
	return parse_size(value, &options->spool_max_bytes, message, size);
}
