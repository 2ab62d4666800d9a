/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* When connections in trouble end, against what Linux was seen to do with the same settings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "explain/deadline.h"

enum { ESTABLISHED = 1, SYN_SENT = 2, FIN_WAIT1 = 4 };
enum { RETRANSMIT = 1, PROBE = 3 };

static struct evidence evidence_of(unsigned int state, unsigned int event, uint32_t rto_ms, uint32_t write_ms)
{
	return (struct evidence){
		.flags = EV_SOCKET | EV_PENDING,
		.sock = { .state = state,
			  .rto_ms = rto_ms,
			  .snd_wnd = 65536,
			  .unacked = 100,
			  .last_ack_ms = 500,
			  .last_received_ms = 500,
			  .limits = { .retries2 = 15,
				      .syn_retries = 6,
				      .syn_linear_timeouts = 4,
				      .keepalive_probes = 9,
				      .keepalive_interval_s = 75 } },
		.pending = { .write_event = event,
			     .write_ms = write_ms,
			     .keepalive_ms = UINT32_MAX,
			     .rto_max_ms = 120000 },
	};
}

static void expect(const struct evidence *ev, enum trouble trouble, uint64_t least_ms, uint64_t most_ms)
{
	struct deadline deadline;

	deadline_find(ev, &deadline);
	assert_int_equal(deadline.trouble, trouble);
	assert_true(deadline.is_known);
	assert_in_range(deadline.in_ms, least_ms, most_ms);
}

/* An RTO is at least 204 ms (200 ms and a jiffy): 924.6 s are exceeded by a little at the fifteenth retransmit. */
static void test_retries2(void **state)
{
	struct evidence ev = evidence_of(ESTABLISHED, RETRANSMIT, 408, 408);

	(void)state;
	ev.sock.retransmits = 1;
	ev.sock.retransmit_elapsed_ms = 1;
	expect(&ev, TROUBLE_RETRANSMITTING, 924000, 940000);
	ev.sock.retransmits = 13;
	ev.sock.rto_ms = 120000;
	ev.sock.retransmit_elapsed_ms = 700000;
	ev.pending.write_ms = 60000;
	expect(&ev, TROUBLE_RETRANSMITTING, 300000, 300000); /* 760, 880, then 1000 s */
	ev.sock.limits.retries2 = 3; /* (2 << 3) - 1 intervals of 200 ms: long over */
	expect(&ev, TROUBLE_RETRANSMITTING, 60000, 60000);
}

static void test_user_timeout(void **state)
{
	struct evidence ev = evidence_of(ESTABLISHED, RETRANSMIT, 400, 300);

	(void)state;
	ev.sock.retransmits = 1;
	ev.sock.retransmit_elapsed_ms = 100;
	ev.sock.limits.user_timeout_ms = 5000;
	expect(&ev, TROUBLE_RETRANSMITTING, 4900, 4900);
}

/* 1, 1, 1, 1, then 1, 2, 4, 8, 16, 32, 64 s: 131 s in all since 6.5, 127 s before. */
static void test_syn(void **state)
{
	struct evidence ev = evidence_of(SYN_SENT, RETRANSMIT, 1000, 1000);

	(void)state;
	ev.sock.retransmit_elapsed_ms = 1;
	expect(&ev, TROUBLE_CONNECTING, 130000, 132000);
	ev.sock.limits.syn_linear_timeouts = 0;
	expect(&ev, TROUBLE_CONNECTING, 126000, 128000);
	ev.sock.limits.syn_retries = 1;
	expect(&ev, TROUBLE_CONNECTING, 3000, 3000);
}

static void test_orphan(void **state)
{
	struct evidence ev = evidence_of(FIN_WAIT1, RETRANSMIT, 408, 408);

	(void)state;
	ev.sock.is_dead = 1;
	ev.sock.retransmits = 1;
	ev.sock.retransmit_elapsed_ms = 1;
	expect(&ev, TROUBLE_RETRANSMITTING, 102000, 108000); /* (2 << 8) - 1 intervals of 200 ms */
	ev.sock.limits.orphan_retries = 1;
	expect(&ev, TROUBLE_RETRANSMITTING, 600, 1300);
}

static void test_zero_window(void **state)
{
	struct evidence ev = evidence_of(ESTABLISHED, PROBE, 200, 200);
	struct deadline deadline;

	(void)state;
	ev.sock.snd_wnd = 0;
	ev.sock.unacked = 0;
	ev.sock.unsent = 1000;
	ev.sock.probes = 2;
	ev.sock.backoff = 2;
	ev.sock.probe_elapsed_ms = 1000;
	ev.sock.last_ack_ms = 5000;
	ev.sock.limits.user_timeout_ms = 3000;
	expect(&ev, TROUBLE_ZERO_WINDOW, 2000, 2000);
	ev.sock.limits.user_timeout_ms = 0;
	ev.sock.limits.retries2 = 3;
	expect(&ev, TROUBLE_ZERO_WINDOW, 200, 2000);
	/* the peer answers each probe: that has no end */
	ev.sock.limits.retries2 = 15;
	ev.sock.probes = 1;
	ev.sock.last_ack_ms = 100;
	deadline_find(&ev, &deadline);
	assert_int_equal(deadline.trouble, TROUBLE_ZERO_WINDOW);
	assert_false(deadline.is_known);
}

static void test_keepalive(void **state)
{
	struct evidence ev = evidence_of(ESTABLISHED, 0, 200, UINT32_MAX);

	(void)state;
	ev.sock.is_keepalive = 1;
	ev.sock.unacked = 0;
	ev.sock.probes = 2;
	ev.pending.keepalive_ms = 5000;
	expect(&ev, TROUBLE_KEEPALIVE, 5000 + 7 * 75000, 5000 + 7 * 75000);
	ev.sock.limits.user_timeout_ms = 20000;
	expect(&ev, TROUBLE_KEEPALIVE, 80000, 80000); /* only looked at when the timer fires */
}

static void test_no_trouble(void **state)
{
	struct evidence ev = evidence_of(ESTABLISHED, RETRANSMIT, 200, 150);
	struct deadline deadline;

	(void)state;
	deadline_find(&ev, &deadline); /* in flight, nothing retransmitted yet */
	assert_int_equal(deadline.trouble, TROUBLE_NONE);
	ev.sock.retransmits = 1;
	ev.flags = EV_SOCKET;
	deadline_find(&ev, &deadline);
	assert_int_equal(deadline.trouble, TROUBLE_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_retries2), cmocka_unit_test(test_user_timeout), cmocka_unit_test(test_syn),
		cmocka_unit_test(test_orphan),	 cmocka_unit_test(test_zero_window),  cmocka_unit_test(test_keepalive),
		cmocka_unit_test(test_no_trouble),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
