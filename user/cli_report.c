/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The values of the report's options: points in time, periods, one end of a connection. */
#include <errno.h>
#include <time.h>

#include "cli.h"
#include "cli_private.h"
#include "util/text.h"

#define SECOND_NS 1000000000LL
#define NOT_A_TIME "is not like 10:40, \"2h ago\", \"yesterday 10:40\" or \"2026-01-02 10:40:05\""

/* Only whether it is one: which one it is depends on --utc, which may follow. */
static int check_time(const char *what, const char *value, char *message, size_t size)
{
	int64_t ns;
	int err = text_parse_time(value, time(NULL) * SECOND_NS, false, &ns);

	if (err == -ERANGE)
		return cli_refuse_value(message, size, what, value, "is before 1970");
	return err ? cli_refuse_value(message, size, what, value, NOT_A_TIME) : 0;
}

int cli_set_since(struct options *options, const char *value, char *message, size_t size)
{
	options->since = value;
	return check_time("time", value, message, size);
}

int cli_set_until(struct options *options, const char *value, char *message, size_t size)
{
	options->until = value;
	return check_time("time", value, message, size);
}

int cli_set_compare(struct options *options, const char *value, char *message, size_t size)
{
	int64_t from_ns, to_ns;
	int err = text_parse_period(value, time(NULL) * SECOND_NS, false, &from_ns, &to_ns);

	if (err == -ERANGE)
		return cli_refuse_value(message, size, "period", value, "does not end after it begins");
	if (err)
		return cli_refuse_value(message, size, "period", value,
					"is not two times with .. between them: 10:00..10:30 or \"2h ago..1h ago\"");
	options->compare[options->compare[0] != NULL] = value;
	return 0;
}

int cli_set_connection(struct options *options, const char *value, char *message, size_t size)
{
	options->has_connection = true;
	return cli_parse_endpoint("connection", value, &options->connection, message, size);
}
