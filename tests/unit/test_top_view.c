/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What stands on top's screen, and how keys change that: drawn on a canvas, without a terminal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "../../user/top/view.h"
#include "top_sample.h"

#define SCREEN_BYTES (256 * 1024)

struct fixture {
	struct model *model;
	struct canvas canvas;
	struct state state;
	struct scene scene;
	struct surroundings around;
	char screen[SCREEN_BYTES];
};

static int begin(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));
	struct model *model = model_new();

	setenv("TZ", "UTC0", 1);
	if (!fixture || !model || !setlocale(LC_CTYPE, "C.UTF-8"))
		return -1;
	fixture->model = model;
	fixture->around = (struct surroundings){ .source = "tier test", .message = "", .has_lost = true };
	top_sample_time(model, 0);
	for (unsigned int i = 0; i < 30; i++)
		top_sample_add(model, "nginx", 2211, "close-unread", 10 + i % 3);
	top_sample_add_many(model, "curl", 7, "syn-timeout", 55, 10);
	top_sample_add(model, "curl", 7, "reset-by-peer", 58);
	top_sample_add(model, "", 0, "no-listener", 59);
	top_sample_time(model, 60);
	*state = fixture;
	return canvas_resize(&fixture->canvas, 24, 80);
}

static int end(void **state)
{
	struct fixture *fixture = *state;

	canvas_free(&fixture->canvas);
	free(fixture->model);
	free(fixture);
	return 0;
}

/* The screen as text, lines ending with a newline. */
static const char *draw(struct fixture *fixture)
{
	size_t used = 0;

	view_draw(&fixture->canvas, fixture->model, &fixture->state, &fixture->scene, &fixture->around);
	for (unsigned int row = 0; row < fixture->canvas.rows; row++) {
		canvas_text(&fixture->canvas, row, fixture->screen + used, SCREEN_BYTES - used);
		used += strlen(fixture->screen + used);
		fixture->screen[used++] = '\n';
	}
	fixture->screen[used] = '\0';
	return fixture->screen;
}

static void assert_shows(struct fixture *fixture, const char *text)
{
	if (!strstr(draw(fixture), text))
		fail_msg("\"%s\" is not on the screen:\n%s", text, fixture->screen);
}

static void assert_hides(struct fixture *fixture, const char *text)
{
	if (strstr(draw(fixture), text))
		fail_msg("\"%s\" is on the screen:\n%s", text, fixture->screen);
}

static enum action press(struct fixture *fixture, enum key_code code)
{
	const struct key key = { .code = code };
	enum action action = state_key(&fixture->state, &fixture->scene, &key);

	draw(fixture);
	return action;
}

static enum action type(struct fixture *fixture, const wchar_t *text)
{
	enum action action = ACTION_NONE;

	for (; *text; text++) {
		const struct key key = { .code = KEYS_CHARACTER, .character = *text };

		action = state_key(&fixture->state, &fixture->scene, &key);
		draw(fixture);
	}
	return action;
}

static void test_overview(void **state)
{
	static const char expected[] =
		"rsttrace top  00:17:40  42 deaths in 60 s, 0 unknown, 0 lost           tier test\n"
		"rst-sent 31  rst-received 1  timeout 10\n"
		"   2.4 per s           ███                                          █  ▁▁\n"
		"by process and cause, sorted by rate                                    1-4 of 4\n"
		"PROCESS            CAUSE                  PER S▼  1 MIN  DEATHS  LAST MINUTE\n"
		"curl[7]            syn-timeout               2.0     10      10    5s          █\n"
		"curl[7]            reset-by-peer             0.2      1       1    2s          █\n"
		"(no process)       no-listener               0.2      1       1    1s          █\n"
		"nginx[2211]        close-unread              0.0     30      30   48s  █\n"
		"\n\n\n\n\n\n\n\n\n\n\n\n\n\n"
		"?: help   q: quit   Enter: deaths   /: filter   s: sort   g: group   p: pause\n";

	assert_string_equal(draw(*state), expected);
}

/* Nothing here may write outside the canvas, whatever its size: SAN=1 watches. */
static void test_every_size(void **state)
{
	struct fixture *fixture = *state;

	for (unsigned int mode = 0; mode < 6; mode++) {
		fixture->state.is_help = mode == 5;
		fixture->state.grouping = mode % GROUP_MAX;
		for (unsigned int rows = 0; rows <= 60; rows += rows < 12 ? 1 : 7) {
			for (unsigned int columns = 0; columns <= 300; columns += columns < 82 ? 1 : 13) {
				assert_int_equal(canvas_resize(&fixture->canvas, rows, columns), 0);
				draw(fixture);
			}
		}
		canvas_resize(&fixture->canvas, 24, 80);
		draw(fixture);
		press(fixture, mode == 3 ? KEYS_ENTER : KEYS_DOWN);
	}
	canvas_resize(&fixture->canvas, VIEW_ROWS_MIN - 1, 80);
	assert_shows(fixture, "needs 40 columns and 8 lines");
}

