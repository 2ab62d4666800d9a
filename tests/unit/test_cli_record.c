/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The flight recorder's options: ages and sizes, and whom they are for. */
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
#include "../../user/util/text.h"

#define WORDS_MAX 16

struct line {
	char text[512];
	struct options options;
	char message[256];
};

static int parse(struct line *line, const char *text)
{
	char *rest = line->text, *argv[WORDS_MAX + 1] = { NULL };
	int argc = 0;

	line->message[0] = '\0';
	snprintf(line->text, sizeof(line->text), "rsttrace %s", text);
	while (argc < WORDS_MAX && (argv[argc] = strsep(&rest, " ")))
		argc++;
	return cli_parse(argc, argv, &line->options, line->message, sizeof(line->message));
}

static void assert_refused(const char *text, const char *message)
{
	struct line line;

	assert_int_equal(parse(&line, text), -EINVAL);
	assert_string_equal(line.message, message);
}

static void test_values(void **state)
{
	struct line line;

	(void)state;
	assert_int_equal(parse(&line, "record --db a.db --keep 30d --max-size 2G --raw-max 65536K --raw r -P 80"), 0);
	assert_string_equal(line.options.verb, "record");
	assert_string_equal(line.options.db, "a.db");
	assert_string_equal(line.options.raw, "r");
	assert_int_equal(line.options.keep_ns, 30 * 86400 * 1000000000LL);
	assert_int_equal(line.options.max_bytes, 2LL << 30);
	assert_int_equal(line.options.raw_max_bytes, 64 << 20);
	assert_int_equal(line.options.ports[0], 80);
	assert_int_equal(parse(&line, "record"), 0);
	assert_null(line.options.db);
	assert_int_equal(line.options.keep_ns | line.options.max_bytes | line.options.raw_max_bytes, 0);
}

static void test_refusals(void **state)
{
	(void)state;
	assert_refused("record --keep 0", "time \"0\" is not between 1 ns and 292 years");
	assert_refused("record --keep ever", "time \"ever\" is not like 30, 0.5, 300ms, 10s, 5m, 2h or 7d");
	assert_refused("record --max-size 10", "size \"10\" is not between 4M and 16T");
	assert_refused("record --max-size 17T", "size \"17T\" is not between 4M and 16T");
	assert_refused("record --raw-max 99999999999999999999T",
		       "size \"99999999999999999999T\" is not between 4M and 16T");
	assert_refused("record --max-size 1.5G", "size \"1.5G\" is not like 64M, 2G or 1T");
	assert_refused("--db x", "--db makes no sense with live, only with: record, report");
	assert_refused("stalled --keep 7d", "--keep makes no sense with stalled, only with: record");
	assert_refused("record -o json", "record prints nothing: give the output json its own =FILE");
	assert_refused("record x", "argument \"x\" is one too many: the verb takes none");
}

static void test_sizes(void **state)
{
	static const char *const wrong[] = { "", "G", "5GB", "-5", " 5", "5 ", "1.5G", "5g", "0x10", "K5" };
	uint64_t bytes;

	(void)state;
	assert_int_equal(text_parse_bytes("0", &bytes), 0);
	assert_int_equal(bytes, 0);
	assert_int_equal(text_parse_bytes("007K", &bytes), 0);
	assert_int_equal(bytes, 7168);
	assert_int_equal(text_parse_bytes("18446744073709551615", &bytes), 0);
	assert_true(bytes == UINT64_MAX);
	assert_int_equal(text_parse_bytes("16777215T", &bytes), 0);
	assert_true(bytes == 16777215ULL << 40);
	assert_int_equal(text_parse_bytes("18446744073709551616", &bytes), -ERANGE);
	assert_int_equal(text_parse_bytes("16777216T", &bytes), -ERANGE);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		assert_int_equal(text_parse_bytes(wrong[i], &bytes), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_sizes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
