/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The matcher and the causes table: which facts decide, what corroborates, what happens when something is missing. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "explain/causes.h"
#include "explain/explain.h"

enum { ESTABLISHED = 1, SYN_SENT = 2, CLOSE = 7 };

static void add_frames(struct incident *incident, const char *const *names)
{
	for (; *names; names++)
		strcpy(incident->frames[incident->stack_depth++], *names);
	incident->end_frame = incident->stack_depth;
}

/* close() with 128 bytes unread, by nginx[2211]. */
static struct incident close_unread(void)
{
	const char *const names[] = { "tcp_send_active_reset", "__tcp_close", "tcp_close", NULL };
	struct incident incident = { .evidence = {
		.version = EVIDENCE_VERSION,
		.hook = HOOK_TCP_SEND_RESET,
		.flags = EV_SOCKET | EV_CONN | EV_STACK,
		.task = { .pid = 2211, .comm = "nginx" },
		.sock = { .state = CLOSE, .unread = 128 },
		.conn = { .old_state = ESTABLISHED, .new_state = CLOSE },
	} };

	strcpy(incident.reason, "TCP_ABORT_ON_CLOSE");
	add_frames(&incident, names);
	return incident;
}

static struct report verdict(const struct incident *incident)
{
	struct report report;

	explain(incident, &report);
	return report;
}

static void test_certain(void **state)
{
	struct incident incident = close_unread();
	struct report report = verdict(&incident);

	(void)state;
	assert_string_equal(report.cause->slug, "close-unread");
	assert_int_equal(report.certainty, CERTAINTY_CERTAIN);
	assert_string_equal(report.why, "closed with 128 bytes unread");
	assert_string_equal(report.state, "ESTABLISHED");
	assert_int_equal(report.owner.pid, 2211);
	assert_int_equal(report.owner.source, OWNER_SYSCALL);
}

static void test_no_reason_is_no_doubt(void **state)
{
	struct incident incident = close_unread();

	(void)state;
	incident.reason[0] = '\0';
	assert_int_equal(verdict(&incident).certainty, CERTAINTY_CERTAIN);
	strcpy(incident.reason, "NOT_SPECIFIED"); /* every active reset of 6.10 and 6.11 */
	assert_int_equal(verdict(&incident).certainty, CERTAINTY_CERTAIN);
}

static void test_disagreeing_reason_is_doubt(void **state)
{
	struct incident incident = close_unread();

	(void)state;
	strcpy(incident.reason, "TCP_ABORT_ON_MEMORY");
	assert_int_equal(verdict(&incident).certainty, CERTAINTY_LIKELY);
}

static void test_reason_stands_in_for_a_missing_stack(void **state)
{
	struct incident incident = close_unread();

	(void)state;
	incident.stack_depth = incident.end_frame = 0;
	assert_string_equal(verdict(&incident).cause->slug, "close-unread");
	assert_int_equal(verdict(&incident).certainty, CERTAINTY_CERTAIN);
}

static void test_missing_stack_is_partial_and_says_so(void **state)
{
	struct incident incident = close_unread();
	struct report report;

	(void)state;
	incident.stack_depth = incident.end_frame = 0;
	incident.reason[0] = '\0';
	report = verdict(&incident);
	assert_int_equal(report.certainty, CERTAINTY_PARTIAL);
	assert_string_equal(report.missing, "the kernel stack");
}

/* A process that is preempted while the kernel takes its stack keeps others from theirs, on kernels that preempt. */
static void test_reason_decides_between_partial_rows(void **state)
{
	struct incident incident = close_unread();

	(void)state;
	incident.evidence.flags &= ~EV_STACK;
	incident.stack_depth = incident.end_frame = 0;
	incident.evidence.sock.unread = 0;
	strcpy(incident.reason, "TCP_STATE");
	assert_string_equal(verdict(&incident).cause->slug, "disconnect");
	assert_int_equal(verdict(&incident).certainty, CERTAINTY_PARTIAL);
	strcpy(incident.reason, "TCP_KEEPALIVE_TIMEOUT");
	assert_string_equal(verdict(&incident).cause->slug, "keepalive-timeout");
}

static void test_kernel_thread_is_never_the_owner(void **state)
{
	struct incident incident = close_unread();

	(void)state;
	incident.evidence.task.is_kthread = 1;
	assert_int_equal(verdict(&incident).owner.source, OWNER_UNKNOWN);
	incident.evidence.conn.owner.pid = 7;
	incident.evidence.conn.owner.source = OWNER_CONNECT;
	assert_int_equal(verdict(&incident).owner.pid, 7);
}

static void test_unknown_is_said(void **state)
{
	const char *const names[] = { "tcp_send_active_reset", "some_new_function", NULL };
	struct incident incident = close_unread();
	struct report report;

	(void)state;
	incident.stack_depth = 0;
	add_frames(&incident, names);
	report = verdict(&incident);
	assert_string_equal(report.cause->slug, "unknown");
	assert_int_equal(report.certainty, CERTAINTY_UNKNOWN);
	assert_int_equal(report.kind, KIND_RST_SENT);
}

