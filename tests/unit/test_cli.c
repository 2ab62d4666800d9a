/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The command line: every option, every way to get one wrong with the line that says so, and the help text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../../user/cli.h"
#include "../../user/cli_private.h"
#include "../../user/explain/causes.h"
#include "../../user/sinks/sink.h"
#include "../../user/util/text.h"

#define WORDS_MAX 64
#define HELP_COLUMNS 80

/* A command line as main() gets it: words that may be written to. It must outlive what was parsed from it. */
struct line {
	char text[2048];
	char *argv[WORDS_MAX];
	int argc;
	struct options options;
	char message[256];
};

/* Words are separated by one blank; '' is an empty word. */
static int parse(struct line *line, const char *text)
{
	char *rest = line->text, *word;

	snprintf(line->text, sizeof(line->text), "rsttrace %s", text);
	line->argc = 0;
	while ((word = strsep(&rest, " ")))
		if (*word)
			line->argv[line->argc++] = strcmp(word, "''") ? word : word + 2;
	line->argv[line->argc] = NULL;
	line->message[0] = '\0';
	return cli_parse(line->argc, line->argv, &line->options, line->message,
			 sizeof(line->message));
}

static void assert_parses(struct line *line, const char *text)
{
	int err = parse(line, text);

	assert_string_equal(line->message, "");
	assert_int_equal(err, 0);
}

static void assert_refused(const char *text, const char *message)
{
	struct line line;

	assert_int_equal(parse(&line, text), -EINVAL);
	assert_string_equal(line.message, message);
}

static void test_nothing_is_live(void **state)
{
	struct options none;
	struct line line;
	char *no_argv[] = { NULL };

	(void)state;
	assert_parses(&line, "");
	memset(&none, 0, sizeof(none));
	assert_string_equal(line.options.verb, "live");
	none.verb = line.options.verb;
	assert_memory_equal(&line.options, &none, sizeof(none));
	assert_int_equal(cli_parse(0, no_argv, &line.options, line.message, sizeof(line.message)), 0);
	assert_string_equal(line.options.verb, "live");
}

static void test_verbs(void **state)
{
	const struct verb_row *row;
	struct line line;

	(void)state;
	for (row = verb_rows; row->name; row++) {
		assert_ptr_equal(cli_verb(row->name), row);
		assert_non_null(row->run);
	}
	assert_null(cli_verb("nosuch"));
	assert_parses(&line, "-P 80 replay -v a.rec -k -u");
	assert_string_equal(line.options.verb, "replay");
	assert_int_equal(line.options.arguments_count, 1);
	assert_string_equal(line.options.arguments[0], "a.rec");
	assert_true(line.options.verbose && line.options.kernel_stack && line.options.user_stack);
	assert_parses(&line, "replay -");
	assert_string_equal(line.options.arguments[0], "-");
	assert_parses(&line, "replay -- -v");
	assert_string_equal(line.options.arguments[0], "-v");
	assert_false(line.options.verbose);
	assert_parses(&line, "explain");
	assert_int_equal(line.options.arguments_count, 0);
	assert_parses(&line, "explain close-unread linger-zero");
	assert_int_equal(line.options.arguments_count, 2);
	assert_parses(&line, "doctor --tier=kprobe");
	assert_int_equal(line.options.tier, TIER_KPROBE);
}

static void test_words_keep_their_order(void **state)
{
	struct line line;

	(void)state;
	setenv("POSIXLY_CORRECT", "1", 1);
	assert_parses(&line, "replay a.rec -n 3");
	unsetenv("POSIXLY_CORRECT");
	assert_int_equal(line.options.count, 3);
	assert_string_equal(line.argv[1], "replay");
	assert_string_equal(line.argv[4], "3");
}

