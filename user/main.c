/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Reads the command line and runs the verb. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli.h"
#include "util/log.h"

int main(int argc, char *argv[])
{
	struct options options;
	char message[512];

	signal(SIGPIPE, SIG_IGN); /* a reader that closes the pipe is an error to return, not a way to die */
	if (cli_parse(argc, argv, &options, message, sizeof(message))) {
		log_line("%s", message);
		return EXIT_USAGE;
	}
	if (options.help) {
		cli_help(stdout);
		return EXIT_DONE;
	}
	if (options.version) {
		puts("rsttrace " RSTTRACE_VERSION);
		return EXIT_DONE;
	}
	if (options.utc)
		setenv("TZ", "UTC0", 1); /* for every clock time, in sentences too */
	return cli_verb(options.verb)->run(&options);
}