static struct incident syn_timeout(unsigned int retransmits, unsigned int user_timeout_ms)
{
	const char *const names[] = { "tcp_done", "tcp_retransmit_timer", "tcp_write_timer", NULL };
	struct incident incident = { .evidence = {
		.version = EVIDENCE_VERSION,
		.hook = HOOK_INET_SOCK_SET_STATE,
		.flags = EV_SOCKET | EV_CONN | EV_STACK,
		.sock = { .state = SYN_SENT, .old_state = SYN_SENT, .err = ETIMEDOUT },
	} };

	incident.evidence.sock.retransmits = retransmits;
	incident.evidence.sock.limits.syn_retries = 2;
	incident.evidence.sock.limits.user_timeout_ms = user_timeout_ms;
	add_frames(&incident, names);
	return incident;
}

/* In SYN_SENT tries and TCP_USER_TIMEOUT both count, whichever comes first. */
static void test_which_limit_ended_the_handshake(void **state)
{
	struct incident tries = syn_timeout(2, 0), early = syn_timeout(1, 500), late = syn_timeout(2, 99999);

	(void)state;
	assert_string_equal(verdict(&tries).cause->slug, "syn-timeout");
	assert_string_equal(verdict(&early).cause->slug, "syn-user-timeout");
	assert_string_equal(verdict(&late).cause->slug, "syn-timeout");
	assert_int_equal(verdict(&tries).application_errno, ETIMEDOUT);
}

/* Without the hook for ICMP errors nobody can say for certain that there was none; nor is one made up. */
static void test_unseen_icmp_is_partial(void **state)
{
	const char *const names[] = { "inet_sk_state_store", "__tcp_close", "tcp_close", NULL };
	struct incident incident = syn_timeout(0, 0);
	struct report report;

	(void)state;
	incident.stack_depth = 0;
	memset(incident.frames, 0, sizeof(incident.frames));
	add_frames(&incident, names);
	incident.evidence.sock.err = 0;
	report = verdict(&incident);
	assert_string_equal(report.cause->slug, "connect-abandoned");
	assert_int_equal(report.certainty, CERTAINTY_PARTIAL);
	incident.evidence.flags |= EV_SEES_ICMP;
	assert_int_equal(verdict(&incident).certainty, CERTAINTY_CERTAIN);
	incident.evidence.sock.err_soft = EHOSTUNREACH;
	report = verdict(&incident);
	assert_string_equal(report.cause->slug, "icmp-unreachable-late");
	assert_int_equal(report.application_errno, EHOSTUNREACH);
}

static const char *reject_slug(enum evidence_hook hook, uint32_t flags, unsigned int netfilter_hook,
			       const char *const *names)
{
	struct incident incident = { .evidence = {
		.version = EVIDENCE_VERSION,
		.hook = hook,
		.flags = EV_SEGMENT | flags,
		.segment = { .flags = SEG_SYN },
		.detail = { .netfilter_hook = netfilter_hook },
	} };

	add_frames(&incident, names);
	return verdict(&incident).cause->slug;
}

/* The hook's number where REJECT itself was seen; where only its reset was, the frames beyond it: on its own way out
 * that passes by the output hook. */
static void test_where_a_reject_rule_stands(void **state)
{
	const char *const none[] = { NULL };
	const char *const input[] = { "__dev_queue_xmit", "ip_output", "__ip_local_out", "nf_send_reset",
				      "nft_do_chain", "nf_hook_slow", "ip_local_deliver", "ip_rcv", NULL };
	const char *const output[] = { "__dev_queue_xmit", "nf_send_reset6", "nf_hook_slow", "ip6_xmit", NULL };
	const char *const forward[] = { "nf_send_reset", "nf_hook_slow", "ip_forward", NULL };
	const char *const link[] = { "__dev_queue_xmit", "nft_reject_netdev_eval", NULL };

	(void)state;
	assert_string_equal(reject_slug(HOOK_NF_SEND_RESET, EV_DETAIL, 1, none), "netfilter-reject-input");
	assert_string_equal(reject_slug(HOOK_NF_SEND_RESET, EV_DETAIL, 3, none), "netfilter-reject-output");
	assert_string_equal(reject_slug(HOOK_NF_SEND_RESET, EV_DETAIL, 0, none), "netfilter-reject-forward");
	assert_string_equal(reject_slug(HOOK_NF_SEND_RESET, EV_OUTGOING, 0, none), "netfilter-reject-bridge");
	assert_string_equal(reject_slug(HOOK_NET_DEV_QUEUE, EV_OUTGOING, 0, input), "netfilter-reject-input");
	assert_string_equal(reject_slug(HOOK_NET_DEV_QUEUE, EV_OUTGOING, 0, output), "netfilter-reject-output");
	assert_string_equal(reject_slug(HOOK_NET_DEV_QUEUE, EV_OUTGOING, 0, forward), "netfilter-reject-forward");
	assert_string_equal(reject_slug(HOOK_NET_DEV_QUEUE, EV_OUTGOING, 0, link), "netfilter-reject-bridge");
}

