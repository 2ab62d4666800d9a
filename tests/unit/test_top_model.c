/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What top remembers: counts, rates, the last deaths, and what goes when there is no more room. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "../../user/explain/causes.h"
#include "sample.h"
#include "top_sample.h"

static int begin(void **state)
{
	struct model *model = model_new();

	if (!model)
		return -1;
	top_sample_time(model, 0);
	*state = model;
	return 0;
}

static int end(void **state)
{
	free(*state);
	return 0;
}

static void test_history(void **state)
{
	struct history history = { 0 }, other = { 0 };

	(void)state;
	history_add(&history, 5000, 2);
	history_add(&history, 5001, 3);
	assert_int_equal(history_sum(&history, 5001, 1), 3);
	assert_int_equal(history_sum(&history, 5001, 60), 5);
	assert_int_equal(history_sum(&history, 5000, 60), 2);
	assert_int_equal(history_sum(&history, 5003, 2), 0);
	history_add(&history, 4999, 1); /* late, but not too late */
	assert_int_equal(history_sum(&history, 4999, 1), 1);
	history_add(&history, 5059, 1);
	assert_int_equal(history_sum(&history, 5059, 60), 6); /* 5000 is the oldest second */
	history_add(&history, 5060, 1);
	assert_int_equal(history_sum(&history, 5060, 60), 5);
	history_add(&history, 4000, 9); /* too late */
	assert_int_equal(history_sum(&history, 5060, 60), 5);
	history_add(&history, 9000, 1); /* all is forgotten */
	assert_int_equal(history_sum(&history, 9000, 60), 1);
	history_add(&history, 9000, UINT64_MAX); /* the most that it counts */
	assert_int_equal(history_sum(&history, 9000, 1), UINT32_MAX);
	history_add(&other, 9001, 4);
	history_add(&other, 8990, 5);
	history_merge(&other, &history);
	assert_int_equal(history_sum(&other, 9001, 1), 4);
	assert_int_equal(history_sum(&other, 9000, 1), UINT32_MAX);
	assert_int_equal(history_sum(&other, 8990, 1), 5);
}

static void test_counts(void **state)
{
	struct model *model = *state;

	top_sample_add(model, "nginx", 7, "close-unread", 1);
	top_sample_add(model, "nginx", 7, "close-unread", 2);
	top_sample_add(model, "nginx", 7, "linger-zero", 2);
	top_sample_add(model, "nginx", -7, "close-unread", 3);
	top_sample_add_many(model, "nginx", 8, "reset-by-peer", 3, 100);
	assert_int_equal(model->pairs_count, 4);
	assert_int_equal(model->deaths, 104);
	assert_int_equal(model->kinds[KIND_RST_SENT], 4);
	assert_int_equal(model->kinds[KIND_RST_RECEIVED], 100);
	assert_int_equal(model->pairs[0].deaths, 2);
	assert_int_equal(model->pairs[3].deaths, 100);
	assert_int_equal(history_sum(&model->history, TOP_START_S + 3, 1), 101);
	assert_int_equal(model->now_ns, (TOP_START_S + 3) * 1000000000ull);
	model_clear(model);
	assert_int_equal(model->deaths, 0);
	assert_int_equal(model->pairs_count, 0);
}

static void test_unknown_is_counted(void **state)
{
	struct model *model = *state;
	struct sample sample;

	sample_bare(&sample);
	model_add(model, &sample.report);
	assert_int_equal(model->unknown, 1);
	assert_ptr_equal(model->pairs[0].cause, &cause_unknown);
	assert_int_equal(model->pairs[0].process.pid, 0);
}

static void assert_process(uint32_t pid, bool is_former, const char *comm, const char *process,
			   const char *program)
{
	struct process of = { .pid = pid, .is_former = is_former };
	char text[80];

	memcpy(of.comm, comm, strlen(comm));
	process_text(&of, text, sizeof(text));
	assert_string_equal(text, process);
	program_text(&of, text, sizeof(text));
	assert_string_equal(text, program);
}

static void test_names(void **state)
{
	(void)state;
	assert_process(7, false, "nginx", "nginx[7]", "nginx");
	assert_process(7, true, "redis", "(redis[7])", "(redis)");
	assert_process(0, false, "", "(no process)", "(no process)");
	assert_process(7, false, "[x]\033\xff\\", "[x]\\x1b\\xff\\\\[7]", "[x]\\x1b\\xff\\\\");
}

