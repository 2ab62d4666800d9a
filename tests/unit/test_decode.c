/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* decode: what is a record, and every way of not being one. frames: where an event's part of a stack begins, ends. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "decode/decode.h"
#include "decode/frames.h"

static struct evidence_stacked record_of(size_t size)
{
	struct evidence_stacked record = { .evidence = {
		.version = EVIDENCE_VERSION,
		.hook = HOOK_TCP_SEND_RESET,
		.size = size,
		.reason = EVIDENCE_NO_REASON,
	} };

	return record;
}

static int decode(const struct evidence_stacked *record, size_t size)
{
	struct evidence_stacked out;

	return decode_evidence(record, size, &out);
}

static void test_the_three_sizes_are_records(void **state)
{
	struct evidence_stacked bare = record_of(EVIDENCE_BARE_BYTES);
	struct evidence_stacked plain = record_of(sizeof(struct evidence));
	struct evidence_stacked stacked = record_of(sizeof(struct evidence_stacked));

	(void)state;
	assert_int_equal(decode(&bare, EVIDENCE_BARE_BYTES), 0);
	assert_int_equal(decode(&plain, sizeof(struct evidence)), 0);
	assert_int_equal(decode(&stacked, sizeof(stacked)), 0);
}

static void test_other_sizes_are_not(void **state)
{
	struct evidence_stacked record = record_of(sizeof(struct evidence));

	(void)state;
	for (size_t size = 0; size <= sizeof(record); size++) {
		if (size == sizeof(struct evidence) || size == EVIDENCE_BARE_BYTES)
			continue;
		record.evidence.size = size == sizeof(record) ? sizeof(struct evidence) : size;
		assert_int_equal(decode(&record, size), -EBADMSG);
	}
}

static void test_each_lie_is_found(void **state)
{
	const size_t size = sizeof(struct evidence_stacked);
	struct evidence_stacked lies[8];

	(void)state;
	for (size_t i = 0; i < 8; i++)
		lies[i] = record_of(size);
	lies[0].evidence.version++;
	lies[1].evidence.hook = HOOK_NONE;
	lies[2].evidence.hook = HOOK_MAX;
	lies[3].evidence.stack_depth = EVIDENCE_STACK_FRAMES + 1;
	lies[4].evidence.sock.state = 14;
	lies[5].evidence.sock.old_state = 255;
	memset(lies[6].evidence.task.comm, 'x', EVIDENCE_COMM_BYTES);
	lies[7].evidence.conn.owner.source = OWNER_MAX;
	for (size_t i = 0; i < 8; i++)
		assert_int_equal(decode(&lies[i], size), -EBADMSG);
}

/* What an older version did not have is zero, and the stack that followed it is where it is now. */
static void test_older_versions_are_read(void **state)
{
	const size_t former[] = { EVIDENCE_BYTES_1, EVIDENCE_BYTES_2, EVIDENCE_BYTES_3 };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct evidence_stacked record = record_of(former[i] + sizeof(record.stack)), decoded;
		uint64_t frame = 0x1234;

		record.evidence.version = i + 1;
		record.evidence.stack_depth = 1;
		memcpy((char *)&record + former[i], &frame, sizeof(frame));
		assert_int_equal(decode_evidence(&record, former[i] + sizeof(record.stack), &decoded), 0);
		assert_int_equal(decoded.evidence.version, EVIDENCE_VERSION);
		assert_int_equal(decoded.evidence.window.limited_ms, 0);
		assert_int_equal(decoded.stack[0], frame);
	}
}

static void test_stack_must_be_in_the_record(void **state)
{
	struct evidence_stacked record = record_of(sizeof(struct evidence));

	(void)state;
	record.evidence.stack_depth = 1;
	assert_int_equal(decode(&record, sizeof(struct evidence)), -EBADMSG);
}

static struct incident stack_of(const char *const *names)
{
	struct incident incident = { .stack_depth = 0 };

