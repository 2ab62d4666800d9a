/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* util/text, what it writes: every limit at which a text changes its form, every size at which it is cut. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "../../user/util/text.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

#define US 1000ull
#define MS (1000 * US)
#define SECOND (1000 * MS)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

static void test_duration(void **state)
{
	static const struct {
		uint64_t ns;
		const char *text;
	} rows[] = {
		{ 0, "0 us" },
		{ 499, "0 us" },
		{ 500, "1 us" },
		{ 350 * US, "350 us" },
		{ MS - 501, "999 us" },
		{ MS - 500, "1 ms" },
		{ MS, "1 ms" },
		{ 3949999, "3.9 ms" },
		{ 3950000, "4 ms" },
		{ 12500 * US, "12.5 ms" },
		{ 99949999, "99.9 ms" },
		{ 99950000, "100 ms" },
		{ 200 * MS, "200 ms" },
		{ SECOND - 500001, "999 ms" },
		{ SECOND - 500000, "1 s" },
		{ 3100 * MS, "3.1 s" },
		{ 15 * SECOND, "15 s" },
		{ 99949999999, "99.9 s" },
		{ 99950000000, "100 s" },
		{ 924 * SECOND, "924 s" },
		{ 1000 * SECOND - 500000001, "999 s" },
		{ 1000 * SECOND - 500000000, "16 min 40 s" },
		{ 1200 * SECOND, "20 min" },
		{ 1205 * SECOND, "20 min 5 s" },
		{ HOUR - 500000001, "59 min 59 s" },
		{ HOUR - 500000000, "1 h" },
		{ 65 * MINUTE, "1 h 5 min" },
		{ 133 * MINUTE, "2 h 13 min" },
		{ 2 * HOUR - 30 * SECOND, "2 h" },
		{ DAY - 30 * SECOND - 1, "23 h 59 min" },
		{ DAY - 30 * SECOND, "1 d" },
		{ 3 * DAY + 4 * HOUR, "3 d 4 h" },
		{ 4 * DAY - 30 * MINUTE, "4 d" },
		{ UINT64_MAX, "213504 d" }, /* 213503 d 23 h 34 min 33.7 s */
	};
	char text[64];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++)
		assert_string_equal(text_duration(text, sizeof(text), rows[i].ns), rows[i].text);
}

static void test_duration_is_short(void **state)
{
	char text[64];
	uint64_t ns;

	(void)state;
	for (ns = 1; ns < UINT64_MAX / 8 * 7; ns += ns / 7 + 1) {
		text_duration(text, sizeof(text), ns);
		assert_true(strlen(text) <= strlen("213503 d 23 h"));
		assert_null(strstr(text, "1000 "));
		assert_null(strstr(text, "60 min"));
		assert_null(strstr(text, " 60 s"));
		assert_null(strstr(text, "24 h"));
		assert_null(strstr(text, ".0"));
	}
}

static void test_bytes(void **state)
{
	static const struct {
		uint64_t bytes;
		const char *text;
	} rows[] = {
		{ 0, "0 bytes" },
		{ 1, "1 byte" },
		{ 2, "2 bytes" },
		{ 128, "128 bytes" },
		{ 9999, "9999 bytes" },
		{ 10000, "9.8 KiB" },
		{ 10240, "10 KiB" },
		{ 65536, "64 KiB" },
		{ 102348, "99.9 KiB" },
		{ 102349, "100 KiB" },
		{ 1048063, "1023 KiB" },
		{ 1048064, "1 MiB" },
		{ 1572864, "1.5 MiB" },
		{ 1ull << 30, "1 GiB" },
		{ 1ull << 40, "1 TiB" },
		{ 1ull << 50, "1 PiB" },
		{ 1ull << 60, "1 EiB" },
		{ UINT64_MAX, "16 EiB" },
	};
	char text[64];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++)
		assert_string_equal(text_bytes(text, sizeof(text), rows[i].bytes), rows[i].text);
}

static void parse_address(const char *text, uint8_t address[16])
{
	unsigned int prefix;

	assert_int_equal(text_parse_cidr(text, address, &prefix), 0);
	assert_int_equal(prefix, 128);
}

static void test_addresses(void **state)
{
	static const struct {
		const char *address, *endpoint;
	} rows[] = {
		{ "10.0.0.1", "10.0.0.1:80" },
		{ "0.0.0.0", "0.0.0.0:80" },
		{ "255.255.255.255", "255.255.255.255:80" },
		{ "::", "[::]:80" },
		{ "::1", "[::1]:80" },
		{ "2001:db8::1", "[2001:db8::1]:80" },
		{ "fe80:1111:2222:3333:4444:5555:6666:7777",
		  "[fe80:1111:2222:3333:4444:5555:6666:7777]:80" },
	};
	uint8_t address[16];
	char text[64];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		parse_address(rows[i].address, address);
		assert_string_equal(text_address(text, sizeof(text), address), rows[i].address);
		text_endpoint(text, sizeof(text), address, 80);
		assert_string_equal(text, rows[i].endpoint);
	}
	assert_int_equal(inet_pton(AF_INET6, "::ffff:192.0.2.7", address), 1);
	assert_string_equal(text_address(text, sizeof(text), address), "192.0.2.7");
	assert_string_equal(text_endpoint(text, sizeof(text), address, 65535), "192.0.2.7:65535");
}

