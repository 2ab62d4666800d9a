/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The options of hist: how many rows, by what, in which form. */
#include <errno.h>
#include <string.h>

#include "cli.h"
#include "cli_private.h"
#include "hist/hist.h"
#include "util/text.h"

#define KEYS_MAX 16

int cli_set_top(struct options *options, const char *value, char *message, size_t size)
{
	if (text_parse_unsigned(value, 1, UINT32_MAX, &options->top))
		return cli_refuse_value(message, size, "number of rows", value, "is not a number from 1 on");
	return 0;
}

int cli_check_hist(const struct options *options, char *message, size_t size)
{
	const char *names[KEYS_MAX];
	const struct hist_by *by;
	size_t count = 0;

	for (; count < KEYS_MAX && (by = hist_by_at(count)); count++)
		names[count] = by->name;
	if (!hist_by_find(options->by))
		return cli_refuse_name(message, size, "key", "", options->by, names, count);
	for (unsigned int i = 0; i < options->outputs_count; i++) {
		if (!hist_form_find(options->outputs[i].name))
			return cli_refuse(message, size, "hist has the outputs table and json, and not %s",
					  options->outputs[i].name);
	}
	return 0;
}
