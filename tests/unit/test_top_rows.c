/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The lines of top's overview: what is put together, what passes a filter, in which order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "../../user/explain/causes.h"
#include "../../user/top/figures.h"
#include "../../user/top/rows.h"
#include "top_sample.h"

#define MANY 10

struct fixture {
	struct model *model;
	struct rows *rows;
};

static int begin(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));
	struct model *model = model_new();

	fixture->model = model;
	fixture->rows = calloc(1, sizeof(*fixture->rows));
	top_sample_time(model, 0);
	for (unsigned int i = 0; i < MANY; i++)
		top_sample_add(model, "nginx", 10, "close-unread", 10);
	top_sample_add(model, "nginx", 9, "close-unread", 99);
	top_sample_add(model, "nginx", 9, "close-unread", 99);
	top_sample_add(model, "nginx", 9, "reset-by-peer", 98);
	top_sample_add(model, "curl", 5, "reset-by-peer", 90);
	top_sample_add(model, "nginx", -10, "no-listener", 50);
	top_sample_add(model, "", 0, "no-listener", 51);
	top_sample_time(model, 100);
	*state = fixture;
	return 0;
}

static int end(void **state)
{
	struct fixture *fixture = *state;

	free(fixture->model);
	free(fixture->rows);
	free(fixture);
	return 0;
}

/* "process cause deaths recent minute processes causes" of each row, by lines. */
static const char *listed(const struct rows *rows, char *text, size_t size)
{
	size_t used = 0;
	char process[80];

	text[0] = '\0';
	for (unsigned int i = 0; i < rows->count && used < size; i++) {
		const struct row *row = &rows->rows[i];

		process_text(&row->lead->process, process, sizeof(process));
		used += (size_t)snprintf(text + used, size - used, "%s %s %u %u %u %u %u\n", process,
					 row->lead->cause->slug, (unsigned int)row->deaths,
					 (unsigned int)row->recent, (unsigned int)row->minute, row->processes,
					 row->causes);
	}
	return text;
}

static void assert_rows(const struct fixture *fixture, enum grouping grouping, const char *filter,
			enum sort sort, bool is_reversed, const char *expected)
{
	char text[1024];

	rows_make(fixture->rows, fixture->model, grouping, filter);
	rows_sort(fixture->rows, sort, is_reversed);
	assert_string_equal(listed(fixture->rows, text, sizeof(text)), expected);
}

static void test_groups(void **state)
{
	assert_rows(*state, GROUP_PAIR, "", SORT_DEATHS, false,
		    "nginx[10] close-unread 10 0 0 1 1\n"
		    "nginx[9] close-unread 2 2 2 1 1\n"
		    "curl[5] reset-by-peer 1 0 1 1 1\n"
		    "nginx[9] reset-by-peer 1 1 1 1 1\n"
		    "(nginx[10]) no-listener 1 0 1 1 1\n"
		    "(no process) no-listener 1 0 1 1 1\n");
	assert_rows(*state, GROUP_PROCESS, "", SORT_PROCESS, false,
		    "curl[5] reset-by-peer 1 0 1 1 1\n"
		    "nginx[9] close-unread 3 3 3 1 2\n"
		    "nginx[10] close-unread 10 0 0 1 1\n"
		    "(nginx[10]) no-listener 1 0 1 1 1\n"
		    "(no process) no-listener 1 0 1 1 1\n");
	assert_rows(*state, GROUP_PROGRAM, "", SORT_PROCESS, false,
		    "curl[5] reset-by-peer 1 0 1 1 1\n"
		    "nginx[10] close-unread 13 3 3 2 2\n"
		    "(nginx[10]) no-listener 1 0 1 1 1\n"
		    "(no process) no-listener 1 0 1 1 1\n");
	assert_rows(*state, GROUP_CAUSE, "", SORT_CAUSE, false,
		    "nginx[10] close-unread 12 2 2 2 1\n"
		    "(nginx[10]) no-listener 2 0 2 2 1\n"
		    "curl[5] reset-by-peer 2 1 2 2 1\n");
}

static void test_orders(void **state)
{
	assert_rows(*state, GROUP_CAUSE, "", SORT_RATE, false,
		    "nginx[10] close-unread 12 2 2 2 1\n"
		    "curl[5] reset-by-peer 2 1 2 2 1\n"
		    "(nginx[10]) no-listener 2 0 2 2 1\n");
	assert_rows(*state, GROUP_CAUSE, "", SORT_RATE, true,
		    "(nginx[10]) no-listener 2 0 2 2 1\n"
		    "curl[5] reset-by-peer 2 1 2 2 1\n"
		    "nginx[10] close-unread 12 2 2 2 1\n");
	assert_rows(*state, GROUP_CAUSE, "", SORT_LAST, false,
		    "nginx[10] close-unread 12 2 2 2 1\n"
		    "curl[5] reset-by-peer 2 1 2 2 1\n"
		    "(nginx[10]) no-listener 2 0 2 2 1\n");
	assert_rows(*state, GROUP_CAUSE, "", SORT_CAUSE, true,
		    "curl[5] reset-by-peer 2 1 2 2 1\n"
		    "(nginx[10]) no-listener 2 0 2 2 1\n"
		    "nginx[10] close-unread 12 2 2 2 1\n");
	/* equal in what was asked for: by the minute, the deaths, the names, and never reversed */
	assert_rows(*state, GROUP_PROGRAM, "no-listener", SORT_RATE, true,
		    "(nginx[10]) no-listener 1 0 1 1 1\n"
		    "(no process) no-listener 1 0 1 1 1\n");
}

