/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* util/text, what it reads: numbers, durations and networks from people, each limit and each form refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "../../user/util/text.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

#define MS 1000000ull
#define SECOND (1000 * MS)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

static void test_parse_unsigned(void **state)
{
	static const char *const malformed[] = {
		"", " 1", "1 ", "+1", "-1", "0x10", "1.0", "1k", "\xd9\xa1",
		"99999999999999999999x",
	};
	const uint64_t max = UINT64_MAX;
	uint64_t value = 7;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(malformed); i++)
		assert_int_equal(text_parse_unsigned(malformed[i], 0, max, &value), -EINVAL);
	assert_int_equal(text_parse_unsigned("0", 1, 65535, &value), -ERANGE);
	assert_int_equal(text_parse_unsigned("65536", 1, 65535, &value), -ERANGE);
	assert_int_equal(text_parse_unsigned("18446744073709551616", 0, max, &value), -ERANGE);
	assert_int_equal(text_parse_unsigned("184467440737095516150", 0, max, &value), -ERANGE);
	assert_true(value == 7);
	assert_int_equal(text_parse_unsigned("1", 1, 65535, &value), 0);
	assert_true(value == 1);
	assert_int_equal(text_parse_unsigned("65535", 1, 65535, &value), 0);
	assert_true(value == 65535);
	assert_int_equal(text_parse_unsigned("18446744073709551615", 0, max, &value), 0);
	assert_true(value == UINT64_MAX);
	assert_int_equal(text_parse_unsigned("000000000000000000000042", 0, 42, &value), 0);
	assert_true(value == 42);
}

static void test_parse_duration(void **state)
{
	static const struct {
		const char *text;
		int err;
		uint64_t ns;
	} rows[] = {
		{ "5", 0, 5 * SECOND },
		{ "0.5", 0, SECOND / 2 },
		{ "300ms", 0, 300 * MS },
		{ "10s", 0, 10 * SECOND },
		{ "5m", 0, 5 * MINUTE },
		{ "2h", 0, 2 * HOUR },
		{ "7d", 0, 7 * DAY },
		{ "1.5d", 0, 36 * HOUR },
		{ "0.000000001", 0, 1 },
		{ "0.000001ms", 0, 1 },
		{ "1.123456789", 0, 1123456789 },
		{ "1.1234567899", 0, 1123456789 },
		{ "0.999999999d", 0, DAY - 86400 },
		{ "18446744073.709551615", 0, UINT64_MAX },
		{ "18446744073.709551616", -ERANGE, 0 },
		{ "213504d", -ERANGE, 0 },
		{ "99999999999999999999999", -ERANGE, 0 },
		{ "0", -ERANGE, 0 },
		{ "0.0", -ERANGE, 0 },
		{ "0ms", -ERANGE, 0 },
		{ "0.0000000001", -ERANGE, 0 },
		{ "", -EINVAL, 0 },
		{ "s", -EINVAL, 0 },
		{ ".5", -EINVAL, 0 },
		{ "5.", -EINVAL, 0 },
		{ "5.s", -EINVAL, 0 },
		{ "-5", -EINVAL, 0 },
		{ " 5", -EINVAL, 0 },
		{ "5 s", -EINVAL, 0 },
		{ "5S", -EINVAL, 0 },
		{ "5sec", -EINVAL, 0 },
		{ "5mss", -EINVAL, 0 },
		{ "1e3", -EINVAL, 0 },
		{ "1,5", -EINVAL, 0 },
		{ "1.2.3", -EINVAL, 0 },
		{ "inf", -EINVAL, 0 },
		{ "99999999999999999999999q", -EINVAL, 0 },
	};
	uint64_t ns;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		ns = 0;
		assert_int_equal(text_parse_duration(rows[i].text, &ns), rows[i].err);
		assert_true(ns == rows[i].ns);
	}
}

static void test_parse_cidr(void **state)
{
	static const struct {
		const char *text;
		int err;
		unsigned int prefix;
		const char *address;
	} rows[] = {
		{ "10.0.0.0/8", 0, 104, "10.0.0.0" },
		{ "10.1.2.3/8", 0, 104, "10.0.0.0" },
		{ "10.255.255.255/12", 0, 108, "10.240.0.0" },
		{ "10.255.255.255/31", 0, 127, "10.255.255.254" },
		{ "10.1.2.3/32", 0, 128, "10.1.2.3" },
		{ "10.1.2.3", 0, 128, "10.1.2.3" },
		{ "255.1.2.3/0", 0, 96, "0.0.0.0" },
		{ "2001:db8:ffff::/33", 0, 33, "2001:db8:8000::" },
		{ "::1/128", 0, 128, "::1" },
		{ "ffff::1/0", 0, 0, "::" },
		{ "::ffff:10.0.0.1/104", 0, 104, "10.0.0.0" },
		{ "10.0.0.0/33", -ERANGE, 0, NULL },
		{ "::/129", -ERANGE, 0, NULL },
		{ "", -EINVAL, 0, NULL },
		{ "/8", -EINVAL, 0, NULL },
		{ "10.0.0/8", -EINVAL, 0, NULL },
		{ "10.0.0.256", -EINVAL, 0, NULL },
		{ "10.0.0.0/", -EINVAL, 0, NULL },
		{ "10.0.0.0/x", -EINVAL, 0, NULL },
		{ "10.0.0.0/-1", -EINVAL, 0, NULL },
		{ "10.0.0.0/8/8", -EINVAL, 0, NULL },
		{ " 10.0.0.0/8", -EINVAL, 0, NULL },
		{ "localhost", -EINVAL, 0, NULL },
		{ "fe80::1%eth0", -EINVAL, 0, NULL },
		{ "1:2:3:4:5:6:7:8:9:1:2:3:4:5:6:7:8:9:1:2:3:4:5:6:7:8:9", -EINVAL, 0, NULL },
	};
	unsigned int prefix;
	uint8_t address[16];
	char text[64];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		prefix = 0;
		assert_int_equal(text_parse_cidr(rows[i].text, address, &prefix), rows[i].err);
		assert_int_equal(prefix, rows[i].prefix);
		if (rows[i].err)
			continue;
		text_address(text, sizeof(text), address);
		assert_string_equal(text, rows[i].address);
	}
}

static void test_nearest(void **state)
{
	static const char *const names[] = { "close-unread", "linger-zero", "disconnect", "json" };
	char *longest;

	(void)state;
	assert_string_equal(text_nearest("close-unred", names, 4), "close-unread");
	assert_string_equal(text_nearest("lingerzero", names, 4), "linger-zero");
	assert_string_equal(text_nearest("disconect", names, 4), "disconnect");
	assert_string_equal(text_nearest("JSON", names, 4), "json");
	assert_string_equal(text_nearest("jso", names, 4), "json");
	/* Half of the length is near, more is not. */
	assert_string_equal(text_nearest("jsxx", names, 4), "json");
	assert_null(text_nearest("jxxx", names, 4));
	assert_null(text_nearest("", names, 4));
	assert_null(text_nearest("zzzzzzzz", names, 4));
	assert_null(text_nearest("json", names, 0));
	longest = calloc(1, 4097);
	assert_non_null(longest);
	memset(longest, 'j', 4096);
	assert_null(text_nearest(longest, names, 4));
	longest[64] = '\0';
	assert_null(text_nearest(longest, names, 4));
	free(longest);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse_unsigned),
		cmocka_unit_test(test_parse_duration),
		cmocka_unit_test(test_parse_cidr),
		cmocka_unit_test(test_nearest),
	};

	return cmocka_run_group_tests_name("text_parse", tests, NULL, NULL);
}
