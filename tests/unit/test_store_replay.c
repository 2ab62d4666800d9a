/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What goes into the database comes out of it: every recording of a real death is kept, and the JSON that is read back
 * is its golden, byte for byte.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <glob.h>
#include <stdio.h>
#include <string.h>

#include "../../user/store/archive.h"
#include "../../user/store/store.h"
#include "replayed.h"
#include "store_fixture.h"

struct kept {
	struct store *store;
	FILE *golden;
};

static int keep(void *context, const struct report *report)
{
	store_report(((struct kept *)context)->store, report, fixture_time(0));
	return 0;
}

static int compare(void *context, int64_t time_ns, const char *json)
{
	struct kept *kept = context;
	char *line = NULL;
	size_t size = 0;

	(void)time_ns;
	assert_true(getline(&line, &size, kept->golden) > 0);
	line[strcspn(line, "\n")] = '\0';
	assert_string_equal(json, line);
	free(line);
	return 0;
}

/* In the order of time; goldens are in that of release. */
static int by_time(const void *a, const void *b)
{
	return strcmp(strstr(*(char *const *)a, "\"time\""), strstr(*(char *const *)b, "\"time\""));
}

static FILE *sorted(const char *path)
{
	FILE *file = fopen(path, "r"), *out = tmpfile();
	char *lines[1024];
	size_t count = 0, size;

	assert_non_null(file);
	for (; count < 1024; count++) {
		lines[count] = NULL;
		size = 0;
		if (getline(&lines[count], &size, file) <= 0)
			break;
	}
	free(lines[count]);
	qsort(lines, count, sizeof(*lines), by_time);
	for (size_t i = 0; i < count; i++) {
		fputs(lines[i], out);
		free(lines[i]);
	}
	fclose(file);
	rewind(out);
	return out;
}

static void check(const char *path)
{
	const struct archive_wanted all = { .to_ns = INT64_MAX };
	struct kept kept = { .store = fixture_store(STORE_SIZE_MIN, 0) };
	struct archive *archive = NULL;
	char golden[256], message[512];

	assert_int_equal(replayed_reports(path, keep, &kept), 0);
	fixture_close(kept.store);
	snprintf(golden, sizeof(golden), "%.*s.ndjson", (int)(strlen(path) - strlen(".rec")), path);
	kept.golden = sorted(golden);
	assert_int_equal(archive_open(fixture_path(), &archive, message, sizeof(message)), 0);
	print_message("# %s\n", path);
	assert_int_equal(archive_incidents(archive, &all, compare, &kept, message, sizeof(message)), 0);
	assert_int_equal(fgetc(kept.golden), EOF);
	archive_close(archive);
	fclose(kept.golden);
	fixture_remove();
}

static void test_recordings(void **state)
{
	glob_t found;

	(void)state;
	setenv("TZ", "UTC0", 1);
	assert_int_equal(glob("tests/replay/*.rec", 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++)
		check(found.gl_pathv[i]);
	globfree(&found);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_recordings) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
