/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* How sentences are made from fields, and that the causes name none that does not exist. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../../user/explain/causes.h"
#include "../../user/explain/fields.h"
#include "sample.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

static void expect(const struct sample *sample, const char *pattern, const char *expected)
{
	char text[256];

	fields_expand(pattern, &sample->report, text, sizeof(text));
	assert_string_equal(text, expected);
}

static void test_exit(void **state)
{
	static const struct {
		int exit_code;
		const char *text;
	} rows[] = {
		{ 9, "killed by SIGKILL" },    { 11 | 0x80, "killed by SIGSEGV" },
		{ 40, "killed by signal 40" }, { 3 << 8, "exited with status 3" },
		{ 0, "while exiting" },
	};
	struct sample sample;

	(void)state;
	sample_init(&sample);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		sample.incident.evidence.task.exit_code = rows[i].exit_code;
		expect(&sample, "{exit}", rows[i].text);
	}
	sample.report.owner.source = OWNER_CONNECT; /* then the task is anybody */
	expect(&sample, "{exit}", "?");
	sample.report.owner.source = OWNER_SYSCALL;
	sample.incident.evidence.task.is_exiting = 0;
	expect(&sample, "{exit}", "?");
}

static void test_expand(void **state)
{
	struct sample sample;
	char text[32];

	(void)state;
	sample_init(&sample);
	expect(&sample, "", "");
	expect(&sample, "plain", "plain");
	expect(&sample, "{nothing} {backlog}", "? ?");
	expect(&sample, "a[, {backlog}] b", "a b");
	expect(&sample, "a[, {unread}][ {backlog} {unread}][ {unsent}]", "a, 128 bytes 1 byte");
	expect(&sample, "a[: {probes}] b", "a b"); /* "0 probes" tells nothing */
	expect(&sample, "a: {probes}", "a: 0 probes");
	expect(&sample, "{unread", "{unread");
	expect(&sample, "a [{unread}", "a [128 bytes");
	expect(&sample, "{} }", "? }");
	fields_expand("{unread}", &sample.report, text, 4);
	assert_string_equal(text, "128");
	fields_expand("ab\xc3\xa9{unread}", &sample.report, text, 4);
	assert_string_equal(text, "ab"); /* neither half a character nor what comes after it */
	fields_expand("{unread}", &sample.report, text, 1);
	assert_string_equal(text, "");
	strcpy(text, "kept");
	fields_expand("{unread}", &sample.report, text, 0);
	assert_string_equal(text, "kept");
}

/* A placeholder that no row has would print "?" for ever. */
static void test_causes_use_known_names(void **state)
{
	(void)state;
	for (unsigned int i = 0; i <= causes_count(); i++) {
		const char *at = i < causes_count() ? causes_at(i)->why : cause_unknown.why;

		while ((at = strchr(at, '{'))) {
			unsigned int row = 0;
			size_t length = strcspn(++at, "}");

			while (row < fields_count &&
			       (!fields[row].name || strlen(fields[row].name) != length ||
				memcmp(fields[row].name, at, length)))
				row++;
			if (row == fields_count)
				fail_msg("no field is named {%.*s}", (int)length, at);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exit),
		cmocka_unit_test(test_expand),
		cmocka_unit_test(test_causes_use_known_names),
	};

	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
