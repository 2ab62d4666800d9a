/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The program's own stack: records that carry one, names that stay, what is shown of it. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "attach/elf_image.h"
#include "attach/process_maps.h"
#include "attach/recording.h"
#include "attach/user_names.h"
#include "attach/user_symbols.h"
#include "decode/decode.h"
#include "explain/causes.h"
#include "sample.h"
#include "sinks/sink.h"

static struct evidence_user record_of(unsigned int depth)
{
	struct evidence_user user = { .stacked.evidence = {
		.version = EVIDENCE_VERSION,
		.hook = HOOK_TCP_SEND_RESET,
		.size = sizeof(user),
		.reason = EVIDENCE_NO_REASON,
		.detail.user_depth = depth,
	} };

	for (unsigned int i = 0; i < depth && i < EVIDENCE_USER_FRAMES; i++)
		user.frames[i] = (struct ev_user_frame){ USER_FRAME_BUILD_ID, { 1, 2, i }, 0x1000 + i };
	return user;
}

static void test_a_record_with_a_program_stack(void **state)
{
	struct evidence_user user = record_of(EVIDENCE_USER_FRAMES);
	struct ev_user_frame frames[EVIDENCE_USER_FRAMES];
	struct evidence_stacked out;

	(void)state;
	assert_int_equal(decode_evidence(&user, sizeof(user), &out), 0);
	assert_int_equal(decode_user(&user, sizeof(user), frames), EVIDENCE_USER_FRAMES);
	assert_memory_equal(frames, user.frames, sizeof(frames));
	user.stacked.evidence.detail.user_depth++;
	assert_int_equal(decode_evidence(&user, sizeof(user), &out), -EBADMSG);
	assert_int_equal(decode_user(&user, sizeof(user), frames), 0);
}

/* The frames come last, behind what has been appended since. */
static void test_an_older_record_with_a_program_stack(void **state)
{
	const size_t frames_bytes = sizeof(((struct evidence_user *)0)->frames);
	const size_t size = EVIDENCE_BYTES_3 + sizeof(((struct evidence_stacked *)0)->stack) + frames_bytes;
	struct evidence_user user = record_of(2), older;
	struct ev_user_frame frames[EVIDENCE_USER_FRAMES];

	(void)state;
	older = user;
	older.stacked.evidence.version = 3;
	older.stacked.evidence.size = size;
	memcpy((char *)&older + size - frames_bytes, user.frames, frames_bytes);
	assert_int_equal(decode_user(&older, size, frames), 2);
	assert_memory_equal(frames, user.frames, sizeof(frames));
	assert_int_equal(decode_user(&older, size - 1, frames), 0);
}

static void test_other_records_have_none(void **state)
{
	struct evidence_user user = record_of(1);
	struct ev_user_frame frames[EVIDENCE_USER_FRAMES];
	struct evidence_stacked out;

	(void)state;
	user.stacked.evidence.size = sizeof(out);
	assert_int_equal(decode_evidence(&user, sizeof(out), &out), -EBADMSG);
	user.stacked.evidence.detail.user_depth = 0;
	assert_int_equal(decode_evidence(&user, sizeof(out), &out), 0);
	assert_int_equal(decode_user(&user, sizeof(out), frames), 0);
	assert_int_equal(decode_evidence(&user, sizeof(struct evidence_user_sample), &out), -EBADMSG);
}

static void test_names_stay_as_long_as_promised(void **state)
{
	struct ev_user_frame frame = { USER_FRAME_BUILD_ID, { 7 }, 0 };
	struct user_names *names = user_names_new();
	const char *first, *again;

	(void)state;
	first = user_names_put(names, &frame, "first");
	for (unsigned int i = 1; i <= USER_NAMES_KEPT; i++) {
		frame.offset = i;
		user_names_put(names, &frame, "other");
	}
	assert_string_equal(first, "first");
	frame.offset = 0;
	again = user_names_find(names, &frame);
	assert_string_equal(again, "first");
	for (unsigned int i = 1; i <= USER_NAMES_KEPT - 2; i++) {
		frame.offset = USER_NAMES_KEPT + i;
		user_names_put(names, &frame, "other");
	}
	assert_string_equal(again, "first");
	for (unsigned int i = 1; i <= 2 * USER_NAMES_KEPT; i++) {
		frame.offset = 2 * USER_NAMES_KEPT + i;
		user_names_put(names, &frame, "other");
	}
	frame.offset = 0;
	assert_null(user_names_find(names, &frame));
	user_names_free(names);
}

