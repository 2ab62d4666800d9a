/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The dissection of a timeout: which timer, how long, how often, and which setting set the limit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <string.h>

#include "../../user/explain/fields.h"
#include "sample.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

static const char *const retransmit_frames[] = { "tcp_retransmit_timer", "tcp_write_timer_handler",
						 "tcp_write_timer", NULL };
static const char *const write_frames[] = { "tcp_write_timer_handler", "tcp_write_timer", NULL };
static const char *const keepalive_frames[] = { "tcp_send_active_reset", "tcp_keepalive_timer",
						NULL };
static const char *const no_frames[] = { NULL };

/* A socket about to be given up in that state, with the limits of a fresh system. */
static struct ev_sock *doomed(struct sample *sample, unsigned int state, const char *const *frames)
{
	static const struct ev_limits limits = {
		.fin_timeout_s = 60,
		.keepalive_time_s = 7200,
		.keepalive_interval_s = 75,
		.keepalive_probes = 9,
		.retries2 = 15,
		.syn_retries = 6,
	};
	struct incident *incident = &sample->incident;

	sample_init(sample);
	incident->evidence.hook = HOOK_INET_SOCK_SET_STATE;
	incident->evidence.sock = (struct ev_sock){
		.state = CLOSE,
		.old_state = (__u8)state,
		.snd_wnd = 1000,
		.limits = limits,
		.last_ack_ms = 5000,
		.last_received_ms = 8000,
	};
	incident->stack_depth = 0;
	incident->first_frame = 0;
	for (; *frames; frames++)
		strcpy(incident->frames[incident->stack_depth++], *frames);
	incident->end_frame = incident->stack_depth;
	return &incident->evidence.sock;
}

/* "timer tries/allowed elapsed; limit", a part that is not known being "?". */
static void expect(const struct sample *sample, const char *expected)
{
	static const char *const paths[] = { "timeout.timer", "timeout.tries",
					     "timeout.tries_allowed" };
	char text[256] = "", part[128];

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		unsigned int row = 0;

		while (!fields[row].path || strcmp(fields[row].path, paths[i]))
			row++;
		if (!field_text(&fields[row], &sample->report, part, sizeof(part)))
			strcpy(part, "?");
		strcat(strcat(text, part), i == 1 ? "/" : " ");
	}
	fields_expand("{elapsed}; {limit}", &sample->report, part, sizeof(part));
	strcat(text, part);
	assert_string_equal(text, expected);
}

static void test_syn(void **state)
{
	struct sample sample;
	struct ev_sock *sock = doomed(&sample, SYN_SENT, retransmit_frames);

	(void)state;
	sock->retransmits = 6;
	expect(&sample, "syn 6/6 12 s; tcp_syn_retries = 6");
	sock->limits.syn_linear_timeouts = 4;
	sock->retransmits = 10;
	expect(&sample, "syn 10/10 12 s; tcp_syn_retries = 6 (+4 linear)");
	sock->limits.user_timeout_ms = 700; /* the count is looked at first */
	expect(&sample, "syn 10/10 12 s; tcp_syn_retries = 6 (+4 linear)");
	sock->retransmits = 1;
	expect(&sample, "syn 1/? 12 s; TCP_USER_TIMEOUT = 700 ms");
	sock->limits = (struct ev_limits){ .syn_retries = 1, .is_syncnt = 1 };
	expect(&sample, "syn 1/1 12 s; TCP_SYNCNT = 1");
	sample.incident.evidence.flags &= ~(uint32_t)EV_CONN;
	sock->retransmit_elapsed_ms = 3000;
	expect(&sample, "syn 1/1 3 s; TCP_SYNCNT = 1");
	sock->old_state = SYN_RECV; /* its limit is the listener's */
	expect(&sample, "syn-ack 1/? 3 s; ?");
}