static void test_lists(void **state)
{
	struct line line;
	char text[64];

	(void)state;
	assert_parses(&line, "-p 1,2 --pid=4194304 -c nginx,redis* --comm [ab]? -P1,65535 --port 443");
	assert_int_equal(line.options.pids_count, 3);
	assert_int_equal(line.options.pids[0], 1);
	assert_int_equal(line.options.pids[1], 2);
	assert_int_equal(line.options.pids[2], 4194304);
	assert_int_equal(line.options.comms_count, 3);
	assert_string_equal(line.options.comms[0], "nginx");
	assert_string_equal(line.options.comms[1], "redis*");
	assert_string_equal(line.options.comms[2], "[ab]?");
	assert_int_equal(line.options.ports_count, 3);
	assert_int_equal(line.options.ports[1], 65535);
	assert_int_equal(line.options.ports[2], 443);
	assert_parses(&line, "-a 10.0.0.0/8,2001:db8::/32 --addr=192.0.2.1");
	assert_int_equal(line.options.addresses_count, 3);
	assert_int_equal(line.options.addresses[0].prefix, 104);
	assert_int_equal(line.options.addresses[2].prefix, 128);
	text_address(text, sizeof(text), line.options.addresses[2].address);
	assert_string_equal(text, "192.0.2.1");
}

static void test_names(void **state)
{
	struct line line;
	char text[512];
	unsigned int i;

	(void)state;
	snprintf(text, sizeof(text), "-C %s,unknown --cause %s", causes_at(0)->slug, causes_at(1)->slug);
	assert_parses(&line, text);
	assert_int_equal(line.options.causes_count, 3);
	assert_ptr_equal(line.options.causes[0], causes_at(0)->slug);
	assert_ptr_equal(line.options.causes[1], cause_unknown.slug);
	assert_ptr_equal(line.options.causes[2], causes_at(1)->slug);
	for (i = 0; i < KIND_STALLED; i++) {
		snprintf(text, sizeof(text), "-K %s", kind_name((enum kind)i));
		assert_parses(&line, text);
		assert_true(line.options.has_kinds);
		assert_true(line.options.kinds[i]);
		assert_false(line.options.kinds[(i + 1) % KIND_MAX]);
	}
	assert_parses(&line, "--kind=timeout,error");
	assert_true(line.options.kinds[KIND_TIMEOUT] && line.options.kinds[KIND_ERROR]);
}

static void test_values(void **state)
{
	struct line line;

	(void)state;
	assert_parses(&line, "--netns blue --cgroup /system.slice -d 1.5 -n 10 --raw a.rec --utc");
	assert_string_equal(line.options.netns, "blue");
	assert_string_equal(line.options.cgroup, "/system.slice");
	assert_int_equal(line.options.duration_ns, 1500000000);
	assert_int_equal(line.options.count, 10);
	assert_string_equal(line.options.raw, "a.rec");
	assert_true(line.options.utc);
	assert_parses(&line, "--duration 2h --count=1 --count=2 --tier fentry");
	assert_int_equal(line.options.duration_ns, 7200000000000);
	assert_int_equal(line.options.count, 2);
	assert_int_equal(line.options.tier, TIER_FENTRY);
	assert_parses(&line, "--tier auto -kv");
	assert_int_equal(line.options.tier, TIER_AUTO);
	assert_true(line.options.verbose && line.options.kernel_stack);
	assert_parses(&line, "--dur 300ms"); /* as much of a name as tells it from the others */
	assert_int_equal(line.options.duration_ns, 300000000);
}

static void test_outputs(void **state)
{
	struct line line;

	(void)state;
	assert_parses(&line, "-o table --output=json=a,b=c.json");
	assert_int_equal(line.options.outputs_count, 2);
	assert_ptr_equal(line.options.outputs[0].name, sink_find("table")->name);
	assert_null(line.options.outputs[0].file);
	assert_string_equal(line.options.outputs[1].name, "json");
	assert_string_equal(line.options.outputs[1].file, "a,b=c.json");
	assert_parses(&line, "-o json=-");
	assert_null(line.options.outputs[0].file);
	assert_parses(&line, "-o json=1 -o json=2 -o json=3 -o json=4 -o json=5 -o json=6 -o json=7 "
			     "-o json=8");
	assert_refused("-o json -o table",
		       "outputs json and table go to the same place: give one its own =FILE");
	assert_refused("-o json=x -o table=x",
		       "outputs json and table go to the same place: give one its own =FILE");
	assert_refused("-o json=1 -o json=2 -o json=3 -o json=4 -o json=5 -o json=6 -o json=7 "
		       "-o json=8 -o json=9", "more than 8 of --output");
	assert_refused("-o json=", "output json= names no file");
	assert_refused("-o jsn=x",
		       "unknown output \"jsn\": did you mean json? (rsttrace --help lists them)");
	assert_refused("-o =x", "unknown output \"\" (rsttrace --help lists them)");
}

