/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The canvas that top draws on: widths, cuts, escapes, and that nothing is ever outside. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "../../user/top/canvas.h"

#define COLUMNS 20

static int begin(void **state)
{
	static struct canvas canvas;

	canvas = (struct canvas){ 0 };
	*state = &canvas;
	return setlocale(LC_CTYPE, "C.UTF-8") ? canvas_resize(&canvas, 3, COLUMNS) : -1;
}

static int end(void **state)
{
	canvas_free(*state);
	return 0;
}

static void assert_row(const struct canvas *canvas, unsigned int row, const char *expected)
{
	char text[256];

	assert_string_equal(canvas_text(canvas, row, text, sizeof(text)), expected);
}

static void assert_put(struct canvas *canvas, unsigned int width, const char *text, unsigned int end_column,
		       const char *expected)
{
	canvas_clear(canvas);
	assert_int_equal(canvas_put(canvas, 1, 2, width, STYLE_PLAIN, text), end_column);
	assert_row(canvas, 1, expected);
	assert_row(canvas, 0, "");
	assert_row(canvas, 2, "");
}

static void test_cuts(void **state)
{
	struct canvas *canvas = *state;

	assert_put(canvas, 5, "abcde", 7, "  abcde");
	assert_put(canvas, 5, "abcdef", 7, "  abcd…");
	assert_put(canvas, 1, "abc", 3, "  …");
	assert_put(canvas, 0, "abc", 2, "");
	assert_put(canvas, UINT32_MAX, "0123456789012345678", COLUMNS, "  01234567890123456…");
	assert_put(canvas, 5, "", 2, "");
	assert_int_equal(canvas_put(canvas, 3, 0, 5, STYLE_PLAIN, "x"), 0);
	assert_int_equal(canvas_put(canvas, 0, COLUMNS, 5, STYLE_PLAIN, "x"), COLUMNS);
}

static void test_wide_characters(void **state)
{
	struct canvas *canvas = *state;

	assert_int_equal(canvas_width(canvas, "日本é"), 5);
	assert_put(canvas, 6, "日本語", 8, "  日本語");
	assert_put(canvas, 5, "日本語", 7, "  日本…");
	assert_put(canvas, 4, "日本語", 5, "  日…"); /* the half of a character is no character */
}

/* What a terminal would obey, what has no width, and what is no character. */
static void test_escapes(void **state)
{
	struct canvas *canvas = *state;

	assert_put(canvas, 18, "a\033[2J\n", 14, "  a\\x1b[2J\\x0a");
	assert_put(canvas, 18, "\xff\xc3", 10, "  \\xff\\xc3");
	assert_put(canvas, 18, "\xc2\x9b", 10, "  \\xc2\\x9b"); /* CSI in one character */
	assert_put(canvas, 18, "\xe2\x80\xae", 14, "  \\xe2\\x80\\xae"); /* right to left */
	assert_put(canvas, 5, "ab\x01", 5, "  ab…"); /* an escape is whole or not there */
}

static void test_ascii(void **state)
{
	const uint64_t values[] = { 1, 8, 0 };
	struct canvas *canvas = *state;

	canvas->is_ascii = true;
	assert_put(canvas, 18, "é", 10, "  \\xc3\\xa9");
	assert_put(canvas, 2, "abc", 4, "  a~");
	canvas_clear(canvas);
	canvas_put_bars(canvas, 0, 0, STYLE_PLAIN, values, 3, 8);
	canvas_put_rule(canvas, 1);
	assert_row(canvas, 0, ".#");
	assert_row(canvas, 1, "--------------------");
}

static void test_right(void **state)
{
	struct canvas *canvas = *state;

	canvas_put_right(canvas, 0, 2, 6, STYLE_PLAIN, "日1");
	assert_row(canvas, 0, "     日1");
	canvas_put_right(canvas, 1, 2, 3, STYLE_PLAIN, "12345");
	assert_row(canvas, 1, "  12…");
	canvas_put_right(canvas, 2, 0, COLUMNS, STYLE_PLAIN, "x");
	assert_row(canvas, 2, "                   x");
}

static void test_bars(void **state)
{
	const uint64_t values[] = { 0, 1, 4, 7, 8, UINT64_MAX, 99 };
	struct canvas *canvas = *state;

	canvas_put_bars(canvas, 0, 1, STYLE_PLAIN, values, 5, 8);
	assert_row(canvas, 0, "  ▂▅██");
	canvas_put_bars(canvas, 1, 0, STYLE_PLAIN, values, 5, 1000);
	assert_row(canvas, 1, " ▁▁▁▁"); /* something is never nothing */
	canvas_put_bars(canvas, 2, COLUMNS - 1, STYLE_PLAIN, values + 5, 2, UINT64_MAX);
	assert_row(canvas, 2, "                   █");
	canvas_put_bars(canvas, 7, 0, STYLE_PLAIN, values, 5, 8);
}

static void test_styles(void **state)
{
	struct canvas *canvas = *state;

	canvas_put(canvas, 0, 0, 3, style_of_kind(KIND_TIMEOUT) | STYLE_BOLD, "abc");
	assert_int_equal(canvas->cells[0].style >> STYLE_KIND_SHIFT, KIND_TIMEOUT + 1);
	assert_int_equal(canvas->cells[0].style & STYLE_BOLD, STYLE_BOLD);
	assert_int_equal(canvas->cells[3].style, STYLE_PLAIN);
	canvas_highlight(canvas, 0, STYLE_REVERSE);
	for (unsigned int i = 0; i < COLUMNS; i++)
		assert_int_equal(canvas->cells[i].style, STYLE_REVERSE);
	assert_int_equal(canvas->cells[COLUMNS].style, STYLE_PLAIN);
}

static void test_sizes(void **state)
{
	struct canvas *canvas = *state;

	assert_int_equal(canvas_resize(canvas, 0, 0), 0);
	canvas_put(canvas, 0, 0, 10, STYLE_PLAIN, "abc");
	assert_int_equal(canvas_resize(canvas, 1, 1), 0);
	canvas_put(canvas, 0, 0, 10, STYLE_PLAIN, "日");
	assert_row(canvas, 0, "…");
	assert_int_equal(canvas_resize(canvas, 100, 300), 0);
	canvas_put_rule(canvas, 99);
	assert_int_equal(canvas->cells[99 * 300 + 299].character, L'─');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_cuts, begin, end),
		cmocka_unit_test_setup_teardown(test_wide_characters, begin, end),
		cmocka_unit_test_setup_teardown(test_escapes, begin, end),
		cmocka_unit_test_setup_teardown(test_ascii, begin, end),
		cmocka_unit_test_setup_teardown(test_right, begin, end),
		cmocka_unit_test_setup_teardown(test_bars, begin, end),
		cmocka_unit_test_setup_teardown(test_styles, begin, end),
		cmocka_unit_test_setup_teardown(test_sizes, begin, end),
	};

	return cmocka_run_group_tests_name("top_canvas", tests, NULL, NULL);
}
