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
#include <time.h>

#include "../../user/attach/cgroups.h"
#include "../../user/attach/recording.h"
#include "../../user/pipeline.h"
#include "../../user/store/archive.h"
#include "../../user/store/store.h"
#include "store_fixture.h"

struct replayed {
	struct recording *recording;
	struct pipeline *pipeline;
	struct store *store;
	FILE *golden;
};

static const char *symbol(void *context, uint64_t address)
{
	return recording_symbol(((struct replayed *)context)->recording, address);
}

static const char *reason(void *context, int32_t number)
{
	const struct source_info *info = recording_info(((struct replayed *)context)->recording);

	return number >= 0 && (uint32_t)number < info->reasons_count ? info->reasons[number] : NULL;
}

static const char *drop(void *context, int32_t number)
{
	const struct source_info *info = recording_info(((struct replayed *)context)->recording);

	return number >= 0 && (uint32_t)number < info->drops_count ? info->drops[number] : NULL;
}

static const char *cgroup(void *context, const struct ev_task *task)
{
	return recording_cgroup(((struct replayed *)context)->recording, cgroups_number(task));
}

static const char *user_frame(void *context, const struct ev_user_frame *frame)
{
	return recording_user_frame(((struct replayed *)context)->recording, frame);
}

static int keep(void *context, const struct report *report)
{
	store_report(((struct replayed *)context)->store, report, fixture_time(0));
	return 0;
}

static int take(void *context, const void *bytes, size_t size)
{
	struct replayed *replayed = context;
	static const struct options options = {
		.verb = "record",
		.is_silent = true,
		.has_kinds = true,
		.kinds = { true, true, true, true, true, true, true },
	};
	const struct join_names names = { symbol, reason, cgroup, NULL, context, drop, user_frame };
	char message[512];

	if (!replayed->pipeline) {
		assert_int_equal(pipeline_open(&options, &names, recording_info(replayed->recording),
					       &replayed->pipeline, message, sizeof(message)), 0);
		pipeline_also(replayed->pipeline, keep, replayed);
	}
	return pipeline_record(replayed->pipeline, bytes, size);
}

static void record(struct replayed *replayed, const char *path)
{
	char message[512];

	assert_int_equal(recording_open(path, &replayed->recording, message, sizeof(message)), 0);
	assert_int_equal(recording_read(replayed->recording, take, replayed, message, sizeof(message)), 0);
	if (replayed->pipeline)
		assert_int_equal(pipeline_end(replayed->pipeline), 0);
	pipeline_close(replayed->pipeline);
	recording_close(replayed->recording);
}

static int compare(void *context, int64_t time_ns, const char *json)
{
	struct replayed *replayed = context;
	char *line = NULL;
	size_t size = 0;

	(void)time_ns;
	assert_true(getline(&line, &size, replayed->golden) > 0);
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
	struct replayed replayed = { .store = fixture_store(STORE_SIZE_MIN, 0) };
	struct archive *archive = NULL;
	char golden[256], message[512];

	record(&replayed, path);
	fixture_close(replayed.store);
	snprintf(golden, sizeof(golden), "%.*s.ndjson", (int)(strlen(path) - strlen(".rec")), path);
	replayed.golden = sorted(golden);
	assert_int_equal(archive_open(fixture_path(), &archive, message, sizeof(message)), 0);
	print_message("# %s\n", path);
	assert_int_equal(archive_incidents(archive, &all, compare, &replayed, message, sizeof(message)), 0);
	assert_int_equal(fgetc(replayed.golden), EOF);
	archive_close(archive);
	fclose(replayed.golden);
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