static void test_times(void **state)
{
	/* 2026-01-02T03:04:05.678901234Z */
	const uint64_t wall_ns = 1767323045678901234;
	char text[64];

	(void)state;
	assert_string_equal(text_rfc3339(text, sizeof(text), wall_ns),
			    "2026-01-02T03:04:05.678901234Z");
	assert_string_equal(text_rfc3339(text, sizeof(text), 0), "1970-01-01T00:00:00.000000000Z");
	assert_string_equal(text_rfc3339(text, sizeof(text), UINT64_MAX),
			    "2554-07-21T23:34:33.709551615Z");
	assert_string_equal(text_clock(text, sizeof(text), wall_ns, true), "03:04:05.678");
	/* Cut, not rounded: .9999 is not the next second. */
	assert_string_equal(text_clock(text, sizeof(text), SECOND - 1, true), "00:00:00.999");
	setenv("TZ", "XYZ-5:30", 1);
	tzset();
	assert_string_equal(text_clock(text, sizeof(text), wall_ns, false), "08:34:05.678");
	assert_string_equal(text_clock(text, sizeof(text), wall_ns, true), "03:04:05.678");
	unsetenv("TZ");
	tzset();
}

static void test_printable(void **state)
{
	static const struct {
		const char *bytes, *text;
	} rows[] = {
		{ "", "" },
		{ "nginx", "nginx" },
		{ "a b~", "a b~" },
		{ "a\\x41", "a\\\\x41" },
		{ "\x1b[31mred", "\\x1b[31mred" },
		{ "a\nb\t\r\x01\x1f\x7f", "a\\x0ab\\x09\\x0d\\x01\\x1f\\x7f" },
		{ "\xc3\xa9", "\xc3\xa9" }, /* U+E9 */
		{ "\xc2\xa0", "\xc2\xa0" }, /* U+A0, the first after C1 */
		{ "\xc2\x80\xc2\x9f", "\\xc2\\x80\\xc2\\x9f" }, /* C1 */
		{ "\xe2\x82\xac", "\xe2\x82\xac" },
		{ "\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80" },
		{ "\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf" }, /* U+10FFFF */
		{ "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80" }, /* U+110000 */
		{ "\xf5\x80\x80\x80", "\\xf5\\x80\\x80\\x80" },
		{ "\xfe\xff", "\\xfe\\xff" },
		{ "\xf8\x88\x80\x80\x80", "\\xf8\\x88\\x80\\x80\\x80" }, /* five-byte form */
		{ "\x80", "\\x80" },
		{ "\xc0\xaf", "\\xc0\\xaf" }, /* overlong */
		{ "\xc1\xbf", "\\xc1\\xbf" },
		{ "\xe0\x9f\xbf", "\\xe0\\x9f\\xbf" },
		{ "\xe0\xa0\x80", "\xe0\xa0\x80" },
		{ "\xf0\x8f\xbf\xbf", "\\xf0\\x8f\\xbf\\xbf" },
		{ "\xf0\x90\x80\x80", "\xf0\x90\x80\x80" },
		{ "\xed\x9f\xbf", "\xed\x9f\xbf" }, /* U+D7FF */
		{ "\xed\xa0\x80", "\\xed\\xa0\\x80" }, /* surrogates */
		{ "\xed\xbf\xbf", "\\xed\\xbf\\xbf" },
		{ "\xee\x80\x80", "\xee\x80\x80" }, /* U+E000 */
		{ "\xe2\x80\xa9", "\xe2\x80\xa9" }, /* U+2029 */
		{ "\xe2\x80\xaa", "\\xe2\\x80\\xaa" }, /* U+202A to U+202E: direction */
		{ "\xe2\x80\xae", "\\xe2\\x80\\xae" },
		{ "\xe2\x80\xaf", "\xe2\x80\xaf" },
		{ "\xe2\x81\xa5", "\xe2\x81\xa5" },
		{ "\xe2\x81\xa6", "\\xe2\\x81\\xa6" }, /* U+2066 to U+2069 */
		{ "\xe2\x81\xa9", "\\xe2\\x81\\xa9" },
		{ "\xe2\x81\xaa", "\xe2\x81\xaa" },
		{ "\xe2\x82", "\\xe2\\x82" }, /* cut short */
		{ "\xe2\x82xy", "\\xe2\\x82xy" },
		{ "\xf0\x9f\x98\xc3\xa9", "\\xf0\\x9f\\x98\xc3\xa9" },
	};
	char text[128];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++)
		assert_string_equal(text_printable(text, sizeof(text), rows[i].bytes,
						   strlen(rows[i].bytes)), rows[i].text);
	assert_string_equal(text_printable(text, sizeof(text), "ab\0cd", 5), "ab");
	assert_string_equal(text_printable(text, sizeof(text), "abcd", 2), "ab");
	assert_string_equal(text_printable(text, sizeof(text), "\xe2\x82\xac", 2), "\\xe2\\x82");
}

