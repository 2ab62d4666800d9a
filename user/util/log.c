/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Lines on stderr, each in one write so that they never mix with what another process or thread writes there. */
#include "log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LOG_PREFIX "rsttrace: "
#define LOG_LINE_BYTES 1024 /* with prefix and newline; the rest of a longer line is cut */

void log_line(const char *format, ...)
{
	const size_t prefix = strlen(LOG_PREFIX);
	char line[LOG_LINE_BYTES] = LOG_PREFIX;
	int saved_errno = errno;
	size_t length, i;
	ssize_t written;
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(line + prefix, sizeof(line) - prefix - 1, format, arguments);
	va_end(arguments);
	length = strlen(line);
	/* The last line of defence against a path or name that a caller has not escaped. */
	for (i = 0; i < length; i++) {
		if ((unsigned char)line[i] < ' ' || line[i] == 0x7f)
			line[i] = '?';
	}
	line[length++] = '\n';
	written = write(STDERR_FILENO, line, length);
	(void)written; /* when stderr cannot be written, there is nobody left to tell */
	errno = saved_errno;
}
