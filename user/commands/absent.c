/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* In the place of verbs that need a library which was not there when this was built. */
#include "commands.h"

#include "../util/log.h"

int command_absent(const struct options *options)
{
	log_line("this build cannot %s: there was no SQLite when it was made; install libsqlite3-dev and build again",
		 options->verb);
	return EXIT_CANNOT;
}
