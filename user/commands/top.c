/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* `rsttrace top [FILE]`: the deaths of this host, or of a recording, by process and cause, in the terminal. */
#include "commands.h"
#include "front.h"

#include <stdio.h>
#include <unistd.h>

#include "../top/guard.h"
#include "../top/terminal.h"
#include "../top/top.h"
#include "../util/log.h"

struct top_command {
	const struct options *options;
	struct top *top;
	struct guard_link *link;
	char source[64];
};

static int show_report(void *context, const struct report *report)
{
	top_report(((struct top_command *)context)->top, report);
	return 0;
}

static int begin(void *context, const struct source_info *info, const struct join_names *names)
{
	struct top_command *command = context;

	(void)names;
	snprintf(command->source, sizeof(command->source), "%stier %s",
		 command->options->arguments_count ? "recording, " : "", info->tier);
	return top_begin(command->top, command->source, info->wall_offset_ns, command->link);
}

static int step(void *context, uint64_t now_ns, const uint64_t *lost)
{
	return top_step(((struct top_command *)context)->top, now_ns, lost);
}

static void end(void *context)
{
	top_end(((struct top_command *)context)->top);
}

/* In the process that the guard waits for. */
static int run(void *context, struct guard_link *link)
{
	struct top_command *command = context;
	const struct options *options = command->options;
	const struct front front = {
		.keys = STDIN_FILENO,
		.report = show_report,
		.begin = begin,
		.step = step,
		.end = end,
		.context = command,
	};
	int status = EXIT_FAILED;

	command->link = link;
	command->top = top_new();
	if (command->top)
		status = options->arguments_count ? replay_with(options, &front) :
						    live_with(options, &front);
	else
		log_line("out of memory");
	top_free(command->top);
	return status;
}

int command_top(const struct options *options)
{
	struct top_command command = { .options = options };
	char message[256];

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
		log_line(
			"top needs a terminal, and %s is none: rsttrace without a verb prints lines",
			isatty(STDIN_FILENO) ? "stdout" : "stdin");
		return EXIT_USAGE;
	}
	if (terminal_check(message, sizeof(message))) {
		log_line("%s", message);
		return EXIT_FAILED;
	}
	return guard_run(run, &command);
}