/* The bytes end where the heap block ends, so that a sanitizer sees a read past them. */
static void test_printable_reads_no_further(void **state)
{
	static const char lead[] = "\xc3\xe2\xf0\xf4";
	char text[64], *bytes;
	size_t i;

	(void)state;
	for (i = 0; i < strlen(lead); i++) {
		bytes = malloc(1);
		assert_non_null(bytes);
		bytes[0] = lead[i];
		text_printable(text, sizeof(text), bytes, 1);
		assert_int_equal(strlen(text), 4);
		free(bytes);
	}
}

/* Every byte and every pair of bytes, then read back: nothing is lost and nothing raw is left. */
static void test_printable_round_trip(void **state)
{
	char bytes[3] = "", text[32], back[32];
	unsigned int pair, value;
	size_t in, out;

	(void)state;
	for (pair = 0x0100; pair <= 0xffff; pair++) {
		bytes[0] = (char)(pair >> 8);
		bytes[1] = (char)pair;
		text_printable(text, sizeof(text), bytes, 2);
		for (in = out = 0; text[in]; out++) {
			assert_false((unsigned char)text[in] < ' ' || text[in] == 0x7f);
			if (text[in] != '\\') {
				back[out] = text[in++];
			} else if (text[in + 1] == '\\') {
				back[out] = '\\';
				in += 2;
			} else {
				assert_int_equal(sscanf(text + in, "\\x%2x", &value), 1);
				back[out] = (char)value;
				in += 4;
			}
		}
		back[out] = '\0';
		assert_string_equal(back, bytes);
	}
}

static void test_columns(void **state)
{
	(void)state;
	assert_int_equal(text_columns(""), 0);
	assert_int_equal(text_columns("nginx"), 5);
	assert_int_equal(text_columns("caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80"), 8);
}

/* One way of writing each form into a buffer of the given size. */
static const char *write_form(unsigned int form, char *text, size_t size)
{
	static const uint8_t ipv6[16] = { 0x20, 1, 0x0d, 0xb8, [15] = 1 };
	static const uint8_t ipv4[16] = { [10] = 0xff, 0xff, 192, 168, 100, 200 };
	static const char hostile[] = "a\x1b\xe2\x82\xac\\\xf0\x9f\x98\x80\xe2\x80\xaeZ";

	switch (form) {
	case 0: return text_address(text, size, ipv6);
	case 1: return text_address(text, size, ipv4);
	case 2: return text_endpoint(text, size, ipv6, 65535);
	case 3: return text_endpoint(text, size, ipv4, 65535);
	case 4: return text_duration(text, size, 133 * MINUTE);
	case 5: return text_duration(text, size, 12500 * US);
	case 6: return text_bytes(text, size, 1572864);
	case 7: return text_bytes(text, size, 128);
	case 8: return text_clock(text, size, 1767323045678901234, true);
	case 9: return text_rfc3339(text, size, 1767323045678901234);
	case 10: return text_printable(text, size, hostile, strlen(hostile));
	default: return NULL;
	}
}

static void test_cut_at_every_size(void **state)
{
	unsigned int form;
	char whole[128], *text;
	size_t size;

	(void)state;
	for (form = 0; write_form(form, whole, sizeof(whole)); form++) {
		for (size = 0; size <= strlen(whole) + 1; size++) {
			text = malloc(size + 1);
			assert_non_null(text);
			memset(text, '#', size + 1);
			assert_ptr_equal(write_form(form, text, size), text);
			assert_int_equal(text[size], '#');
			if (size) {
				assert_true(strlen(text) < size);
				assert_memory_equal(text, whole, strlen(text));
			}
			if (size && form != 10)
				assert_int_equal(strlen(text), size - 1);
			free(text);
		}
	}
}

static void test_printable_cuts_between_units(void **state)
{
	static const char *const cuts[] = {
		"", "a", "a", "a", "a", "a\\x1b", "a\\x1b", "a\\x1b", "a\\x1b\xe2\x82\xac",
		"a\\x1b\xe2\x82\xac", "a\\x1b\xe2\x82\xac\\\\",
	};
	char text[16];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cuts); i++)
		assert_string_equal(text_printable(text, i + 1, "a\x1b\xe2\x82\xac\\", 6), cuts[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_duration),
		cmocka_unit_test(test_duration_is_short),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_printable),
		cmocka_unit_test(test_printable_reads_no_further),
		cmocka_unit_test(test_printable_round_trip),
		cmocka_unit_test(test_columns),
		cmocka_unit_test(test_cut_at_every_size),
		cmocka_unit_test(test_printable_cuts_between_units),
	};

	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