static void test_filters(void **state)
{
	assert_rows(*state, GROUP_PAIR, "CURL", SORT_DEATHS, false, "curl[5] reset-by-peer 1 0 1 1 1\n");
	assert_rows(*state, GROUP_PAIR, "rst-received", SORT_PROCESS, false,
		    "curl[5] reset-by-peer 1 0 1 1 1\n"
		    "nginx[9] reset-by-peer 1 1 1 1 1\n");
	assert_rows(*state, GROUP_PROCESS, "[9]", SORT_DEATHS, false, "nginx[9] close-unread 3 3 3 1 2\n");
	assert_rows(*state, GROUP_PAIR, "no process", SORT_DEATHS, false,
		    "(no process) no-listener 1 0 1 1 1\n");
	assert_rows(*state, GROUP_PAIR, "nobody", SORT_DEATHS, false, "");
}

/* The last second, which is not over, counts in the minute, not in the rate. */
static void test_rate_is_of_whole_seconds(void **state)
{
	struct fixture *fixture = *state;

	top_sample_add(fixture->model, "late", 77, "close-unread", 100);
	assert_rows(fixture, GROUP_PAIR, "late", SORT_RATE, false, "late[77] close-unread 1 0 1 1 1\n");
	top_sample_time(fixture->model, 101);
	assert_rows(fixture, GROUP_PAIR, "late", SORT_RATE, false, "late[77] close-unread 1 1 1 1 1\n");
	top_sample_time(fixture->model, 106);
	assert_rows(fixture, GROUP_PAIR, "late", SORT_RATE, false, "late[77] close-unread 1 0 1 1 1\n");
	top_sample_time(fixture->model, 160);
	assert_rows(fixture, GROUP_PAIR, "late", SORT_RATE, false, "late[77] close-unread 1 0 0 1 1\n");
}

static void test_deaths_of_a_row(void **state)
{
	struct fixture *fixture = *state;
	unsigned int places[DEATHS_MAX];
	const struct row *row;

	rows_make(fixture->rows, fixture->model, GROUP_PROGRAM, "");
	rows_sort(fixture->rows, SORT_DEATHS, false);
	row = &fixture->rows->rows[0];
	assert_int_equal(row_deaths(&row->key, fixture->model, places), 13);
	for (unsigned int i = 1; i < 13; i++)
		assert_true(fixture->model->keys[places[i - 1]].serial > fixture->model->keys[places[i]].serial);
	assert_int_equal(row_newest(&row->key, fixture->model), places[0]);
	model_clear(fixture->model);
	assert_int_equal(row_deaths(&row->key, fixture->model, places), 0);
	assert_int_equal(row_newest(&row->key, fixture->model), -1);
}

static void test_keys_of_rows(void **state)
{
	struct fixture *fixture = *state;
	struct row_key key;

	rows_make(fixture->rows, fixture->model, GROUP_PROCESS, "[9]");
	key = fixture->rows->rows[0].key;
	rows_make(fixture->rows, fixture->model, GROUP_PROCESS, "reset-by-peer");
	rows_sort(fixture->rows, SORT_PROCESS, false);
	assert_true(row_key_equals(&key, &fixture->rows->rows[1].key)); /* another cause: the same process */
	assert_false(row_key_equals(&key, &fixture->rows->rows[0].key));
	rows_make(fixture->rows, fixture->model, GROUP_PAIR, "[9]");
	assert_false(row_key_equals(&key, &fixture->rows->rows[0].key)); /* another kind of row */
}

static void test_figures(void **state)
{
	char text[16];

	(void)state;
	assert_string_equal(figure_count(text, sizeof(text), 999999), "999999");
	assert_string_equal(figure_count(text, sizeof(text), 1000000), "1.00M");
	assert_string_equal(figure_count(text, sizeof(text), 12399999), "12.3M");
	assert_string_equal(figure_count(text, sizeof(text), 999999999), "999M");
	assert_string_equal(figure_count(text, sizeof(text), 1000000000), "1.00G");
	assert_string_equal(figure_count(text, sizeof(text), UINT64_MAX), "18.4E");
	assert_string_equal(figure_rate(text, sizeof(text), 0, 5), "0.0");
	assert_string_equal(figure_rate(text, sizeof(text), 1, 5), "0.2");
	assert_string_equal(figure_rate(text, sizeof(text), 4999, 5), "999.8");
	assert_string_equal(figure_rate(text, sizeof(text), 5000, 5), "1000");
	assert_string_equal(figure_age(text, sizeof(text), 999999999), "now");
	assert_string_equal(figure_age(text, sizeof(text), 59999999999), "59s");
	assert_string_equal(figure_age(text, sizeof(text), 60000000000), "1m");
	assert_string_equal(figure_age(text, sizeof(text), 3600000000000), "1h");
	assert_string_equal(figure_age(text, sizeof(text), 172800000000000), "2d");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_groups, begin, end),
		cmocka_unit_test_setup_teardown(test_orders, begin, end),
		cmocka_unit_test_setup_teardown(test_filters, begin, end),
		cmocka_unit_test_setup_teardown(test_rate_is_of_whole_seconds, begin, end),
		cmocka_unit_test_setup_teardown(test_deaths_of_a_row, begin, end),
		cmocka_unit_test_setup_teardown(test_keys_of_rows, begin, end),
		cmocka_unit_test(test_figures),
	};

	return cmocka_run_group_tests_name("top_rows", tests, NULL, NULL);
}
