/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* util/mib: the kernel's counters, and files that are damaged in every way that a file can be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "../../user/util/mib.h"

static const char *const names[] = { "OutRsts", NULL, "EstabResets", "AttemptFails" };

#define COUNT (sizeof(names) / sizeof(*names))

static int parse(const char *text, uint64_t values[COUNT], uint64_t *ret_found)
{
	memset(values, 0, COUNT * sizeof(*values));
	*ret_found = 0;
	return mib_parse(text, "Tcp", names, COUNT, values, ret_found);
}

static void test_found(void **state)
{
	static const char text[] = "Ip: Forwarding OutRsts\nIp: 1 9\n"
				   "Tcp: RtoAlgorithm MaxConn EstabResets OutRsts\n"
				   "Tcp: 1 -1 12 18446744073709551615\n"
				   "TcpExt: OutRsts\nTcpExt: 5\n";
	uint64_t values[COUNT], found;

	(void)state;
	assert_int_equal(parse(text, values, &found), 0);
	assert_int_equal(found, 1 << 0 | 1 << 2); /* AttemptFails is not there: no error */
	assert_int_equal(values[0], UINT64_MAX);
	assert_int_equal(values[2], 12);
	assert_int_equal(values[3], 0);
}

static void test_no_group(void **state)
{
	uint64_t values[COUNT], found;

	(void)state;
	assert_int_equal(parse("", values, &found), -ENOENT);
	assert_int_equal(parse("TcpExt: OutRsts\nTcpExt: 5\n", values, &found), -ENOENT);
	assert_int_equal(parse(" Tcp: OutRsts\n Tcp: 5\n", values, &found), -ENOENT);
	assert_int_equal(found, 0);
}

static void test_damaged(void **state)
{
	static const char *const texts[] = {
		"Tcp: OutRsts EstabResets\n", /* no values */
		"Tcp: OutRsts EstabResets\nTcp: 1 2", /* cut: is it 2, or 23? */
		"Tcp: OutRsts EstabRes", "Tcp: OutRsts\nTcp: 1 2\n", "Tcp: OutRsts EstabResets\nTcp: 1\n",
		"Tcp: OutRsts\nTcp: -1\n", "Tcp: OutRsts\nTcp: 1x\n", "Tcp: OutRsts\nTcp: 18446744073709551616\n",
		"Tcp: OutRsts\nTcp:\n", "Tcp: OutRsts\nTcpExt: 1\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		uint64_t values[COUNT], found;

		assert_int_equal(parse(texts[i], values, &found), -EBADMSG);
	}
}

/* A word longer than any counter's name is another counter. */
static void test_long_words(void **state)
{
	char text[512] = "Tcp: OutRsts";
	uint64_t values[COUNT], found;

	(void)state;
	memset(text + strlen(text), 'x', 200);
	strcat(text, " EstabResets\nTcp: 7 8\n");
	assert_int_equal(parse(text, values, &found), 0);
	assert_int_equal(found, 1 << 2);
	assert_int_equal(values[2], 8);
}

/* Every beginning of a good file is damaged or without the group, or whole. */
static void test_truncated(void **state)
{
	static const char text[] = "Tcp: OutRsts EstabResets\nTcp: 12 34\n";

	(void)state;
	for (size_t length = 0; length < sizeof(text); length++) {
		uint64_t values[COUNT], found;
		char part[sizeof(text)];
		int err;

		memcpy(part, text, length);
		part[length] = '\0';
		err = parse(part, values, &found);
		if (length == sizeof(text) - 1)
			assert_int_equal(err, 0);
		else
			assert_true(err == -EBADMSG || err == -ENOENT);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_found),	   cmocka_unit_test(test_no_group),
		cmocka_unit_test(test_damaged),	   cmocka_unit_test(test_long_words),
		cmocka_unit_test(test_truncated),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
