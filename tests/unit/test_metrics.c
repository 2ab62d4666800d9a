/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The numbers: nothing is lost where names are without end, and no name breaks out of its quotes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "../../user/export/metrics.h"
#include "sample.h"

#define NAMES 200 /* of processes, and as many of cgroups */

static struct metrics *metrics_of(void)
{
	struct metrics *metrics = malloc(sizeof(*metrics));

	assert_non_null(metrics);
	metrics_init(metrics, "6.1", "fentry");
	return metrics;
}

/* The caller frees it. */
static char *written(const struct metrics *metrics, bool is_openmetrics)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	metrics_write(metrics, is_openmetrics, out);
	fclose(out);
	return text;
}

static uint64_t sum_of(const struct metrics *metrics)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < metrics->series_count; i++)
		sum += metrics->series[i].count;
	return sum;
}

static void test_names_without_end(void **state)
{
	struct metrics *metrics = metrics_of();
	struct sample sample;
	char cgroup[32], *text;

	(void)state;
	sample_init(&sample);
	sample.report.cgroup = cgroup;
	for (unsigned int i = 0; i < NAMES * NAMES; i++) {
		snprintf(sample.report.owner.comm, sizeof(sample.report.owner.comm), "worker-%u", i % NAMES);
		snprintf(cgroup, sizeof(cgroup), "/user.slice/%u", i / NAMES);
		metrics_report(metrics, &sample.report);
	}
	assert_in_range(metrics->series_count, METRICS_OWN_SERIES, METRICS_OWN_SERIES + 1);
	assert_int_equal(metrics->processes.count, METRICS_NAMES);
	assert_int_equal(metrics->cgroups.count, METRICS_NAMES);
	assert_int_equal(sum_of(metrics), NAMES * NAMES);
	text = written(metrics, true);
	assert_non_null(strstr(text, "process=\"other\",cgroup=\"other\"} "));
	free(text);
	free(metrics);
}

static void test_a_burst_counts_as_what_it_stands_for(void **state)
{
	struct metrics *metrics = metrics_of();
	struct sample sample;

	(void)state;
	sample_init(&sample);
	sample.report.count = 1000;
	metrics_report(metrics, &sample.report);
	assert_int_equal(sum_of(metrics), 1000);
	assert_int_equal(metrics->certainties[sample.report.certainty], 1000);
	free(metrics);
}

static void test_long_cgroup_is_other(void **state)
{
	struct metrics *metrics = metrics_of();
	char cgroup[2 * METRICS_NAME_BYTES];
	struct sample sample;

	(void)state;
	sample_init(&sample);
	memset(cgroup, 'x', sizeof(cgroup));
	cgroup[0] = '/';
	cgroup[METRICS_NAME_BYTES] = '\0';
	sample.report.cgroup = cgroup;
	metrics_report(metrics, &sample.report);
	assert_string_equal(metrics->cgroups.names[metrics->series[0].cgroup], "other");
	free(metrics);
}

static void test_hostile_names(void **state)
{
	struct metrics *metrics = metrics_of();
	struct sample sample;
	char *text;

	(void)state;
	sample_init(&sample);
	strcpy(sample.report.owner.comm, "\"} 9\n\\\x1b");
	metrics_report(metrics, &sample.report);
	text = written(metrics, false);
	assert_non_null(strstr(text, "process=\"\\\"} 9\\\\x0a\\\\\\\\\\\\x1b\""));
	assert_null(strstr(text, "# EOF"));
	assert_null(strstr(text, " # {"));
	free(text);
	free(metrics);
}

static void test_buckets(void **state)
{
	struct metrics *metrics = metrics_of();
	struct sample sample;
	char *text;

	(void)state;
	sample_ipv6(&sample);
	metrics_report(metrics, &sample.report);
	text = written(metrics, true);
	assert_non_null(strstr(text, "rsttrace_connection_age_seconds_bucket{kind=\"rst-sent\",le=\"86400.000\"} 1"));
	assert_non_null(strstr(text, "rsttrace_connection_age_seconds_count{kind=\"rst-sent\"} 1"));
	assert_non_null(strstr(text, " # {local=\"["));
	assert_string_equal(text + strlen(text) - 6, "# EOF\n");
	for (unsigned int i = 1; i < METRICS_BUCKETS; i++)
		assert_true(metrics_bounds_ms[i] > metrics_bounds_ms[i - 1]);
	free(text);
	free(metrics);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_without_end),
		cmocka_unit_test(test_a_burst_counts_as_what_it_stands_for),
		cmocka_unit_test(test_long_cgroup_is_other),
		cmocka_unit_test(test_hostile_names),
		cmocka_unit_test(test_buckets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
