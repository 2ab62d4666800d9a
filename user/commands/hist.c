/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* `rsttrace hist [FILE]`: how the connections of each process die, counted in the kernel; or those of a recording. */
#include "commands.h"
#include "front.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "../hist/hist.h"
#include "../util/log.h"

#define OUTPUTS_MAX 8
#define SECOND_NS 1000000000ULL

struct hist_output {
	const struct hist_form *form;
	FILE *file;
};

struct hist {
	const struct options *options;
	struct hist_model *all;
	struct hist_model *interval; /* NULL: not asked for */
	struct hist_output outputs[OUTPUTS_MAX];
	unsigned int outputs_count;
	int64_t wall_offset_ns;
	uint64_t first_ns, last_ns; /* of the deaths of a recording */
	uint64_t begin_ns, interval_ns; /* CLOCK_BOOTTIME; when this interval began */
	int timer; /* of the intervals; -1: none */
	bool is_recording;
};

static int report(void *context, const struct report *report)
{
	struct hist *hist = context;
	uint64_t time_ns = report->incident->evidence.time_ns, last_ns = report->incident->last_ns;
	int err = hist_model_add(hist->all, report);

	if (!hist->first_ns || time_ns < hist->first_ns)
		hist->first_ns = time_ns;
	last_ns = last_ns > time_ns ? last_ns : time_ns;
	hist->last_ns = last_ns > hist->last_ns ? last_ns : hist->last_ns;
	return !err && hist->interval ? hist_model_add(hist->interval, report) : err;
}

static unsigned int width_of(FILE *file)
{
	struct winsize window;

	return !isatty(fileno(file)) || ioctl(fileno(file), TIOCGWINSZ, &window) ? 0 : window.ws_col;
}

static int show(struct hist *hist, struct hist_model *model, uint64_t from_ns, uint64_t to_ns, const uint64_t *lost)
{
	struct hist_picture picture = {
		.model = model,
		.from_wall_ns = from_ns + hist->wall_offset_ns,
		.to_wall_ns = to_ns + hist->wall_offset_ns,
		.is_interval = model == hist->interval,
		.has_lost = lost != NULL,
		.lost = lost ? *lost : 0,
		.top = hist->options->top,
		.utc = hist->options->utc,
	};
	int err = 0;

	hist_model_sort(model);
	for (unsigned int i = 0; !err && i < hist->outputs_count; i++) {
		FILE *file = hist->outputs[i].file;

		picture.width = width_of(file);
		err = hist->outputs[i].form->write(file, &picture);
		if (!err && fflush(file))
			err = -errno;
	}
	return err;
}

static int begin(void *context, const struct source_info *info, const struct join_names *names)
{
	struct hist *hist = context;
	uint64_t interval_ns = hist->options->interval_ns;
	const struct timespec every = { interval_ns / SECOND_NS, interval_ns % SECOND_NS };
	const struct itimerspec ticks = { every, every };
	struct timespec now;

	(void)names;
	clock_gettime(CLOCK_BOOTTIME, &now);
	hist->wall_offset_ns = info->wall_offset_ns;
	hist->begin_ns = hist->interval_ns = now.tv_sec * SECOND_NS + now.tv_nsec;
	return hist->timer >= 0 && timerfd_settime(hist->timer, 0, &ticks, NULL) ? -errno : 0;
}

static int show_interval(struct hist *hist, uint64_t now_ns, const uint64_t *lost)
{
	int err = show(hist, hist->interval, hist->interval_ns, now_ns, lost);

	hist_model_clear(hist->interval);
	hist->interval_ns = now_ns;
	return err;
}

static int step(void *context, uint64_t now_ns, const uint64_t *lost)
{
	struct hist *hist = context;
	uint64_t ticks;
	int err;

	if (hist->is_recording) {
		err = show(hist, hist->all, hist->first_ns, hist->last_ns, NULL);
		return err ? err : -ECANCELED;
	}
	return hist->timer >= 0 && read(hist->timer, &ticks, sizeof(ticks)) > 0 ? show_interval(hist, now_ns, lost) : 0;
}

static void end(void *context)
{
	(void)context; /* what is still in the ring buffer is told first: finish() */
}

static int finish(void *context, uint64_t now_ns, uint64_t lost)
{
	struct hist *hist = context;
	int err = 0;

	if (hist->interval && hist_model_sums(hist->interval)->deaths)
		err = show_interval(hist, now_ns, &lost);
	return err ? err : show(hist, hist->all, hist->begin_ns, now_ns, &lost);
}

static bool open_output(struct hist *hist, const char *name, const char *path)
{
	struct hist_output *output = &hist->outputs[hist->outputs_count];

	output->form = hist_form_find(name);
	output->file = path ? fopen(path, "we") : stdout;
	if (!output->file)
		log_line("cannot write %s: %s", path, strerror(errno));
	hist->outputs_count += output->file != NULL;
	return output->file;
}

static bool open_all(struct hist *hist)
{
	const struct options *options = hist->options;
	const struct hist_by *by = hist_by_find(options->by);
	bool is_open = true;

	hist->all = hist_model_new(by);
	hist->interval = options->interval_ns ? hist_model_new(by) : NULL;
	if (!hist->all || (options->interval_ns && !hist->interval)) {
		log_line("out of memory");
		return false;
	}
	hist->timer = hist->interval ? timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK) : -1;
	if (hist->interval && hist->timer < 0) {
		log_line("cannot make a timer: %s", strerror(errno));
		return false;
	}
	if (!options->outputs_count)
		return open_output(hist, hist_text.name, NULL);
	for (unsigned int i = 0; is_open && i < options->outputs_count; i++)
		is_open = open_output(hist, options->outputs[i].name, options->outputs[i].file);
	return is_open;
}

static int close_all(struct hist *hist, int status)
{
	for (unsigned int i = 0; i < hist->outputs_count; i++) {
		if (hist->outputs[i].file == stdout || !fclose(hist->outputs[i].file))
			continue;
		log_line("output failed: %s", strerror(errno));
		status = EXIT_FAILED;
	}
	if (hist->timer >= 0)
		close(hist->timer);
	hist_model_free(hist->all);
	hist_model_free(hist->interval);
	return status;
}

int command_hist(const struct options *options)
{
	struct options rest = *options; /* without the outputs, which are not for lines here */
	struct hist hist = { .options = options, .is_recording = options->arguments_count > 0 };
	struct front front = {
		.report = report,
		.begin = begin,
		.step = step,
		.end = end,
		.finish = finish,
		.counts_alike = true,
		.context = &hist,
	};
	int status = EXIT_FAILED;

	rest.outputs_count = 0;
	hist.timer = -1;
	if (open_all(&hist)) {
		front.keys = hist.timer;
		status = hist.is_recording ? replay_with(&rest, &front) : live_with(&rest, &front);
	}
	return close_all(&hist, status);
}
