/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What waits for a server: in order, within its bound, there again after a restart, and nobody else's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../user/export/backlog.h"

#define MAX_BYTES 1000

static char *folder_of(void)
{
	static const char pattern[] = "/tmp/rsttrace-backlog-XXXXXX";
	char *folder = strdup(pattern);

	assert_non_null(mkdtemp(folder));
	return folder;
}

static void remove_folder(char *folder)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	assert_int_equal(system(command), 0);
	free(folder);
}

static struct backlog *opened(const char *folder)
{
	struct backlog *backlog = NULL;
	char message[256];

	assert_int_equal(backlog_open(folder, MAX_BYTES, &backlog, message, sizeof(message)), 0);
	return backlog;
}

static void expect_first(struct backlog *backlog, const char *expected, uint64_t expected_rows)
{
	char *body = NULL;
	uint64_t rows;
	size_t size;

	assert_int_equal(backlog_first(backlog, &body, &size, &rows), 0);
	assert_int_equal(size, strlen(expected));
	assert_memory_equal(body, expected, size);
	assert_int_equal(rows, expected_rows);
	free(body);
}

static void fill(struct backlog *backlog)
{
	assert_int_equal(backlog_put(backlog, "first", 5, 1), 0);
	assert_int_equal(backlog_put(backlog, "second", 6, 20), 0);
	assert_int_equal(backlog_put(backlog, "third", 5, 300), 0);
}

static void expect_order(struct backlog *backlog)
{
	char *body;
	uint64_t rows;
	size_t size;

	assert_int_equal(backlog_counts(backlog).rows, 321);
	assert_int_equal(backlog_counts(backlog).bytes, 16);
	expect_first(backlog, "first", 1);
	expect_first(backlog, "first", 1);
	backlog_remove(backlog);
	expect_first(backlog, "second", 20);
	backlog_remove(backlog);
	expect_first(backlog, "third", 300);
	backlog_remove(backlog);
	backlog_remove(backlog);
	assert_int_equal(backlog_first(backlog, &body, &size, &rows), -ENOENT);
	assert_int_equal(backlog_counts(backlog).bytes, 0);
}

static void test_order(void **state)
{
	char *folder = folder_of();
	struct backlog *backlog = opened(NULL);

	(void)state;
	fill(backlog);
	expect_order(backlog);
	backlog_close(backlog);
	backlog = opened(folder);
	fill(backlog);
	expect_order(backlog);
	backlog_close(backlog);
	remove_folder(folder);
}

static void test_the_next_run_finds_it(void **state)
{
	char *folder = folder_of(), path[128];
	struct backlog *backlog = opened(folder);
	struct stat status;
	int fd;

	(void)state;
	fill(backlog);
	backlog_close(backlog);
	snprintf(path, sizeof(path), "%s/00000000000000000009.new", folder);
	fd = open(path, O_WRONLY | O_CREAT, 0600);
	assert_int_equal(write(fd, "half", 4), 4);
	close(fd);
	snprintf(path, sizeof(path), "%s/00000000000000000000-1.body", folder);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
	backlog = opened(folder);
	expect_order(backlog);
	assert_int_equal(backlog_put(backlog, "fourth", 6, 1), 0);
	expect_first(backlog, "fourth", 1);
	backlog_close(backlog);
	remove_folder(folder);
}

static void test_bound(void **state)
{
	char *folder = folder_of(), bytes[MAX_BYTES];
	const char *const folders[] = { NULL, folder };

	(void)state;
	memset(bytes, 'x', sizeof(bytes));
	for (unsigned int i = 0; i < 2; i++) {
		struct backlog *backlog = opened(folders[i]);

		assert_int_equal(backlog_put(backlog, bytes, sizeof(bytes) - 1, 7), 0);
		assert_int_equal(backlog_put(backlog, "xx", 2, 1), -ENOSPC);
		assert_int_equal(backlog_counts(backlog).rows, 7);
		assert_int_equal(backlog_put(backlog, "x", 1, 1), 0);
		backlog_close(backlog);
	}
	remove_folder(folder);
}

static void test_a_file_that_is_cut(void **state)
{
	char *folder = folder_of(), path[128], *body;
	struct backlog *backlog = opened(folder);
	uint64_t rows;
	size_t size;

	(void)state;
	fill(backlog);
	snprintf(path, sizeof(path), "%s/00000000000000000000-1.body", folder);
	assert_int_equal(truncate(path, 2), 0);
	assert_int_equal(backlog_first(backlog, &body, &size, &rows), -EIO);
	backlog_remove(backlog);
	expect_first(backlog, "second", 20);
	backlog_close(backlog);
	remove_folder(folder);
}

static void test_one_at_a_time(void **state)
{
	char *folder = folder_of(), message[256];
	struct backlog *backlog = opened(folder), *other;

	(void)state;
	assert_int_equal(backlog_open(folder, MAX_BYTES, &other, message, sizeof(message)), -EBUSY);
	assert_non_null(strstr(message, "another rsttrace"));
	assert_int_equal(backlog_open("/proc/no", MAX_BYTES, &other, message, sizeof(message)), -ENOENT);
	assert_non_null(strstr(message, "/proc/no"));
	backlog_close(backlog);
	remove_folder(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_the_next_run_finds_it),
		cmocka_unit_test(test_bound),
		cmocka_unit_test(test_a_file_that_is_cut),
		cmocka_unit_test(test_one_at_a_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
