/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* `rsttrace report`: what happened, from a database of rsttrace record or a raw recording. */
#include "commands.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "../report/digest_json.h"
#include "../report/packets.h"
#include "../report/page.h"
#include "../report/text.h"
#include "../util/log.h"
#include "../util/text.h"
#include "report_source.h"

#define SECOND_NS 1000000000LL
#define DEFAULT_NS (3600 * SECOND_NS)
#define DEFAULT_BY "cause,process"
#define WIDTH 80

struct reporting {
	const struct options *options;
	struct report_source source;
	struct key_list by;
	struct digest digest;
	char message[512];
};

/* The command line has been checked. */
static int64_t time_of(const struct options *options, const char *text, int64_t otherwise_ns)
{
	int64_t now_ns = time(NULL) * SECOND_NS, ns = otherwise_ns;

	if (text)
		text_parse_time(text, now_ns, options->utc, &ns);
	return ns;
}

static struct period wanted_period(const struct reporting *report)
{
	const struct options *options = report->options;
	int64_t now_ns = time(NULL) * SECOND_NS;
	struct period period;

	if (report->source.is_recording)
		return (struct period){ time_of(options, options->since, 0), time_of(options, options->until, 0) };
	period.to_ns = time_of(options, options->until, now_ns + SECOND_NS);
	period.from_ns = time_of(options, options->since, period.to_ns - DEFAULT_NS);
	return period;
}

static struct text_options text_options(const struct options *options)
{
	struct winsize window;
	bool is_terminal = isatty(STDOUT_FILENO);
	struct text_options text = {
		.utc = options->utc,
		.verbose = options->verbose,
		.colour = is_terminal && !getenv("NO_COLOR"),
		.width = WIDTH,
	};

	if (is_terminal && !ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) && window.ws_col >= WIDTH)
		text.width = window.ws_col;
	return text;
}

static int make(struct reporting *report)
{
	const struct digest_wanted wanted = {
		.options = report->options,
		.path = report->source.path,
		.is_recording = report->source.is_recording,
		.period = wanted_period(report),
		.by = &report->by,
		.has_baseline = true,
	};

	if (wanted.period.to_ns && wanted.period.from_ns >= wanted.period.to_ns) {
		snprintf(report->message, sizeof(report->message), "--until is not after --since");
		return -EINVAL;
	}
	return digest_make(report->source.archive, &wanted, &report->digest, report->message, sizeof(report->message));
}

static int write_table(struct reporting *report, FILE *out)
{
	const struct text_options text = text_options(report->options);

	return digest_write_text(&report->digest, report->source.archive, &text, out, report->message,
				 sizeof(report->message));
}

static int write_json(struct reporting *report, FILE *out)
{
	json_t *root = digest_json(&report->digest, report->source.archive, report->message, sizeof(report->message));
	int err = root ? 0 : -EIO;

	if (root)
		json_dumpf(root, out, JSON_COMPACT);
	fputc('\n', out);
	json_decref(root);
	return err;
}

static int write_packets(struct reporting *report, FILE *out)
{
	return packets_write(&report->digest, report->source.archive, out, report->message, sizeof(report->message));
}

/* How a report is what the names of outputs say. */
static const struct {
	const char *name;
	int (*write)(struct reporting *report, FILE *out);
} writers[] = {
	{ "table", write_table },
	{ "json", write_json },
	{ "pcapng", write_packets },
};

static int fail_output(struct reporting *report, const char *file)
{
	int err = errno ? -errno : -EIO;

	if (err == -EPIPE)
		return 0; /* the reader has seen enough */
	snprintf(report->message, sizeof(report->message), "cannot write %s: %s", file ? file : "the report",
		 strerror(-err));
	return err;
}

static int write_file(struct reporting *report, const char *file, int (*write)(struct reporting *report, FILE *out))
{
	FILE *out = file ? fopen(file, "we") : stdout;
	int err;

	if (!out)
		return fail_output(report, file);
	err = write(report, out);
	if (!err && (fflush(out) || ferror(out)))
		err = fail_output(report, file);
	if (file && fclose(out) && !err)
		err = fail_output(report, file);
	return err;
}

static int write_output(struct reporting *report, const struct output *output)
{
	for (size_t i = 0; i < sizeof(writers) / sizeof(*writers); i++) {
		if (!strcmp(writers[i].name, output->name))
			return write_file(report, output->file, writers[i].write);
	}
	return 0;
}

static int write_page(struct reporting *report, FILE *out)
{
	return page_write(&report->digest, report->source.archive, report->options->utc, out, report->message,
			  sizeof(report->message));
}

static int write_out(struct reporting *report)
{
	static const struct output table = { .name = "table" };
	const struct options *options = report->options;
	int err = 0;

	if (options->html)
		err = write_file(report, options->html, write_page);
	else if (!options->outputs_count)
		err = write_output(report, &table);
	for (unsigned int i = 0; !err && i < options->outputs_count; i++)
		err = write_output(report, &options->outputs[i]);
	return err;
}

int command_report(const struct options *options)
{
	struct reporting report = { .options = options };
	int err;

	if (keys_parse(options->by ? options->by : DEFAULT_BY, &report.by, report.message, sizeof(report.message))) {
		log_line("%s", report.message);
		return EXIT_USAGE;
	}
	err = report_source_open(&report.source, options);
	if (err || report.source.is_damaged)
		log_line("%s", report.source.message);
	if (!err) {
		err = make(&report);
		if (!err)
			err = write_out(&report);
		if (err)
			log_line("%s", report.message);
		digest_free(&report.digest);
	}
	report_source_close(&report.source);
	return err ? EXIT_FAILED : EXIT_DONE;
}