static void test_wrong_values(void **state)
{
	(void)state;
	assert_refused("--port=70000", "port 70000 is not in 1..65535");
	assert_refused("-P 0", "port 0 is not in 1..65535");
	assert_refused("-P 80,,81", "port \"\" is not a number in 1..65535");
	assert_refused("-P https", "port \"https\" is not a number in 1..65535");
	assert_refused("-P 99999999999999999999999999999999999999999999999999999999999",
		       "port 99999999999999999999999999999999 is not in 1..65535");
	assert_refused("-p 4194305", "pid 4194305 is not in 1..4194304");
	assert_refused("-p -k", "pid \"-k\" is not a number in 1..4194304");
	assert_refused("-c a,", "comm \"\" names no process");
	assert_refused("-n 0", "count 0 is not in 1..18446744073709551615");
	assert_refused("-d 0", "duration \"0\" is not between 1 ns and 292 years");
	assert_refused("-d 106752d", "duration \"106752d\" is not between 1 ns and 292 years");
	assert_refused("-d soon", "duration \"soon\" is not like 30, 0.5, 300ms, 10s, 5m, 2h or 7d");
	assert_refused("-a 10.0.0.0/33",
		       "address \"10.0.0.0/33\" has a prefix above 32 (IPv4) or 128 (IPv6)");
	assert_refused("-a localhost",
		       "address \"localhost\" is not like 10.0.0.1, 10.0.0.0/8 or 2001:db8::/32");
	assert_refused("-P \x1b[2J\xff", "port \"\\x1b[2J\\xff\" is not a number in 1..65535");
}

static void test_wrong_names(void **state)
{
	(void)state;
	assert_refused("-C close-unred", "unknown cause \"close-unred\": did you mean close-unread? "
					 "(rsttrace explain lists them)");
	assert_refused("-C zzzzzzzz", "unknown cause \"zzzzzzzz\" (rsttrace explain lists them)");
	assert_refused("-K rst-snt",
		       "unknown kind \"rst-snt\": did you mean rst-sent? (rsttrace --help lists them)");
	assert_refused("--tier fentri",
		       "unknown tier \"fentri\": did you mean fentry? (rsttrace --help lists them)");
	assert_refused("repaly x",
		       "unknown verb \"repaly\": did you mean replay? (rsttrace --help lists them)");
	assert_refused("''", "unknown verb \"\" (rsttrace --help lists them)");
	assert_refused("--prot=80",
		       "unknown option \"--prot\": did you mean --port? (rsttrace --help lists them)");
	assert_refused("--=x", "unknown option \"--\" (rsttrace --help lists them)");
	assert_refused("--co=x", "option \"--co\" could be --comm or --count: write more of it");
	assert_refused("-kx", "unknown option \"-x\" (rsttrace --help lists them)");
	assert_refused("-\xc3\xa9", "unknown option \"-\\xc3\" (rsttrace --help lists them)");
	assert_refused("--\x1b]0;", "unknown option \"--\\x1b]0;\" (rsttrace --help lists them)");
}

static void test_wrong_shape(void **state)
{
	(void)state;
	assert_refused("--port", "--port needs a value: --port PORT,...");
	assert_refused("-P", "--port needs a value: --port PORT,...");
	assert_refused("--netns=", "--netns needs a value: --netns NAME");
	assert_refused("--raw ''", "--raw needs a value: --raw FILE");
	assert_refused("--utc=yes", "--utc takes no value");
	assert_refused("--help=x", "--help takes no value");
	assert_refused("replay", "replay needs an argument: rsttrace replay FILE");
	assert_refused("replay a b", "argument \"b\" is one too many: the verb takes one");
	assert_refused("doctor x", "argument \"x\" is one too many: the verb takes none");
	assert_refused("--raw a explain", "--raw makes no sense with explain, only with: live, record, export, top");
	assert_refused("replay a -d 5",
		       "--duration makes no sense with replay, only with: live, record, export, hist, top");
}