/* Everything that a kept death points to is its own, or lasts for ever. */
static void test_death_is_a_copy(void **state)
{
	struct model *model = *state, *copy = malloc(sizeof(*copy));
	struct sample *sample = malloc(sizeof(*sample));
	char cgroup[] = "/a/b", frame[] = "main";
	struct death_report death;

	assert_non_null(copy);
	assert_non_null(sample);
	sample_init(sample);
	sample->report.cgroup = cgroup;
	sample->incident.user_depth = 3;
	sample->incident.user_frames[0] = frame;
	sample->incident.user_frames[1] = NULL;
	sample->incident.user_frames[2] = frame;
	model_add(model, &sample->report);
	memset(sample, 0xa5, sizeof(*sample));
	memset(cgroup, 'x', sizeof(cgroup) - 1);
	memset(frame, 'x', sizeof(frame) - 1);
	free(sample);
	*copy = *model;
	memset(model, 0xa5, sizeof(*model));
	death_report(&copy->kept[0], &death);
	assert_ptr_equal(death.report.incident, &death.incident);
	assert_string_equal(death.report.cgroup, "/a/b");
	assert_string_equal(death.report.why, "closed with 128 bytes unread, killed by SIGKILL");
	assert_string_equal(death.incident.user_frames[0], "main");
	assert_null(death.incident.user_frames[1]);
	assert_string_equal(death.incident.user_frames[2], "main");
	free(copy);
}

static void test_long_program_stack(void **state)
{
	struct model *model = *state;
	struct death_report death;
	struct sample sample;
	char name[PROGRAM_BYTES - 1];

	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	sample_init(&sample);
	sample.incident.user_frames[0] = name;
	sample.incident.user_frames[1] = "too much";
	model_add(model, &sample.report);
	death_report(&model->kept[0], &death);
	assert_string_equal(death.incident.user_frames[0], name);
	assert_null(death.incident.user_frames[1]);
}

static unsigned int kept_of(const struct model *model, unsigned int pair)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < DEATHS_MAX; i++)
		count += model->keys[i].serial && model->keys[i].pair == pair;
	return count;
}

static void test_many_do_not_push_out_the_rare(void **state)
{
	struct model *model = *state;

	top_sample_add(model, "rare", 1, "linger-zero", 0);
	for (unsigned int i = 0; i < 3 * DEATHS_MAX; i++)
		top_sample_add(model, "many", 2, "close-unread", 1);
	assert_int_equal(kept_of(model, 0), 1);
	assert_int_equal(kept_of(model, 1), DEATHS_PER_PAIR);
	assert_int_equal(model->pairs[1].deaths, 3 * DEATHS_MAX);
	for (unsigned int i = 0; i < DEATHS_MAX; i++)
		assert_false(model->keys[i].pair == 1 && model->keys[i].serial &&
			     model->keys[i].serial <= model->serial - DEATHS_PER_PAIR);
}

/* More deaths than can be kept, of pairs of which none has more than its share: the newest are. */
static void test_newest_are_kept(void **state)
{
	struct model *model = *state;
	const unsigned int pairs = 100;

	for (unsigned int i = 0; i < pairs * DEATHS_PER_PAIR; i++)
		top_sample_add(model, "p", (int)(i % pairs) + 1, "close-unread", 1);
	for (unsigned int i = 0; i < DEATHS_MAX; i++) {
		const struct pair *pair = &model->pairs[model->keys[i].pair];
		struct death_report death;

		assert_true(model->keys[i].serial > model->serial - DEATHS_MAX);
		death_report(&model->kept[i], &death);
		assert_int_equal(death.report.owner.pid, pair->process.pid);
	}
}

/* The oldest goes, and what it counted is told. */
static void test_no_room(void **state)
{
	struct model *model = *state;
	uint64_t sum = 0;

	for (unsigned int i = 0; i < PAIRS_MAX; i++)
		top_sample_add(model, "p", (int)i + 1, "close-unread", i);
	top_sample_add(model, "p", 1, "close-unread", PAIRS_MAX); /* the second is the oldest now */
	assert_int_equal(model->forgotten, 0);
	top_sample_add(model, "q", 1, "close-unread", PAIRS_MAX + 1);
	assert_int_equal(model->pairs_count, PAIRS_MAX);
	assert_int_equal(model->forgotten, 1);
	assert_string_equal(model->pairs[1].process.comm, "q");
	assert_int_equal(model->pairs[1].deaths, 1);
	for (unsigned int i = 0; i < PAIRS_MAX; i++)
		sum += model->pairs[i].deaths;
	assert_int_equal(sum + model->forgotten, model->deaths);
	assert_int_equal(kept_of(model, 1), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_history),
		cmocka_unit_test_setup_teardown(test_counts, begin, end),
		cmocka_unit_test_setup_teardown(test_unknown_is_counted, begin, end),
		cmocka_unit_test(test_names),
		cmocka_unit_test_setup_teardown(test_death_is_a_copy, begin, end),
		cmocka_unit_test_setup_teardown(test_long_program_stack, begin, end),
		cmocka_unit_test_setup_teardown(test_many_do_not_push_out_the_rare, begin, end),
		cmocka_unit_test_setup_teardown(test_newest_are_kept, begin, end),
		cmocka_unit_test_setup_teardown(test_no_room, begin, end),
	};

	return cmocka_run_group_tests_name("top_model", tests, NULL, NULL);
}
