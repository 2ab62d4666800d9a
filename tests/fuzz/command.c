/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Command lines: parsed, refused in one printable line, and what they select tried on a death. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../user/cli.h"
#include "../../user/filter.h"
#include "../unit/sample.h"

#define WORDS_MAX 64
#define LINE_BYTES 4096

/* One line for the terminal, whatever was written on the command line. */
static void assert_sentence(const char *message)
{
	if (!*message)
		abort();
	for (; *message; message++) {
		if ((unsigned char)*message < ' ' || *message == 0x7f)
			abort();
	}
}

static void select_with(const struct options *options)
{
	const struct filter filter = { .options = options };
	struct sample sample;

	sample_hostile(&sample);
	filter_wants(&filter, &sample.report);
	sample_ipv6(&sample);
	filter_wants(&filter, &sample.report);
	sample_bare(&sample);
	filter_wants(&filter, &sample.report);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* Words end with a zero byte, or with the input. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	char line[LINE_BYTES + 1] = "", name[] = "rsttrace", *argv[WORDS_MAX + 1] = { name }, *word = line;
	struct options options;
	char message[256] = "";
	int argc = 1;

	if (size > LINE_BYTES)
		return 0;
	memcpy(line, bytes, size);
	for (; word < line + size && argc < WORDS_MAX; word += strlen(word) + 1)
		argv[argc++] = word;
	if (cli_parse(argc, argv, &options, message, sizeof(message)))
		assert_sentence(message);
	else if (!cli_verb(options.verb))
		abort();
	else
		select_with(&options);
	return 0;
}
