/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The table and JSON sinks: widths, layouts, escapes, absent parts, failing writes. With --ndjson it prints what the
 * JSON sink makes of every sample, for tests/sync/check-schema.py to hold against the schema.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <errno.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../../user/explain/causes.h"
#include "../../user/explain/fields.h"
#include "../../user/sinks/sink.h"
#include "../../user/util/text.h"
#include "sample.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

/* 255 bytes: the longest sentence that a report can hold. */
static void sample_talkative(struct sample *sample)
{
	sample_ipv6(sample);
	sample->report.certainty = CERTAINTY_LIKELY;
	memset(sample->report.why, 'w', sizeof(sample->report.why) - 1);
	for (size_t i = 9; i < 180; i += 10)
		sample->report.why[i] = ' ';
}

static void (*const samples[])(struct sample *) = {
	sample_init, sample_listener, sample_bare, sample_ipv6, sample_hostile, sample_talkative,
};

/* What a sink writes of the samples first to last; the caller frees it. */
static char *written(const char *name, const struct sink_options *options, size_t first,
		     size_t last)
{
	const struct sink *sink = sink_find(name);
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	void *state;

	assert_non_null(sink);
	assert_non_null(out);
	state = sink->open(out, options);
	assert_non_null(state);
	for (size_t i = first; i <= last; i++) {
		struct sample sample;

		samples[i](&sample);
		assert_int_equal(sink->report(state, &sample.report), 0);
	}
	sink->close(state);
	fclose(out);
	return text;
}

static void test_registry(void **state)
{
	(void)state;
	assert_string_equal(sinks[0]->name, "table");
	assert_ptr_equal(sink_find("json"), sinks[1]);
	assert_null(sink_find("jso"));
	for (unsigned int i = 0; sinks[i]; i++)
		assert_true(*sinks[i]->help);
}

static void test_width_is_never_exceeded(void **state)
{
	static const unsigned int widths[] = { 1, 40, 60, 79, 80, 81, 129, 130, 140, 200 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(widths); i++) {
		struct sink_options options = {
			.utc = true, .verbose = true, .kernel_stack = true, .width = widths[i]
		};
		unsigned int limit = widths[i] < 40 ? 40 : widths[i];
		char *text = written("table", &options, 0, ARRAY_SIZE(samples) - 1);

		for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
			if (text_columns(line) > limit)
				fail_msg("%zu columns of %u: %s", text_columns(line), limit, line);
		free(text);
	}
}

static void expect_table(const struct sink_options *options, size_t index, const char *expected)
{
	char *text = written("table", options, index, index);

	assert_string_equal(text, expected);
	free(text);
}

static void test_layouts(void **state)
{
	struct sink_options options = { .utc = true, .width = 80 };

	(void)state;
	expect_table(&options, 0,
		     "TIME         PROCESS                LOCAL                 PEER\n"
		     "             KIND: WHY\n"
		     "03:04:05.678 nginx[2211]            10.0.0.1:443          10.0.0.9:51322\n"
		     "             rst-sent, partial, the segment: closed with 128 bytes unread,\n"
		     "             killed by SIGKILL\n");
	options.width = 0;
	expect_table(&options, 0,
		     "TIME         KIND         PROCESS            LOCAL                 "
		     "PEER                  WHY\n"
		     "03:04:05.678 rst-sent     nginx[2211]        10.0.0.1:443          "
		     "10.0.0.9:51322        partial, the segment: closed with 128 bytes unread, "
		     "killed by SIGKILL\n");
}

static void expect_lines(const struct sink_options *options, size_t first, size_t last,
			 size_t count)
{
	char *text = written("table", options, first, last);
	size_t lines = 0;

	for (char *at = text; (at = strchr(at, '\n')); at++)
		lines++;
	assert_int_equal(lines, count);
	free(text);
}

static void test_one_line_where_there_is_room(void **state)
{
	struct sink_options options = { .width = 180 };

	(void)state;
	expect_lines(&options, 0, 1, 3); /* with the header, once */
	options.width = 0;
	expect_lines(&options, 3, 5, 4);
}

static void test_owner(void **state)
{
	struct sink_options options = { .utc = true };
	const struct sink *sink = sink_find("table");
	char text[4096] = "";
	FILE *out = fmemopen(text, sizeof(text), "w");
	void *table = sink->open(out, &options);
	struct sample sample;

	(void)state;
	sample_init(&sample);
	sample.report.owner.source = OWNER_UNKNOWN;
	assert_int_equal(sink->report(table, &sample.report), 0);
	sample.incident.former.known = false;
	assert_int_equal(sink->report(table, &sample.report), 0);
	sample.report.owner.source = OWNER_FORMER;
	assert_int_equal(sink->report(table, &sample.report), 0);
	sink->close(table);
	fclose(out);
	assert_non_null(strstr(text, " (redis[988]) "));
	assert_non_null(strstr(text, " -  "));
	assert_non_null(strstr(text, " (nginx[2211]) "));
}

static void expect_part(const struct sink_options *options, size_t index, const char *part,
			bool is_there)
{
	char *text = written("table", options, index, index);

	if (!strstr(text, part) == is_there)
		fail_msg("%s \"%s\" in:\n%s", is_there ? "no" : "an unwanted", part, text);
	free(text);
}