static void test_columns_come_with_width(void **state)
{
	struct fixture *fixture = *state;

	canvas_resize(&fixture->canvas, 10, 40);
	assert_hides(fixture, "PER S");
	canvas_resize(&fixture->canvas, 10, 47);
	assert_shows(fixture, "PER S");
	canvas_resize(&fixture->canvas, 10, 110);
	assert_shows(fixture, "KIND");
	assert_hides(fixture, "WHY");
	canvas_resize(&fixture->canvas, 10, 150);
	assert_shows(fixture, "WHY, THE LAST TIME");
	assert_shows(fixture, "closed with 128");
}

static void test_selection_follows(void **state)
{
	struct fixture *fixture = *state;

	draw(fixture);
	press(fixture, KEYS_DOWN);
	assert_int_equal(fixture->scene.selected, 1);
	top_sample_add_many(fixture->model, "curl", 7, "reset-by-peer", 60, 100);
	top_sample_time(fixture->model, 61);
	draw(fixture);
	assert_int_equal(fixture->scene.selected, 0);
	press(fixture, KEYS_END);
	assert_int_equal(fixture->scene.selected, 3);
	press(fixture, KEYS_HOME);
	top_sample_add_many(fixture->model, "new", 8, "linger-zero", 61, 1000);
	top_sample_time(fixture->model, 62);
	draw(fixture);
	assert_int_equal(fixture->scene.selected, 0); /* whichever is there */
	assert_shows(fixture, "new[8]");
	type(fixture, L"jjk");
	assert_int_equal(fixture->scene.selected, 1);
	model_clear(fixture->model);
	assert_shows(fixture, "no deaths yet");
	press(fixture, KEYS_DOWN);
	press(fixture, KEYS_ENTER);
	assert_shows(fixture, "no deaths yet");
}

static void test_pages(void **state)
{
	struct fixture *fixture = *state;

	for (int i = 1; i <= 100; i++)
		top_sample_add_many(fixture->model, "p", i, "linger-zero", 60, (unsigned int)i);
	assert_shows(fixture, "1-18 of 104");
	press(fixture, KEYS_PAGE_DOWN);
	assert_int_equal(fixture->scene.selected, 18);
	assert_shows(fixture, "2-19 of 104");
	press(fixture, KEYS_END);
	assert_shows(fixture, "87-104 of 104");
	press(fixture, KEYS_PAGE_UP);
	assert_int_equal(fixture->scene.selected, 103 - 18);
	canvas_resize(&fixture->canvas, 8, 80);
	draw(fixture);
	assert_true(fixture->state.first_row <= fixture->scene.selected &&
		    fixture->scene.selected < fixture->state.first_row + fixture->scene.page);
	canvas_resize(&fixture->canvas, 300, 80);
	assert_shows(fixture, "1-104 of 104");
}

static void test_filter(void **state)
{
	struct fixture *fixture = *state;

	draw(fixture);
	type(fixture, L"/curlq");
	assert_shows(fixture, "no row contains that");
	press(fixture, KEYS_BACKSPACE);
	assert_shows(fixture, "1-2 of 2");
	press(fixture, KEYS_ENTER);
	assert_shows(fixture, "filter: curl  by process and cause");
	type(fixture, L"/é日");
	assert_string_equal(fixture->state.filter, "curlé日");
	press(fixture, KEYS_BACKSPACE);
	assert_string_equal(fixture->state.filter, "curlé");
	press(fixture, KEYS_ESCAPE);
	assert_string_equal(fixture->state.filter, "curl");
	type(fixture, L"/");
	for (int i = 0; i < 100; i++)
		type(fixture, L"日");
	assert_true(strlen(fixture->state.filter) < FILTER_BYTES);
	assert_int_equal((strlen(fixture->state.filter) - 4) % 3, 0); /* whole characters */
	for (int i = 0; i < 100; i++)
		press(fixture, KEYS_BACKSPACE);
	assert_string_equal(fixture->state.filter, "");
	type(fixture, L"\x1b\x01");
	assert_string_equal(fixture->state.filter, "");
	press(fixture, KEYS_ENTER);
	assert_shows(fixture, "1-4 of 4");
}

static void test_sorting_and_grouping(void **state)
{
	struct fixture *fixture = *state;

	draw(fixture);
	type(fixture, L"s");
	assert_shows(fixture, "1 MIN▼");
	type(fixture, L"S");
	assert_shows(fixture, "PER S▼");
	type(fixture, L"r");
	assert_shows(fixture, "PER S▲");
	type(fixture, L"Sr");
	assert_shows(fixture, "CAUSE▲");
	type(fixture, L"g");
	assert_shows(fixture, "by process, sorted by cause");
	assert_shows(fixture, "curl[7]            syn-timeout +1");
	type(fixture, L"gg");
	assert_shows(fixture, "by cause, sorted by cause");
	type(fixture, L"g");
	assert_shows(fixture, "by process and cause, sorted by cause");
}