static void test_lists_are_bounded(void **state)
{
	static const struct {
		const char *option, *item, *message;
		unsigned int max;
	} rows[] = {
		{ "--pid=", "1", "more than 32 of --pid", OPTIONS_LIST_MAX },
		{ "--comm=", "a", "more than 32 of --comm", OPTIONS_LIST_MAX },
		{ "--port=", "1", "more than 32 of --port", OPTIONS_LIST_MAX },
		{ "--addr=", "::", "more than 32 of --addr", OPTIONS_LIST_MAX },
		{ "--cause=", "unknown", "more than 128 of --cause", 4 * OPTIONS_LIST_MAX },
		{ "explain ", "a", "too many arguments", OPTIONS_LIST_MAX },
	};
	char text[2048], separator;
	struct line line;
	size_t i, used;
	unsigned int k;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		separator = strchr(rows[i].option, ' ') ? ' ' : ',';
		used = (size_t)snprintf(text, sizeof(text), "%s%s", rows[i].option, rows[i].item);
		for (k = 1; k < rows[i].max; k++)
			used += (size_t)snprintf(text + used, sizeof(text) - used, "%c%s", separator,
						 rows[i].item);
		assert_true(used < sizeof(line.text) - 32);
		assert_parses(&line, text);
		snprintf(text + used, sizeof(text) - used, "%c%s", separator, rows[i].item);
		assert_refused(text, rows[i].message);
	}
}

static void test_message_is_cut(void **state)
{
	char argument[] = "--prot", *argv[] = { argument, argument, NULL };
	struct options options;
	char message[8];

	(void)state;
	assert_int_equal(cli_parse(2, argv, &options, message, sizeof(message)), -EINVAL);
	assert_string_equal(message, "unknown");
}

static void test_help_and_version(void **state)
{
	struct line line;

	(void)state;
	assert_parses(&line, "-h");
	assert_true(line.options.help);
	assert_parses(&line, "replay --help"); /* although FILE is missing */
	assert_true(line.options.help);
	assert_parses(&line, "explain --raw x -V");
	assert_true(line.options.version);
	assert_refused("--help --nosuchthing",
		       "unknown option \"--nosuchthing\" (rsttrace --help lists them)");
}

/* Every row of every table is in the help text, and no line is too wide. */
static void test_help_text(void **state)
{
	const struct option_row *option;
	const struct verb_row *verb;
	char *text = NULL, *line, *rest, word[64];
	size_t size, i, examples = 0;
	FILE *out = open_memstream(&text, &size);

	(void)state;
	assert_non_null(out);
	cli_help(out);
	fclose(out);
	for (verb = verb_rows; verb->name; verb++) {
		snprintf(word, sizeof(word), "\n  %s ", verb->name);
		assert_non_null(strstr(text, word));
	}
	for (option = option_rows; option->name; option++) {
		assert_int_not_equal(option->verbs, 0);
		assert_non_null(option->set);
		snprintf(word, sizeof(word), " --%s ", option->name);
		assert_non_null(strstr(text, word));
	}
	assert_true(option - option_rows < OPTION_ROWS_MAX);
	for (i = 0; i < KIND_MAX; i++)
		assert_non_null(strstr(text, kind_name((enum kind)i)));
	for (i = 0; sinks[i]; i++)
		assert_non_null(strstr(text, sinks[i]->help));
	for (rest = text; (line = strsep(&rest, "\n"));) {
		assert_true(text_columns(line) <= HELP_COLUMNS);
		assert_false(*line && line[strlen(line) - 1] == ' ');
		examples += !strncmp(line, "  rsttrace", 10);
	}
	assert_int_equal(examples, 7);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_is_live),
		cmocka_unit_test(test_verbs),
		cmocka_unit_test(test_words_keep_their_order),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_outputs),
		cmocka_unit_test(test_wrong_values),
		cmocka_unit_test(test_wrong_names),
		cmocka_unit_test(test_wrong_shape),
		cmocka_unit_test(test_lists_are_bounded),
		cmocka_unit_test(test_message_is_cut),
		cmocka_unit_test(test_help_and_version),
		cmocka_unit_test(test_help_text),
	};

	return cmocka_run_group_tests_name("cli", tests, NULL, NULL);
}
