/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The command line of top: the terminal is taken, and a recording is as it was made. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "../../user/cli.h"

#define WORDS_MAX 16
#define TEXT_BYTES 128

/* Parses "rsttrace top" and the words of the text. */
static int parse(const char *text, struct options *ret_options, char *message, size_t size)
{
	static char line[TEXT_BYTES];
	char *argv[WORDS_MAX] = { (char[]){ "rsttrace" }, (char[]){ "top" } }, *rest = line;
	int argc = 2;

	strcpy(line, text);
	while (rest && *rest)
		argv[argc++] = strsep(&rest, " ");
	return cli_parse(argc, argv, ret_options, message, size);
}

static void assert_refused(const char *text, const char *expected)
{
	struct options options;
	char message[TEXT_BYTES];

	assert_int_equal(parse(text, &options, message, sizeof(message)), -EINVAL);
	assert_string_equal(message, expected);
}

static void assert_taken(const char *text)
{
	struct options options;
	char message[TEXT_BYTES] = "";

	if (parse(text, &options, message, sizeof(message)))
		fail_msg("top %s: %s", text, message);
	assert_string_equal(options.verb, "top");
}

static void test_options(void **state)
{
	(void)state;
	assert_taken("");
	assert_taken("-p 1 -c nginx -P 80 -K rst-sent");
	assert_taken("-a 10.0.0.0/8 -C close-unread --cgroup /x");
	assert_taken("--netns x --deep --fingerprint -u -d 5");
	assert_taken("--raw x.rec --tier kprobe --utc");
	assert_taken("-o json=x.json -o table=x.txt");
	assert_taken("x.rec -u -o json=x.json -K timeout");
}

static void test_refusals(void **state)
{
	(void)state;
	assert_refused("-o json", "top has the terminal: give the output json its own =FILE");
	assert_refused("-o table=-", "top has the terminal: give the output table its own =FILE");
	assert_refused("x.rec -d 5", "--duration makes no sense with a recording");
	assert_refused("x.rec --raw y", "--raw makes no sense with a recording");
	assert_refused("x.rec --tier kprobe", "--tier makes no sense with a recording");
	assert_refused("--deep x.rec", "--deep makes no sense with a recording");
	assert_refused("--fingerprint x.rec", "--fingerprint makes no sense with a recording");
	assert_refused("-k", "--kernel-stack makes no sense with top, only with: live, record, export, replay");
	assert_refused("-n 5", "--count makes no sense with top, only with: live, record, export, replay");
	assert_refused("x.rec y.rec", "argument \"y.rec\" is one too many: the verb takes one");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_refusals),
	};

	return cmocka_run_group_tests_name("top_options", tests, NULL, NULL);
}
