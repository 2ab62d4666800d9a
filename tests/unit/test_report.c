/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The parts of the report that are not stories of a whole day: its tables, its counting, its steps. */
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
#include "../../user/report/digest.h"
#include "../../user/report/numbered.h"
#include "../../user/report/timeline.h"

#define SECOND_NS 1000000000LL

/* What the tables name exists. */
static void test_families(void **state)
{
	(void)state;
	for (size_t i = 0; family_cause(i); i++) {
		if (!cause_find(family_cause(i)))
			fail_msg("%s is no cause", family_cause(i));
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(family_cause(k), family_cause(i));
	}
	assert_int_equal(family_of("unknown"), 0);
}

static void check_placeholders(const char *sentence)
{
	char name[32];

	assert_non_null(sentence);
	while ((sentence = strchr(sentence, '{'))) {
		snprintf(name, sizeof(name), "%.*s", (int)strcspn(sentence + 1, "}"), sentence + 1);
		if (!story_knows(name))
			fail_msg("{%s} in %s", name, sentence);
		sentence++;
	}
}

static void test_patterns(void **state)
{
	struct key_list list;
	char message[512];
	unsigned int told = 0;

	(void)state;
	for (unsigned int i = 0; i < patterns_count; i++) {
		const struct story_pattern *pattern = &patterns[i];

		told |= pattern->families;
		assert_true(pattern->families);
		assert_true(pattern->gap_ms > 0);
		check_placeholders(pattern->sentence);
		check_placeholders(pattern->check);
		for (unsigned int k = 0; k < 2 && pattern->by[k]; k++)
			assert_int_equal(keys_parse(pattern->by[k], &list, message, sizeof(message)), 0);
		for (unsigned int k = 0; k < i; k++)
			assert_string_not_equal(patterns[k].slug, pattern->slug);
	}
	/* a family that no story is made of would be a wrong table */
	for (size_t i = 0; family_cause(i); i++)
		assert_true(family_of(family_cause(i)) & told);
}

static void test_keys(void **state)
{
	struct key_list list;
	char message[512] = "";

	(void)state;
	assert_int_equal(keys_parse("process,cause,peer,pid", &list, message, sizeof(message)), 0);
	assert_int_equal(list.count, 4);
	assert_int_equal(keys_parse("process,cause,peer,pid,kind", &list, message, sizeof(message)), -EINVAL);
	assert_int_equal(keys_parse("", &list, message, sizeof(message)), -EINVAL);
	assert_int_equal(keys_parse("a\x1b[2J", &list, message, sizeof(message)), -EINVAL);
	assert_null(strchr(message, '\x1b'));
}

static struct death death_of(struct words *words, int64_t time_ns, const char *cause, int64_t count)
{
	const char *nothing = words_keep(words, "");

	return (struct death){
		.time_ns = time_ns, .last_ns = time_ns, .count = count, .cause = words_keep(words, cause),
		.kind = nothing, .title = nothing, .certainty = nothing, .process = nothing, .source = nothing,
		.state = nothing, .error = nothing, .local = nothing, .peer = nothing, .cgroup = nothing,
		.container = nothing, .pid = NOT_KNOWN, .local_port = NOT_KNOWN, .peer_port = NOT_KNOWN,
		.netns = NOT_KNOWN, .age_ms = NOT_KNOWN, .idle_ms = NOT_KNOWN, .silence_ms = NOT_KNOWN,
		.elapsed_ms = NOT_KNOWN, .retransmits = NOT_KNOWN,
	};
}

static void test_groups(void **state)
{
	struct words *words = words_new();
	struct key_list by;
	struct groups *groups;
	char message[128];
	const char *wanted[KEYS_MAX] = { words_keep(words, "b") };

	(void)state;
	assert_int_equal(keys_parse("cause,pid", &by, message, sizeof(message)), 0);
	groups = groups_new(words, &by);
	for (int i = 0; i < 3000; i++) { /* more than fit at first */
		char cause[16];
		struct death death;

		snprintf(cause, sizeof(cause), "c%d", i);
		death = death_of(words, i, cause, 1);
		assert_int_equal(groups_add(groups, &death), 0);
	}
	struct death late = death_of(words, 900, "b", 5), early = death_of(words, 100, "b", 2);

	assert_int_equal(groups_add(groups, &late), 0);
	assert_int_equal(groups_add(groups, &early), 0);
	assert_int_equal(groups_add_before(groups, &early), 0);
	groups_sort(groups);
	assert_int_equal(groups_count(groups), 3001);
	assert_string_equal(groups_at(groups, 0)->texts[0], "b");
	assert_string_equal(groups_at(groups, 0)->texts[1], ""); /* a pid that is not known */
	assert_int_equal(groups_at(groups, 0)->deaths, 7);
	assert_int_equal(groups_at(groups, 0)->before, 2);
	assert_int_equal(groups_at(groups, 0)->first_ns, 100);
	assert_int_equal(groups_at(groups, 0)->last_ns, 900);
	wanted[1] = words_keep(words, "");
	assert_ptr_equal(groups_find(groups, wanted), groups_at(groups, 0));
	groups_free(groups);
	words_free(words);
}

/* From a nanosecond to years: never more steps than asked for, every death in one of them. */
static void test_timeline(void **state)
{
	struct words *words = words_new();
	struct timeline timeline;

	(void)state;
	for (int64_t lasted_ns = 1; lasted_ns < 20LL * 365 * 86400 * SECOND_NS; lasted_ns = lasted_ns * 7 + 3) {
		const struct period period = { 1767323045 * SECOND_NS + 17, 1767323045 * SECOND_NS + 17 + lasted_ns };
		struct death list[] = { death_of(words, period.from_ns, "a", 2),
					death_of(words, period.to_ns - 1, "b", 3) };
		struct deaths deaths = { list, 2, 2 };
		int64_t sum = 0;

		assert_int_equal(timeline_make(&deaths, period, 32, &timeline), 0);
		assert_in_range(timeline.count, 1, 32);
		for (unsigned int i = 0; i < timeline.count; i++)
			sum += timeline.moments[i].deaths;
		assert_int_equal(sum, 5);
		assert_string_equal(timeline.moments[timeline.count - 1].cause, "b");
	}
	words_free(words);
}

static void test_numbers(void **state)
{
	char pattern[64], values[64];
	struct words *words = words_new();
	struct numbered *numbered = numbered_new();

	(void)state;
	pattern_of("007 of 12 in 3", pattern, values);
	assert_string_equal(pattern, "\x01 of \x01 in \x01");
	assert_string_equal(values, "007 12 3");
	pattern_of("none", pattern, values);
	assert_string_equal(values, "");
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < 5000; i++) {
			snprintf(pattern, sizeof(pattern), "word %d", i);
			assert_int_equal(numbered_of(numbered, words_keep(words, pattern)), i);
		}
	}
	assert_int_equal(numbered_count(numbered), 5000);
	assert_string_equal(numbered_at(numbered, 4999), "word 4999");
	numbered_free(numbered);
	words_free(words);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_families), cmocka_unit_test(test_patterns), cmocka_unit_test(test_keys),
		cmocka_unit_test(test_groups),	 cmocka_unit_test(test_timeline), cmocka_unit_test(test_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
