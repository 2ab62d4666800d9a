/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* `rsttrace report`: what happened, from a database of rsttrace record or a raw recording. */
#include "commands.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "../report/compare.h"
#include "../report/connection.h"
#include "../report/digest_json.h"
#include "../report/packets.h"
#include "../report/page.h"
#include "../report/text.h"
#include "../util/log.h"
#include "../util/privileges.h"
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
	struct digest other; /* --compare: the second period */
	FILE *shown; /* what will go to stdout */
	char message[512];
};

/* What a name in --output means. */
struct form {
	const char *name;
	int (*write)(struct reporting *report, FILE *out);
};

/* The command line has been checked. */
static int64_t time_of(const struct options *options, const char *text, int64_t otherwise_ns)
{
	int64_t now_ns = time(NULL) * SECOND_NS, ns = otherwise_ns;

	if (text)
		text_parse_time(text, now_ns, options->utc, &ns);
	return ns;
}

/* The whole of a recording, else the last hour; of one connection all there is. */
static struct period wanted_period(const struct reporting *report)
{
	const struct options *options = report->options;
	int64_t now_ns = time(NULL) * SECOND_NS;
	struct period period;

	if (report->source.is_recording && !options->has_connection)
		return (struct period){ time_of(options, options->since, 0), time_of(options, options->until, 0) };
	period.to_ns = time_of(options, options->until, options->has_connection ? INT64_MAX : now_ns + SECOND_NS);
	period.from_ns = time_of(options, options->since, options->has_connection ? 0 : period.to_ns - DEFAULT_NS);
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

static int make_digest(struct reporting *report, struct period period, struct period before,
		       struct digest *ret_digest)
{
	const struct digest_wanted wanted = {
		.options = report->options,
		.path = report->source.path,
		.is_recording = report->source.is_recording,
		.period = period,
		.by = &report->by,
		.before = before,
	};