static void test_retransmission(void **state)
{
	struct sample sample;
	struct ev_sock *sock = doomed(&sample, ESTABLISHED, retransmit_frames);

	(void)state;
	sock->retransmits = 15;
	sock->retransmit_elapsed_ms = 924600;
	expect(&sample, "retransmission 15/15 925 s; tcp_retries2 = 15");
	sock->limits.user_timeout_ms = 700;
	expect(&sample, "retransmission 15/? 925 s; TCP_USER_TIMEOUT = 700 ms");
	sock->limits.user_timeout_ms = 0;
	sock->is_dead = 1;
	sock->limits.orphan_retries = 3;
	expect(&sample, "retransmission 15/3 925 s; tcp_orphan_retries = 3");
	sock->limits.orphan_retries = 0;
	expect(&sample, "retransmission 15/8 925 s; tcp_orphan_retries = 0, which means 8");
	sock->is_dead = 0;
	sock->retransmits = 0;
	sock->snd_wnd = 0;
	expect(&sample, "retransmission 0/? 925 s; twice the maximum RTO");
}

static void test_probes(void **state)
{
	struct sample sample;
	struct ev_sock *sock = doomed(&sample, ESTABLISHED, write_frames);

	(void)state;
	sock->probes = 15;
	sock->probe_elapsed_ms = 60000;
	expect(&sample, "zero-window-probe 15/15 60 s; tcp_retries2 = 15");
	sock->is_dead = 1;
	expect(&sample, "zero-window-probe 15/8 60 s; tcp_orphan_retries = 0, which means 8");
	sock->limits.user_timeout_ms = 60000;
	expect(&sample, "zero-window-probe 15/? 60 s; TCP_USER_TIMEOUT = 60000 ms");
	sock->probe_elapsed_ms = 0; /* not measured on this kernel */
	expect(&sample, "zero-window-probe 15/8 ?; tcp_orphan_retries = 0, which means 8");
}

static void test_keepalive(void **state)
{
	struct sample sample;
	struct ev_sock *sock = doomed(&sample, ESTABLISHED, keepalive_frames);

	(void)state;
	sock->probes = 9;
	expect(&sample, "keepalive 9/9 5 s; tcp_keepalive_probes = 9");
	sock->last_ack_ms = UINT32_MAX;
	sock->limits.is_keepalive_option = 4;
	sock->limits.keepalive_probes = 2;
	expect(&sample, "keepalive 9/2 8 s; TCP_KEEPCNT = 2");
	sock->limits.user_timeout_ms = 1500;
	expect(&sample, "keepalive 9/? 8 s; TCP_USER_TIMEOUT = 1500 ms");
	doomed(&sample, FIN_WAIT2, keepalive_frames)->is_dead = 1;
	expect(&sample, "fin-wait-2 ?/? ?; tcp_fin_timeout = 60 s");
	sample.incident.evidence.conn.closed_ns = sample.incident.evidence.time_ns - 60000000000ull;
	sock->linger2 = 5;
	expect(&sample, "fin-wait-2 ?/? 60 s; TCP_LINGER2");
}

/* Without frames the counters say which timer was running; without any there is no timeout to tell of. */
static void test_running(void **state)
{
	struct sample sample;
	struct ev_sock *sock = doomed(&sample, ESTABLISHED, no_frames);

	(void)state;
	expect(&sample, "? ?/? ?; ?");
	sock->probes = 1;
	expect(&sample, "keepalive 1/9 5 s; tcp_keepalive_probes = 9");
	sock->unsent = 100;
	expect(&sample, "zero-window-probe 1/15 ?; tcp_retries2 = 15");
	sock->retransmits = 2;
	expect(&sample, "retransmission 2/15 ?; tcp_retries2 = 15");
	sample.incident.evidence.flags &= ~(uint32_t)EV_SOCKET;
	expect(&sample, "? ?/? ?; ?");
}

/* A timer further out than this event's frames is somebody else's. */
static void test_interrupted_timer(void **state)
{
	struct sample sample;

	(void)state;
	doomed(&sample, ESTABLISHED, keepalive_frames);
	sample.incident.end_frame = 1;
	expect(&sample, "? ?/? ?; ?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_syn),	cmocka_unit_test(test_retransmission),
		cmocka_unit_test(test_probes),	cmocka_unit_test(test_keepalive),
		cmocka_unit_test(test_running), cmocka_unit_test(test_interrupted_timer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