	for (; names[incident.stack_depth]; incident.stack_depth++)
		strcpy(incident.frames[incident.stack_depth], names[incident.stack_depth]);
	frames_delimit(&incident);
	return incident;
}

static void test_tracing_frames_are_skipped(void **state)
{
	const char *const names[] = { "bpf_prog_1_rst_send_reset", "", "bpf_trace_run3", "tcp_send_active_reset",
				      "__tcp_close", NULL };
	struct incident incident = stack_of(names);

	(void)state;
	assert_int_equal(incident.first_frame, 3);
	assert_int_equal(incident.end_frame, 5);
	assert_true(frames_hold(&incident) == (FRAME(SEND_ACTIVE_RESET) | FRAME(TCP_CLOSE)));
}

/* A function with a program on it is called by a trampoline: that is no reason to skip the function. */
static void test_trampolines_further_out_are_kept(void **state)
{
	const char *const names[] = { "bpf_prog_1", "bpf_trace_run1", "sk_error_report", "tcp_v4_err",
				      "bpf_trampoline_6442", "icmp_unreach", NULL };
	struct incident incident = stack_of(names);

	(void)state;
	assert_int_equal(incident.first_frame, 2);
	assert_true(frames_hold(&incident) == FRAME(V4_ERR));
}

/* On one host the receiver's path runs inside the sender's close(): that is not the receiver's cause. */
static void test_interrupted_frames_are_cut(void **state)
{
	const char *const names[] = { "bpf_trace_run1", "tcp_reset", "tcp_validate_incoming", "tcp_v4_rcv",
				      "ip_protocol_deliver_rcu", "__tcp_transmit_skb", "__tcp_close", NULL };
	struct incident incident = stack_of(names);

	(void)state;
	assert_int_equal(incident.end_frame, 4);
	assert_true(frames_hold(&incident) == (FRAME(VALIDATE_INCOMING) | FRAME(V4_RCV)));
}

/* A function hook's trampoline stands between a function and its caller: what is further in is no tracing. */
static void test_trampolines_further_out_are_not_skipped(void **state)
{
	const char *const names[] = { "bpf_trace_run1", "__traceiter_tcp_receive_reset", "tcp_reset",
				      "tcp_validate_incoming", "bpf_trampoline_6442560101", "tcp_v4_rcv", NULL };
	struct incident incident = stack_of(names);

	(void)state;
	assert_int_equal(incident.first_frame, 2);
	assert_true(frames_hold(&incident) == (FRAME(VALIDATE_INCOMING) | FRAME(V4_RCV)));
}

static void test_backlog_is_cut_at_its_lock(void **state)
{
	const char *const names[] = { "bpf_trace_run3", "tcp_v4_send_reset", "tcp_v4_do_rcv", "__release_sock",
				      "release_sock", "tcp_close", "__tcp_close", NULL };
	struct incident incident = stack_of(names);

	(void)state;
	assert_true(frames_hold(&incident) == (FRAME(V4_SEND_RESET) | FRAME(V4_DO_RCV)));
}

static void test_no_stack_is_no_frame(void **state)
{
	const char *const names[] = { NULL };
	struct incident incident = stack_of(names);

	(void)state;
	assert_int_equal(incident.first_frame, 0);
	assert_int_equal(incident.end_frame, 0);
	assert_true(frames_hold(&incident) == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_three_sizes_are_records),
		cmocka_unit_test(test_other_sizes_are_not),
		cmocka_unit_test(test_each_lie_is_found),
		cmocka_unit_test(test_older_versions_are_read),
		cmocka_unit_test(test_stack_must_be_in_the_record),
		cmocka_unit_test(test_tracing_frames_are_skipped),
		cmocka_unit_test(test_trampolines_further_out_are_kept),
		cmocka_unit_test(test_interrupted_frames_are_cut),
		cmocka_unit_test(test_trampolines_further_out_are_not_skipped),
		cmocka_unit_test(test_backlog_is_cut_at_its_lock),
		cmocka_unit_test(test_no_stack_is_no_frame),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