	return digest_make(report->source.archive, &wanted, ret_digest, report->message, sizeof(report->message));
}

/* The second is held against the first, the first against nothing. */
static int make_both(struct reporting *report)
{
	const struct period nothing = { 1, 1 };
	struct period periods[2];
	int err;

	for (int i = 0; i < 2; i++)
		text_parse_period(report->options->compare[i], time(NULL) * SECOND_NS, report->options->utc,
				  &periods[i].from_ns, &periods[i].to_ns);
	err = make_digest(report, periods[0], nothing, &report->digest);
	return err ? err : make_digest(report, periods[1], periods[0], &report->other);
}

static int make(struct reporting *report)
{
	const struct period just_before = { 0 };
	struct period period = wanted_period(report);

	if (report->options->compare[0])
		return make_both(report);
	if (period.to_ns && period.from_ns >= period.to_ns) {
		snprintf(report->message, sizeof(report->message), "--until is not after --since");
		return -EINVAL;
	}
	return report->options->has_connection ? 0 : make_digest(report, period, just_before, &report->digest);
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

static int write_connection(struct reporting *report, FILE *out, enum connection_form form)
{
	const struct connection_wanted wanted = {
		.end = report->options->connection,
		.period = wanted_period(report),
		.form = form,
		.text = text_options(report->options),
	};

	return connection_write(report->source.archive, &wanted, out, report->message, sizeof(report->message));
}

static int write_connection_table(struct reporting *report, FILE *out)
{
	return write_connection(report, out, CONNECTION_TEXT);
}

static int write_connection_json(struct reporting *report, FILE *out)
{
	return write_connection(report, out, CONNECTION_JSON);
}

static int write_connection_packets(struct reporting *report, FILE *out)
{
	return write_connection(report, out, CONNECTION_PCAPNG);
}

static int write_compare_table(struct reporting *report, FILE *out)
{
	const struct text_options text = text_options(report->options);

	snprintf(report->message, sizeof(report->message), "out of memory");
	return compare_write(&report->digest, &report->other, &text, out);
}

static int write_compare_json(struct reporting *report, FILE *out)
{
	const struct digest *digests[2] = { &report->digest, &report->other };
	json_t *root = json_object();
	int err = 0;

	for (int i = 0; !err && i < 2; i++) {
		json_t *digest = digest_json(digests[i], report->source.archive, report->message,
					     sizeof(report->message));

		err = digest && !json_object_set_new(root, i ? "b" : "a", digest) ? 0 : -EIO;
	}
	if (!err)
		json_dumpf(root, out, JSON_COMPACT);
	fputc('\n', out);
	json_decref(root);
	return err;
}

/* The first is the default. */
static const struct form whole_forms[] = {
	{ "table", write_table }, { "json", write_json }, { "pcapng", write_packets }, { NULL, NULL },
};
static const struct form connection_forms[] = {
	{ "table", write_connection_table },
	{ "json", write_connection_json },
	{ "pcapng", write_connection_packets },
	{ NULL, NULL },
};
static const struct form compare_forms[] = {
	{ "table", write_compare_table }, { "json", write_compare_json }, { NULL, NULL },
};

static const struct form *forms_of(const struct options *options)
{
	return options->compare[0] ? compare_forms : options->has_connection ? connection_forms : whole_forms;
}

static const struct form *form_of(const struct options *options, const char *name)
{
	const struct form *form = forms_of(options);

	while (form->name && strcmp(form->name, name))
		form++;
	return form->name ? form : NULL;
}

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
	FILE *out = file ? fopen(file, "we") : report->shown;
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

static int write_page(struct reporting *report, FILE *out)
{
	return page_write(&report->digest, report->source.archive, report->options->utc, out, report->message,
			  sizeof(report->message));
}

static int write_all(struct reporting *report)
{
	const struct options *options = report->options;
	int err = 0;

	if (options->html)
		err = write_file(report, options->html, write_page);
	else if (!options->outputs_count)
		err = write_file(report, NULL, forms_of(options)->write);
	for (unsigned int i = 0; !err && i < options->outputs_count; i++)
		err = write_file(report, options->outputs[i].file, form_of(options, options->outputs[i].name)->write);
	return err;
}

/* All of it from one look at the database. What goes to stdout waits until that is over: its reader may be a person who
 * turns pages, and a recorder beside us must not wait for that. */
static int run(struct reporting *report)
{
	char *bytes = NULL;
	size_t length = 0;
	int err = archive_begin(report->source.archive, report->message, sizeof(report->message));

	if (err)
		return err;
	report->shown = open_memstream(&bytes, &length);
	snprintf(report->message, sizeof(report->message), "out of memory");
	err = report->shown ? make(report) : -ENOMEM;
	if (!err)
		err = write_all(report);
	archive_end(report->source.archive);
	if (report->shown && fclose(report->shown) && !err)
		err = fail_output(report, NULL);
	errno = 0;
	if (!err && (fwrite(bytes, 1, length, stdout) != length || fflush(stdout)))
		err = fail_output(report, NULL);
	free(bytes);
	return err;
}

/* What does not go together; NULL: it does. */
static const char *refusal(const struct options *options)
{
	bool is_special = options->compare[0] || options->has_connection;

	if (options->compare[0] && options->has_connection)
		return "--compare and --connection are two questions: ask one";
	if (options->compare[0] && (options->since || options->until))
		return "--compare has its own times: leave --since and --until away";
	if (options->html && is_special)
		return "--html is for the whole report: leave --compare and --connection away";
	for (unsigned int i = 0; i < options->outputs_count; i++) {
		if (!form_of(options, options->outputs[i].name))
			return "--compare is a table or JSON: -o table, -o json";
	}
	return NULL;
}

int command_report(const struct options *options)
{
	struct reporting report = { .options = options };
	int err;

	if (refusal(options)) {
		log_line("%s", refusal(options));
		return EXIT_USAGE;
	}
	if (keys_parse(options->by ? options->by : DEFAULT_BY, &report.by, report.message, sizeof(report.message))) {
		log_line("%s", report.message);
		return EXIT_USAGE;
	}
	err = sandbox_enter(SANDBOX_READ); /* before a byte is read of what anybody may have made */
	if (err)
		log_line("cannot refuse system calls to itself: %s; going on", strerror(-err));
	err = report_source_open(&report.source, options);
	if (err || report.source.is_damaged)
		log_line("%s", report.source.message);
	if (!err) {
		err = run(&report);
		if (err)
			log_line("%s", report.message);
		digest_free(&report.digest);
		digest_free(&report.other);
	}
	report_source_close(&report.source);
	return err ? EXIT_FAILED : EXIT_DONE;
}