static void test_the_last_name_counts(void **state)
{
	const struct ev_user_frame frame = { USER_FRAME_BUILD_ID, { 7 }, 9 };
	struct user_names *names = user_names_new();
	const char *old;

	(void)state;
	assert_null(user_names_find(names, &frame));
	old = user_names_put(names, &frame, "?+0x9");
	user_names_put(names, &frame, "serve");
	assert_string_equal(user_names_find(names, &frame), "serve");
	assert_string_equal(old, "?+0x9");
	user_names_free(names);
}

static struct elf_image *load(const char *path)
{
	struct elf_image *image = NULL;
	int fd = open_regular(path);

	assert_true(fd >= 0);
	assert_int_equal(elf_image_load(fd, &image), 0);
	close(fd);
	return image;
}

/* Where this program's function lies in its file: its mapping tells. */
static uint64_t offset_of(uint64_t address)
{
	struct process_maps *maps = process_maps_read(getpid());
	const struct mapping *mapping = process_maps_find(maps, address);
	uint64_t offset = address - mapping->start + mapping->offset;

	process_maps_free(maps);
	return offset;
}

static void test_a_file_names_its_functions(void **state)
{
	struct elf_image *image = load("/proc/self/exe");
	uint64_t address;

	(void)state;
	assert_true(elf_image_has_symbols(image));
	assert_true(elf_image_address(image, offset_of((uint64_t)offset_of) + 4, &address));
	assert_string_equal(elf_image_function(image, address), "offset_of");
	assert_null(elf_image_function(image, 1));
	assert_false(elf_image_address(image, 1ULL << 40, &address));
	assert_false(elf_image_is_entry(image, address));
	elf_image_free(image);
}

#ifdef __x86_64__
static void test_a_function_begins_with_its_return_address(void **state)
{
	struct elf_image *image = load("/proc/self/exe");
	struct cfi_rule rule;
	uint64_t address;

	(void)state;
	assert_true(elf_image_address(image, offset_of((uint64_t)offset_of), &address));
	assert_int_equal(elf_image_rule(image, address, &rule), 0);
	assert_false(rule.is_outermost || rule.is_cfa_of_bp || rule.is_bp_saved);
	assert_int_equal(rule.cfa_offset, 8);
	assert_int_equal(elf_image_rule(image, 1, &rule), -ENOENT);
	elf_image_free(image);
}

/* The innermost place is the first instruction of a function; the word on top of the stack says who called it. */
static void test_a_caller_without_frame_pointers(void **state)
{
	struct evidence_user_sample sample = { .user = record_of(1), .sp = 0x7000 };
	struct user_symbols *symbols = user_symbols_new();

	(void)state;
	sample.user.stacked.evidence.task.pid = getpid();
	sample.ip = sample.addresses[0] = (uint64_t)offset_of + 1;
	sample.user.frames[0] = (struct ev_user_frame){ USER_FRAME_ADDRESS, { 0 }, sample.ip };
	sample.words[0] = (uint64_t)load + 1;
	user_symbols_complete(symbols, &sample);
	assert_int_equal(sample.user.stacked.evidence.size, sizeof(sample.user));
	assert_true(sample.user.stacked.evidence.detail.user_depth >= 2);
	assert_string_equal(user_symbols_name(symbols, &sample.user.frames[0]), "offset_of");
	assert_string_equal(user_symbols_name(symbols, &sample.user.frames[1]), "load");
	user_symbols_free(symbols);
}
#endif

static void test_nothing_but_regular_files_is_read(void **state)
{
	char folder[] = "/tmp/rsttrace-XXXXXX", path[64];
	struct elf_image *image;
	int fd;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/pipe", folder);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(open_regular(path), -EBADMSG);
	unlink(path);
	rmdir(folder);
	assert_int_equal(open_regular("/dev/zero"), -EBADMSG);
	assert_int_equal(open_regular("/"), -EBADMSG);
	assert_int_equal(open_regular("/nonexistent"), -ENOENT);
	fd = open_regular("/etc/passwd");
	assert_true(fd >= 0);
	assert_int_equal(elf_image_load(fd, &image), -EBADMSG);
	close(fd);
}