static void test_evidence(void **state)
{
	static const struct sink_options quiet = { .utc = true };
	static const struct sink_options verbose = { .utc = true, .verbose = true };
	static const struct sink_options stack = { .utc = true, .kernel_stack = true };

	(void)state;
	expect_part(&quiet, 0, "hook", false);
	expect_part(&quiet, 0, "stack:", false);
	expect_part(&verbose, 0,
		    "\n             tcp: state ESTABLISHED, errno ECONNRESET, unread 128 bytes, ",
		    true);
	expect_part(&verbose, 0,
		    "\n             kernel: hook tcp_send_reset, reset reason TCP_ABORT_ON_CLOSE\n",
		    true);
	expect_part(&verbose, 0, "nginx,", false); /* it is in the line */
	expect_part(&verbose, 0, "stack:", false);
	expect_part(&stack, 0, "\n             stack: tcp_send_active_reset < __tcp_close < ",
		    true);
	/* what no cause fits is shown with its evidence, asked for or not */
	expect_part(&quiet, 2, "unknown: no known cause", true);
	expect_part(&quiet, 2, "\n             kernel: hook tcp_send_reset\n", true);
}

static void test_colour(void **state)
{
	static const struct sink_options plain = { .width = 80 };
	static const struct sink_options coloured = { .width = 80, .colour = true };

	(void)state;
	expect_part(&plain, 0, "\033", false);
	expect_part(&coloured, 0, "\033[33mrst-sent,\033[0m", true);
}

static void test_hostile_names_in_table(void **state)
{
	static const struct sink_options options = { .verbose = true,
						     .kernel_stack = true,
						     .width = 80 };
	char *text = written("table", &options, 4, 4);

	(void)state;
	for (const char *at = text; *at; at++)
		assert_true(*at == '\n' || ((unsigned char)*at >= 0x20 && *at != 0x7f));
	assert_non_null(strstr(text, "\\x1b[31m\"\\\\\\xff\xc3\xa9\\x0a\\x09\\x7f{}[2211]"));
	free(text);
}

static json_t *parsed(size_t index)
{
	static const struct sink_options options = { 0 };
	char *text = written("json", &options, index, index);
	json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);

	assert_non_null(json);
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1); /* one line */
	free(text);
	return json;
}

static const char *string_at(json_t *json, const char *object, const char *key)
{
	return json_string_value(json_object_get(json_object_get(json, object), key));
}

static void test_json(void **state)
{
	json_t *json = parsed(0), *stack;
	void *last = NULL;

	(void)state;
	assert_string_equal(json_object_iter_key(json_object_iter(json)), "v");
	for (void *at = json_object_iter(json); at; at = json_object_iter_next(json, at))
		last = at;
	assert_string_equal(json_object_iter_key(last), "count");
	assert_string_equal(json_string_value(json_object_get(json, "time")),
			    "2026-01-02T03:04:05.678901234Z");
	assert_string_equal(string_at(json, "tcp", "soft_errno"), "EHOSTUNREACH");
	assert_true(json_is_false(json_object_get(json_object_get(json, "tcp"), "orphan")));
	stack = json_object_get(json_object_get(json, "kernel"), "stack");
	assert_int_equal(json_array_size(stack), 6);
	assert_string_equal(json_string_value(json_array_get(stack, 0)), "tcp_send_active_reset");
	json_decref(json);

	json = parsed(2); /* nothing known: nothing claimed */
	assert_int_equal(json_object_size(json), 9);
	assert_int_equal(json_object_size(json_object_get(json, "network")), 1);
	json_decref(json);
}

static void test_hostile_names_in_json(void **state)
{
	json_t *json = parsed(4), *stack;

	(void)state;
	assert_string_equal(string_at(json_object_get(json, "process"), "executable", "name"),
			    "\\x1b[31m\"\\\\\\xff\xc3\xa9\\x0a\\x09\\x7f{}");
	stack = json_object_get(json_object_get(json, "kernel"), "stack");
	assert_string_equal(json_string_value(json_array_get(stack, 2)), "evil\\x1b]0;\\xff");
	json_decref(json);
}

static int report_to(const char *name, FILE *out)
{
	static const struct sink_options options = { 0 };
	const struct sink *sink = sink_find(name);
	void *state = sink->open(out, &options);
	struct sample sample;
	int err;

	setvbuf(out, NULL, _IONBF, 0);
	sample_init(&sample);
	err = sink->report(state, &sample.report);
	sink->close(state);
	fclose(out);
	return err;
}

static void test_failing_writes(void **state)
{
	int ends[2];

	(void)state;
	for (unsigned int i = 0; sinks[i]; i++) {
		if (sinks[i]->place)
			continue; /* no file that could fail; tests/export/ has the real thing */
		assert_int_equal(report_to(sinks[i]->name, fopen("/dev/full", "w")), -ENOSPC);
		assert_int_equal(pipe(ends), 0);
		close(ends[0]);
		assert_int_equal(report_to(sinks[i]->name, fdopen(ends[1], "w")), -EPIPE);
	}
}

static int print_ndjson(void)
{
	static const struct sink_options options = { 0 };
	char *text = written("json", &options, 0, ARRAY_SIZE(samples) - 1);
	int failed = fputs(text, stdout) == EOF || fflush(stdout);

	free(text);
	return failed;
}

int main(int argc, char *argv[])
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_registry),
		cmocka_unit_test(test_width_is_never_exceeded),
		cmocka_unit_test(test_layouts),
		cmocka_unit_test(test_one_line_where_there_is_room),
		cmocka_unit_test(test_owner),
		cmocka_unit_test(test_evidence),
		cmocka_unit_test(test_colour),
		cmocka_unit_test(test_hostile_names_in_table),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_hostile_names_in_json),
		cmocka_unit_test(test_failing_writes),
	};

	setenv("TZ", "UTC", 1);
	signal(SIGPIPE, SIG_IGN);
	if (argc > 1 && !strcmp(argv[1], "--ndjson"))
		return print_ndjson();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
