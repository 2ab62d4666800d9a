/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The values of the report's options: points in time, periods, one end of a connection. */
#include <errno.h>
#include <string.h>
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
	const char *colon = strrchr(value, ':');
	size_t length = colon ? (size_t)(colon - value) : 0;
	bool has_brackets = length > 2 && value[0] == '[' && value[length - 1] == ']';
	char address[64];
	unsigned int prefix;
	uint64_t port = 0;

	if (has_brackets) {
		value++;
		length -= 2;
	}
	if (length && length < sizeof(address)) {
		memcpy(address, value, length);
		address[length] = '\0';
		if (!strchr(address, '/') && (has_brackets || !strchr(address, ':')) &&
		    !text_parse_cidr(address, options->connection.address, &prefix) &&
		    !text_parse_unsigned(colon + 1, 1, UINT16_MAX, &port)) {
			options->connection.port = (uint16_t)port;
			options->has_connection = true;
			return 0;
		}
	}
	return cli_refuse_value(message, size, "connection", value - has_brackets,
				"is not like 10.0.3.7:5432 or [2001:db8::1]:443");
}