static void test_deaths(void **state)
{
	struct fixture *fixture = *state;

	draw(fixture);
	press(fixture, KEYS_END);
	press(fixture, KEYS_ENTER);
	assert_shows(fixture, "nginx[2211], close-unread: death 1 of the 16 that are kept");
	assert_shows(fixture, "rst-sent, certain: closed with 128 bytes unread");
	assert_shows(fixture, "evidence, lines 1-11 of");
	press(fixture, KEYS_DOWN);
	assert_shows(fixture, "death 2 of the 16");
	top_sample_add(fixture->model, "nginx", 2211, "close-unread", 60);
	assert_shows(fixture, "death 3 of the 16"); /* the same one */
	press(fixture, KEYS_HOME);
	top_sample_add(fixture->model, "nginx", 2211, "close-unread", 60);
	assert_shows(fixture, "death 1 of the 16"); /* the newest, whichever */
	press(fixture, KEYS_END);
	for (unsigned int i = 0; i < 20; i++)
		top_sample_add(fixture->model, "nginx", 2211, "close-unread", 60);
	assert_shows(fixture, "death 16 of the 16"); /* it had to make room */
	press(fixture, KEYS_PAGE_DOWN);
	assert_int_equal(fixture->state.first_line, 10);
	for (int i = 0; i < 20; i++)
		press(fixture, KEYS_PAGE_DOWN);
	assert_int_equal(fixture->state.first_line + fixture->scene.lines_page, fixture->scene.lines_count);
	type(fixture, L"b");
	assert_int_equal(fixture->state.first_line + 2 * fixture->scene.lines_page - 1, fixture->scene.lines_count);
	press(fixture, KEYS_UP);
	assert_int_equal(fixture->state.first_line, 0);
	model_clear(fixture->model);
	assert_shows(fixture, "nginx[2211], close-unread: none of its deaths is kept any more");
	press(fixture, KEYS_DOWN);
	press(fixture, KEYS_PAGE_DOWN);
	press(fixture, KEYS_ESCAPE);
	assert_shows(fixture, "no deaths yet");
}

static void test_actions(void **state)
{
	struct fixture *fixture = *state;

	draw(fixture);
	assert_int_equal(type(fixture, L"q"), ACTION_QUIT);
	assert_int_equal(type(fixture, L"z"), ACTION_CLEAR);
	assert_int_equal(type(fixture, L"\f"), ACTION_REPAINT);
	assert_int_equal(type(fixture, L"x"), ACTION_NONE);
	assert_int_equal(press(fixture, KEYS_OTHER), ACTION_NONE);
	assert_int_equal(type(fixture, L"p"), ACTION_PAUSE);
	assert_shows(fixture, "PAUSED");
	assert_int_equal(type(fixture, L"p"), ACTION_PAUSE);
	assert_hides(fixture, "PAUSED");
	type(fixture, L"?");
	assert_shows(fixture, "any key: back");
	for (unsigned int i = 0; key_rows[i].keys; i++)
		assert_shows(fixture, key_rows[i].meaning);
	assert_int_equal(type(fixture, L"q"), ACTION_NONE); /* leaves the help, and no more */
	assert_hides(fixture, "any key: back");
	type(fixture, L"/q"); /* is text here */
	assert_true(fixture->state.is_typing);
}

static void test_what_stands_beside(void **state)
{
	struct fixture *fixture = *state;

	fixture->around.message = "cannot write x.rec: No space left on device";
	assert_shows(fixture, "\ncannot write x.rec: No space left on device\n");
	fixture->around.message = "";
	fixture->around.lost = 17;
	assert_shows(fixture, ", 17 lost");
	fixture->around.has_lost = false;
	assert_hides(fixture, "lost");
	fixture->model->forgotten = 1234567;
	assert_shows(fixture, "(1.23M in rows that had to make room)");
}

static void test_hostile_names(void **state)
{
	struct fixture *fixture = *state;

	top_sample_add(fixture->model, "\033[2J\xff\n", 9, "close-unread", 60);
	assert_shows(fixture, "\\x1b[2J\\xff\\x0a");
	for (unsigned int row = 0; row < fixture->canvas.rows * fixture->canvas.columns; row++)
		assert_true(fixture->canvas.cells[row].character == 0 || fixture->canvas.cells[row].character >= L' ');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_overview, begin, end),
		cmocka_unit_test_setup_teardown(test_every_size, begin, end),
		cmocka_unit_test_setup_teardown(test_columns_come_with_width, begin, end),
		cmocka_unit_test_setup_teardown(test_selection_follows, begin, end),
		cmocka_unit_test_setup_teardown(test_pages, begin, end),
		cmocka_unit_test_setup_teardown(test_filter, begin, end),
		cmocka_unit_test_setup_teardown(test_sorting_and_grouping, begin, end),
		cmocka_unit_test_setup_teardown(test_deaths, begin, end),
		cmocka_unit_test_setup_teardown(test_actions, begin, end),
		cmocka_unit_test_setup_teardown(test_what_stands_beside, begin, end),
		cmocka_unit_test_setup_teardown(test_hostile_names, begin, end),
	};

	return cmocka_run_group_tests_name("top_view", tests, NULL, NULL);
}
