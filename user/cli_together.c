/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Options that make no sense beside each other. */
#include <string.h>

#include "cli.h"
#include "cli_private.h"
#include "explain/causes.h"

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
	/* The kernel counts by namespace: what the kernel side leaves out by port or address would be missing. */
	if (options->reconcile && (options->ports_count || options->addresses_count))
		return cli_refuse(message, size, "--reconcile counts all connections: it does not go with --%s",
				  options->ports_count ? "port" : "addr");
	return 0;
}
