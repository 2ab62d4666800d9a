/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The list of outputs, and what they share. */
#include "sink.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "write.h"

extern const struct sink sink_table, sink_json, sink_pcapng, sink_journald;

/* The first is the default. */
const struct sink *const sinks[] = { &sink_table, &sink_json, &sink_pcapng, &sink_journald, NULL };

const struct sink *sink_find(const char *name)
{
	for (unsigned int i = 0; sinks[i]; i++)
		if (strcmp(sinks[i]->name, name) == 0)
			return sinks[i];
	return NULL;
}

int write_text(FILE *out, const char *text, size_t size)
{
	bool has_failed;

	errno = 0;
	has_failed = fwrite(text, 1, size, out) != size || ferror(out);
	if (!has_failed && isatty(fileno(out)))
		has_failed = fflush(out) != 0;
	if (!has_failed)
		return 0;
	return errno ? -errno : -EIO;
}
