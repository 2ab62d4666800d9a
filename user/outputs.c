/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* See outputs.h. */
#include "outputs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "sinks/sink.h"

#define OUTPUTS_MAX 8

struct open_output {
	const struct sink *sink;
	FILE *file;
	void *state;
};

struct outputs {
	FILE *standard;
	struct open_output outputs[OUTPUTS_MAX];
	unsigned int count;
};

static unsigned int terminal_width(FILE *file)
{
	struct winsize window;

	if (!isatty(fileno(file)))
		return 0;
	if (ioctl(fileno(file), TIOCGWINSZ, &window) || !window.ws_col)
		return 80;
	return window.ws_col;
}

static int open_output(struct outputs *outputs, const struct options *options, const struct output *wanted,
		       char *message, size_t size)
{
	struct open_output *output = &outputs->outputs[outputs->count];
	struct sink_options sink_options = {
		.utc = options->utc,
		.verbose = options->verbose,
		.kernel_stack = options->kernel_stack,
		.user_stack = options->user_stack,
		.stalled = !strcmp(options->verb, "stalled"),
	};

	output->sink = sink_find(wanted->name);
	output->file = NULL;
	if (!output->sink->place)
		output->file = wanted->file ? fopen(wanted->file, "we") : outputs->standard;
	if (!output->file && !output->sink->place) {
		snprintf(message, size, "cannot write %s: %s", wanted->file, strerror(errno));
		return -errno;
	}
	sink_options.width = output->file ? terminal_width(wanted->file ? output->file : stdout) : 0;
	sink_options.colour = sink_options.width && !getenv("NO_COLOR");
	output->state = output->sink->open(output->file, &sink_options);
	if (!output->state) {
		snprintf(message, size, "cannot start the output %s%s%s: %s", wanted->name,
			 output->sink->place ? " to " : "", output->sink->place ? output->sink->place : "",
			 strerror(errno));
		return -errno;
	}
	outputs->count++;
	return 0;
}

int outputs_open(const struct options *options, FILE *standard, struct outputs **ret_outputs, char *message,
		 size_t size)
{
	static const struct output table = { .name = "table" };
	struct outputs *outputs = calloc(1, sizeof(*outputs));
	int err = 0;

	if (!outputs) {
		snprintf(message, size, "out of memory");
		return -ENOMEM;
	}
	outputs->standard = standard;
	if (!options->outputs_count && standard)
		err = open_output(outputs, options, &table, message, size);
	for (unsigned int i = 0; !err && i < options->outputs_count; i++)
		err = open_output(outputs, options, &options->outputs[i], message, size);
	if (err)
		outputs_close(outputs);
	else
		*ret_outputs = outputs;
	return err;
}

bool outputs_use_stdout(const struct options *options)
{
	bool uses = !options->outputs_count;

	for (unsigned int i = 0; i < options->outputs_count; i++)
		uses |= !options->outputs[i].file;
	return uses;
}

void outputs_begin(struct outputs *outputs)
{
	for (unsigned int i = 0; i < outputs->count; i++) {
		if (outputs->outputs[i].sink->begin)
			outputs->outputs[i].sink->begin(outputs->outputs[i].state);
	}
}

int outputs_report(struct outputs *outputs, const struct report *report)
{
	int err = 0;

	for (unsigned int i = 0; !err && i < outputs->count; i++)
		err = outputs->outputs[i].sink->report(outputs->outputs[i].state, report);
	return err;
}

int outputs_flush(struct outputs *outputs)
{
	int err = 0;

	for (unsigned int i = 0; i < outputs->count; i++) {
		if (outputs->outputs[i].file && fflush(outputs->outputs[i].file) && !err)
			err = -errno;
	}
	return err;
}

int outputs_close(struct outputs *outputs)
{
	int err;

	if (!outputs)
		return 0;
	err = outputs_flush(outputs);
	for (unsigned int i = 0; i < outputs->count; i++) {
		struct open_output *output = &outputs->outputs[i];

		output->sink->close(output->state);
		if (output->file && output->file != outputs->standard && fclose(output->file) && !err)
			err = -errno;
	}
	free(outputs);
	return err;
}
