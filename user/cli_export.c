/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The values of the options of `rsttrace export`, and an address with a port. */
#include <string.h>

#include "cli.h"
#include "cli_private.h"
#include "util/text.h"

#define METRICS_AT "127.0.0.1:9435"

int cli_parse_endpoint(const char *what, const char *value, struct endpoint_address *ret_address, char *message,
		       size_t size)
{
	const char *colon = strrchr(value, ':');
	size_t length = colon ? (size_t)(colon - value) : 0;
	bool has_brackets = length > 2 && value[0] == '[' && value[length - 1] == ']';
	char address[64];
	unsigned int prefix;
	uint64_t port = 0;

	if (length - 2 * has_brackets < sizeof(address)) {
		memcpy(address, value + has_brackets, length - 2 * has_brackets);
		address[length - 2 * has_brackets] = '\0';
		if (*address && !strchr(address, '/') && (has_brackets || !strchr(address, ':')) &&
		    !text_parse_cidr(address, ret_address->address, &prefix) &&
		    !text_parse_unsigned(colon + 1, 1, UINT16_MAX, &port)) {
			ret_address->port = (uint16_t)port;
			return 0;
		}
	}
	return cli_refuse_value(message, size, what, value, "is not like 10.0.3.7:5432 or [2001:db8::1]:443");
}

int cli_set_metrics(struct options *options, const char *value, char *message, size_t size)
{
	options->has_metrics = true;
	return cli_parse_endpoint("address", value ? value : METRICS_AT, &options->metrics, message, size);
}
