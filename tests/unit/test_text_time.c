/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Points in time as a person says them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <errno.h>
#include <time.h>

#include "util/text.h"

#define SECOND_NS 1000000000LL
#define NOW_NS (1767323045 * SECOND_NS) /* 2026-01-02T03:04:05Z */
#define MIDNIGHT 1767312000 /* of that day, UTC */

static int64_t seconds(const char *text)
{
	int64_t ns = -1;

	if (text_parse_time(text, NOW_NS, true, &ns))
		fail_msg("%s is refused", text);
	return ns / SECOND_NS;
}

static void test_relative(void **state)
{
	(void)state;
	assert_int_equal(seconds("now"), 1767323045);
	assert_int_equal(seconds("2h ago"), 1767323045 - 7200);
	assert_int_equal(seconds("90 ago"), 1767323045 - 90);
	assert_int_equal(seconds("7d  ago"), 1767323045 - 7 * 86400);
}

static void test_clock(void **state)
{
	int64_t ns;

	(void)state;
	assert_int_equal(seconds("03:04"), MIDNIGHT + 3 * 3600 + 4 * 60);
	assert_int_equal(seconds("00:00:01"), MIDNIGHT + 1);
	/* has not come yet today */
	assert_int_equal(seconds("10:40"), MIDNIGHT - 86400 + 10 * 3600 + 40 * 60);
	assert_int_equal(seconds("yesterday 10:40"), MIDNIGHT - 86400 + 10 * 3600 + 40 * 60);
	assert_int_equal(seconds("yesterday"), MIDNIGHT - 86400);
	assert_int_equal(seconds("today"), MIDNIGHT);
	assert_int_equal(text_parse_time("00:00:01.25", NOW_NS, true, &ns), 0);
	assert_int_equal(ns, (MIDNIGHT + 1) * SECOND_NS + SECOND_NS / 4);
}

static void test_date(void **state)
{
	int64_t ns;

	(void)state;
	assert_int_equal(seconds("2026-01-02"), MIDNIGHT);
	assert_int_equal(seconds("2024-02-29"), 1709164800);
	assert_int_equal(seconds("2026-01-02 03:04:05"), 1767323045);
	assert_int_equal(seconds("2026-01-02T03:04:05Z"), 1767323045);
	assert_int_equal(seconds("2026-01-02T03:04"), 1767323045 - 5);
	/* what the tool prints it takes */
	assert_int_equal(text_parse_time("2026-01-02T03:04:05.678901234Z", NOW_NS, false, &ns), 0);
	assert_int_equal(ns, NOW_NS + 678901234);
}

static void test_zone(void **state)
{
	int64_t ns;

	(void)state;
	setenv("TZ", "XYZ-2", 1); /* two hours ahead of UTC */
	tzset();
	assert_int_equal(text_parse_time("05:04", NOW_NS, false, &ns), 0);
	assert_int_equal(ns / SECOND_NS, 1767323045 - 5);
	assert_int_equal(text_parse_time("05:04Z", NOW_NS, false, &ns), 0);
	assert_int_equal(ns / SECOND_NS, 1767323045 - 5 + 7200 - 86400);
}

static void test_wrong(void **state)
{
	static const char *const wrong[] = {
		"", "ago", "2h", "h ago", "0s ago", "24:00", "10:60", "10:4", "1:40", "10:40:", "10:40:5", "10:40.",
		"10:40x", "2026-13-01", "2026-00-01", "2026-01-32", "2026-02-29", "2026-04-31",
		"2026-1-2", "1969-01-01", "9999-01-01",
		"2026-01-02 ", "2026-01-02x", "2026-01-02 10", "tomorrow", "yesterday10:40", "-", "now ", "nowhere",
	};
	int64_t ns, to;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		if (!text_parse_time(wrong[i], NOW_NS, true, &ns))
			fail_msg("\"%s\" is taken", wrong[i]);
	}
	assert_int_equal(text_parse_time("100000d ago", NOW_NS, true, &ns), -ERANGE);
	assert_int_equal(text_parse_period("01:00..02:00", NOW_NS, true, &ns, &to), 0);
	assert_int_equal(to - ns, 3600 * SECOND_NS);
	assert_int_equal(text_parse_period("02:00..01:00", NOW_NS, true, &ns, &to), -ERANGE);
	assert_int_equal(text_parse_period("02:00", NOW_NS, true, &ns, &to), -EINVAL);
	assert_int_equal(text_parse_period("..", NOW_NS, true, &ns, &to), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_relative), cmocka_unit_test(test_clock), cmocka_unit_test(test_date),
		cmocka_unit_test(test_wrong),	 cmocka_unit_test(test_zone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
