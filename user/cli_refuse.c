/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* How a wrong command line is refused: one line, with what was wrong made safe to print. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cli_private.h"
#include "util/text.h"

#define WRONG_BYTES 64 /* of a wrong word are repeated to the user */

int cli_refuse(char *message, size_t size, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(message, size, format, arguments);
	va_end(arguments);
	return -EINVAL;
}

int cli_refuse_value(char *message, size_t size, const char *what, const char *wrong,
		     const char *instead)
{
	char safe[WRONG_BYTES];

	text_printable(safe, sizeof(safe), wrong, strlen(wrong));
	return cli_refuse(message, size, "%s \"%s\" %s", what, safe, instead);
}

int cli_refuse_name(char *message, size_t size, const char *what, const char *prefix,
		    const char *wrong, const char *const *names, size_t count)
{
	const char *lister = strcmp(what, "cause") ? "--help" : "explain";
	const char *nearest = text_nearest(wrong, names, count);
	char safe[WRONG_BYTES];

	text_printable(safe, sizeof(safe), wrong, strlen(wrong));
	if (!nearest)
		return cli_refuse(message, size, "unknown %s \"%s%s\" (rsttrace %s lists them)",
				  what, prefix, safe, lister);
	return cli_refuse(message, size,
			  "unknown %s \"%s%s\": did you mean %s%s? (rsttrace %s lists them)", what,
			  prefix, safe, prefix, nearest, lister);
}