static void test_rows_are_sound(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < causes_count(); i++) {
		const struct cause *cause = causes_at(i);

		/* cmocka's own conversion would cut the sets in half */
		assert_true(cause->needs != 0 || strcmp(cause->slug, "tw-recycle-drop") == 0);
		assert_true((cause->needs & cause->forbids) == 0);
		assert_true(cause->title && cause->why && cause->meaning && cause->sees && cause->advice);
		assert_ptr_equal(cause_find(cause->slug), cause);
		for (unsigned int j = 0; j < i; j++) {
			const struct cause *other = causes_at(j);

			assert_false(cause->needs == other->needs && cause->forbids == other->forbids);
		}
	}
	assert_null(cause_find("close-unred"));
}

/* No lab has the devices that SMC needs. */
static void test_smc(void **state)
{
	const char *const names[] = { "tcp_send_active_reset", "tcp_abort", "smc_close_active_abort",
				      "smc_close_active", NULL };
	struct incident incident = close_unread();

	(void)state;
	incident.stack_depth = 0;
	add_frames(&incident, names);
	incident.evidence.sock.state = ESTABLISHED;
	strcpy(incident.reason, "TCP_STATE");
	assert_string_equal(verdict(&incident).cause->slug, "smc-abort");
	assert_int_equal(verdict(&incident).certainty, CERTAINTY_CERTAIN);
}

/* No lab can close a listener in just that microsecond. */
static void test_listener_closed_race(void **state)
{
	const char *const names[] = { "tcp_send_active_reset", "tcp_disconnect", "inet_child_forget",
				      "inet_csk_reqsk_queue_add", "inet_csk_complete_hashdance", "tcp_check_req",
				      "tcp_v4_rcv", NULL };
	struct incident incident = close_unread();

	(void)state;
	incident.stack_depth = 0;
	add_frames(&incident, names);
	incident.evidence.sock.unread = 0;
	incident.evidence.sock.state = ESTABLISHED;
	strcpy(incident.reason, "TCP_STATE");
	assert_string_equal(verdict(&incident).cause->slug, "listener-closed-race");
	assert_int_equal(verdict(&incident).certainty, CERTAINTY_CERTAIN);
}

static void test_row_for_explain_alone(void **state)
{
	struct incident incident = { .evidence = { .version = EVIDENCE_VERSION, .hook = HOOK_KFREE_SKB } };

	(void)state;
	assert_non_null(cause_find("tw-recycle-drop"));
	assert_ptr_not_equal(verdict(&incident).cause, cause_find("tw-recycle-drop"));
}

/* A negative TCP_LINGER2 only counts in FIN_WAIT2; where the state before is not known, it is the better guess. */
static void test_memory_or_linger2(void **state)
{
	struct incident incident = close_unread();

	(void)state;
	incident.reason[0] = '\0';
	incident.evidence.sock.unread = 0;
	incident.evidence.sock.is_dead = 1;
	incident.evidence.sock.linger2 = -1;
	incident.evidence.conn.old_state = 5; /* FIN_WAIT2 */
	assert_string_equal(verdict(&incident).cause->slug, "linger2-negative");
	incident.evidence.conn.old_state = 4; /* FIN_WAIT1 */
	assert_string_equal(verdict(&incident).cause->slug, "close-out-of-memory");
	incident.evidence.conn.old_state = 0;
	assert_string_equal(verdict(&incident).cause->slug, "linger2-negative");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_certain),
		cmocka_unit_test(test_no_reason_is_no_doubt),
		cmocka_unit_test(test_disagreeing_reason_is_doubt),
		cmocka_unit_test(test_reason_stands_in_for_a_missing_stack),
		cmocka_unit_test(test_reason_decides_between_partial_rows),
		cmocka_unit_test(test_missing_stack_is_partial_and_says_so),
		cmocka_unit_test(test_kernel_thread_is_never_the_owner),
		cmocka_unit_test(test_unknown_is_said),
		cmocka_unit_test(test_which_limit_ended_the_handshake),
		cmocka_unit_test(test_unseen_icmp_is_partial),
		cmocka_unit_test(test_smc),
		cmocka_unit_test(test_listener_closed_race),
		cmocka_unit_test(test_row_for_explain_alone),
		cmocka_unit_test(test_memory_or_linger2),
		cmocka_unit_test(test_where_a_reject_rule_stands),
		cmocka_unit_test(test_rows_are_sound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