struct reading {
	struct recording *recording;
	const char *name; /* NULL = not read yet */
};

static int read_record(void *context, const void *bytes, size_t size)
{
	struct reading *reading = context;
	struct ev_user_frame frames[EVIDENCE_USER_FRAMES];

	assert_int_equal(decode_user(bytes, size, frames), 2);
	reading->name = recording_user_frame(reading->recording, &frames[1]);
	assert_null(recording_user_frame(reading->recording, &frames[0]));
	return 0;
}

static void test_a_recording_keeps_names(void **state)
{
	char path[] = "/tmp/rsttrace-XXXXXX", message[128];
	struct evidence_user user = record_of(2);
	const struct source_info info = { .kernel = "6.1", .tier = "tracepoint" };
	struct reading reading = { NULL, NULL };
	struct recorder *recorder;

	(void)state;
	close(mkstemp(path));
	assert_int_equal(recorder_open(path, &info, &recorder), 0);
	assert_int_equal(recorder_user_frame(recorder, &user.frames[1], "?+0x1001"), 0);
	assert_int_equal(recorder_user_frame(recorder, &user.frames[1], "serve"), 0);
	assert_int_equal(recorder_record(recorder, &user, sizeof(user)), 0);
	assert_int_equal(recorder_close(recorder), 0);
	assert_int_equal(recording_open(path, &reading.recording, message, sizeof(message)), 0);
	assert_int_equal(recording_read(reading.recording, read_record, NULL, &reading, message, sizeof(message)), 0);
	assert_non_null(reading.name);
	assert_string_equal(reading.name, "serve");
	recording_close(reading.recording);
	unlink(path);
}

/* What a sink says of a sample with that stack, the caller frees it. */
static char *shown(const char *sink_name, const struct sink_options *options, const char *slug)
{
	const struct sink *sink = sink_find(sink_name);
	struct sample sample;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	void *state = sink->open(out, options);

	sample_init(&sample);
	sample.report.cause = cause_find(slug);
	sample.incident.user_depth = 3;
	sample.incident.user_frames[0] = "close";
	sample.incident.user_frames[1] = "evil\x1b]0;";
	assert_int_equal(sink->report(state, &sample.report), 0);
	sink->close(state);
	fclose(out);
	return text;
}

static void expect_shown(const char *sink, bool wants, const char *slug, const char *part, bool holds)
{
	const struct sink_options options = { .utc = true, .user_stack = wants };
	char *text = shown(sink, &options, slug);

	if (!strstr(text, part) == holds)
		fail_msg("%s in: %s", part, text);
	free(text);
}

static void test_what_is_shown(void **state)
{
	(void)state;
	expect_shown("json", false, "close-unread", "\"stack\":[\"close\",\"evil\\\\x1b]0;\",\"?\"]", true);
	expect_shown("json", false, "reset-by-peer", "\"close\"", false);
	expect_shown("table", true, "close-unread", "\n             program: close < evil\\x1b]0; < ?\n", true);
	expect_shown("table", true, "reset-by-peer", "program:", false);
	expect_shown("table", false, "close-unread", "program:", false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_record_with_a_program_stack),
		cmocka_unit_test(test_an_older_record_with_a_program_stack),
		cmocka_unit_test(test_other_records_have_none),
		cmocka_unit_test(test_names_stay_as_long_as_promised),
		cmocka_unit_test(test_the_last_name_counts),
		cmocka_unit_test(test_a_file_names_its_functions),
#ifdef __x86_64__
		cmocka_unit_test(test_a_function_begins_with_its_return_address),
		cmocka_unit_test(test_a_caller_without_frame_pointers),
#endif
		cmocka_unit_test(test_nothing_but_regular_files_is_read),
		cmocka_unit_test(test_a_recording_keeps_names),
		cmocka_unit_test(test_what_is_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
