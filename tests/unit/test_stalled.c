/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What is said of sockets that live: which row, which sentence; and that none is taken for a death. */
#include <netinet/tcp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cli.h"
#include "explain/causes.h"
#include "explain/deadline.h"
#include "explain/explain.h"
#include "explain/fields.h"
#include "findings.h"

#define SILENCE_MS 3600000

static struct incident living(unsigned int state)
{
	return (struct incident){
		.silence_ms = SILENCE_MS,
		.evidence = {
			.version = EVIDENCE_VERSION,
			.hook = HOOK_ITERATOR,
			.flags = EV_SOCKET | EV_PENDING,
			.tuple = { .local_port = 80, .peer_port = 999, .family = 2 },
			.sock = { .state = state,
				  .snd_wnd = 65536,
				  .rto_ms = 204,
				  .has_socket = 1,
				  .last_ack_ms = 500,
				  .last_received_ms = 500,
				  .limits = { .retries2 = 15, .syn_retries = 6, .keepalive_probes = 9,
					      .keepalive_interval_s = 75 } },
			.pending = { .write_ms = UINT32_MAX, .keepalive_ms = UINT32_MAX, .rto_max_ms = 120000 },
		},
	};
}

static void expect(const struct incident *incident, const char *slug)
{
	struct report report;

	explain(incident, &report);
	assert_string_equal(report.cause->slug, slug);
}

static void expect_why(const struct incident *incident, const char *why)
{
	struct report report;

	explain(incident, &report);
	assert_string_equal(report.why, why);
}

static void retransmits(struct incident *incident, unsigned int count)
{
	incident->evidence.sock.retransmits = count;
	incident->evidence.sock.retransmit_elapsed_ms = 1;
	incident->evidence.sock.unacked = 100;
	incident->evidence.pending.write_event = PENDING_RETRANSMIT;
	incident->evidence.pending.write_ms = 408;
}

/* One on its way for the first time is well; once it was sent again it is listed, by who still holds it. */
static void test_retransmitting(void **state)
{
	struct incident incident = living(TCP_ESTABLISHED);

	(void)state;
	expect(&incident, "unknown");
	retransmits(&incident, 0);
	expect(&incident, "unknown");
	retransmits(&incident, 3);
	expect(&incident, "stalled-retransmitting");
	incident.evidence.sock.is_dead = 1;
	incident.evidence.sock.has_socket = 0;
	incident.evidence.sock.state = TCP_FIN_WAIT1;
	expect(&incident, "stalled-orphan");
	incident = living(TCP_SYN_SENT);
	retransmits(&incident, 0);
	expect(&incident, "unknown");
	retransmits(&incident, 1);
	expect(&incident, "stalled-connecting");
}

static void test_window(void **state)
{
	struct incident incident = living(TCP_ESTABLISHED);

	(void)state;
	incident.evidence.sock.snd_wnd = 0;
	incident.evidence.sock.unsent = 1000;
	incident.evidence.pending.write_event = PENDING_PROBE;
	incident.evidence.pending.write_ms = 200;
	expect(&incident, "unknown"); /* it has only just shut */
	incident.evidence.sock.backoff = 3;
	incident.evidence.sock.last_ack_ms = 100;
	incident.evidence.sock.probe_elapsed_ms = 2000;
	expect_why(&incident, "the peer's receive window is shut, 1000 bytes wait unsent; "
			      "the peer answers the probes, so the kernel does not give up");
	incident.evidence.sock.probes = 2;
	incident.evidence.sock.last_ack_ms = 3000;
	expect(&incident, "stalled-zero-window");
	incident.evidence.sock.is_dead = 1;
	expect(&incident, "stalled-orphan-zero-window");
}

static void test_silence(void **state)
{
	struct incident incident = living(TCP_ESTABLISHED);
	struct ev_sock *sock = &incident.evidence.sock;

	(void)state;
	sock->last_received_ms = sock->last_ack_ms = SILENCE_MS - 1;
	expect(&incident, "unknown");
	sock->last_received_ms = sock->last_ack_ms = SILENCE_MS;
	expect_why(&incident, "nothing heard of the peer for 1 h, and keepalive is off");
	sock->last_ack_ms = 5;
	expect(&incident, "unknown");
	sock->last_ack_ms = SILENCE_MS;
	sock->has_socket = 0; /* nobody has accepted it */
	expect(&incident, "unknown");
	sock->has_socket = sock->is_keepalive = 1;
	expect(&incident, "unknown");
	sock->probes = 2;
	incident.evidence.pending.keepalive_ms = 1000;
	expect(&incident, "stalled-keepalive");
	sock->probes = sock->is_keepalive = 0;
	sock->last_ack_ms = sock->last_received_ms = UINT32_MAX; /* it is not known since when */
	expect(&incident, "unknown");
}

static void test_close_wait(void **state)
{
	struct incident incident = living(TCP_CLOSE_WAIT);
	struct ev_sock *sock = &incident.evidence.sock;

	(void)state;
	sock->last_received_ms = sock->last_ack_ms = 59999;
	expect(&incident, "unknown");
	sock->last_received_ms = sock->last_ack_ms = 60000;
	expect(&incident, "close-wait-leak");
	sock->last_received_ms = sock->last_ack_ms = 2000;
	incident.silence_ms = 1000;
	expect(&incident, "close-wait-leak");
	retransmits(&incident, 2); /* that is what will end it */
	expect(&incident, "stalled-retransmitting");
}

static void test_listener(void **state)
{
	struct incident incident = living(TCP_LISTEN);
	struct ev_pending *pending = &incident.evidence.pending;
	struct ev_sock *sock = &incident.evidence.sock;

	(void)state;
	*pending = (struct ev_pending){ .queue_length = 200, .young = 150 };
	sock->max_ack_backlog = 4096;
	expect(&incident, "unknown"); /* many who answer */
	pending->young = 100;
	expect_why(&incident,
		   "200 handshakes under way, 100 of them with a SYN-ACK that nobody answered; backlog 4096");
	pending->queue_length = 63;
	pending->young = 0;
	expect(&incident, "unknown");
	sock->max_ack_backlog = 63;
	expect(&incident, "syn-flood-suspect");
	sock->ack_backlog = 63;
	expect(&incident, "syn-flood-suspect");
	sock->ack_backlog = 64; /* they cannot be let in */
	expect(&incident, "accept-queue-full");
}

/* The rows of living sockets and those of deaths exclude each other, whatever else there is. */
static void test_apart(void **state)
{
	struct incident incident = living(TCP_ESTABLISHED);
	struct facts facts;

	(void)state;
	facts_observe(&incident, &facts);
	for (unsigned int i = 0; i < causes_count(); i++) {
		const struct cause *cause = causes_at(i);
		bool is_excluded = (cause->needs & facts.known & ~facts.holds) != 0;

		if (cause->kind == KIND_STALLED)
			assert_true((cause->needs & FACT(STALLED)) != 0);
		else if (cause->needs && !is_excluded)
			fail_msg("%s could be said of a living socket", cause->slug);
	}
	for (unsigned int hook = 1; hook < HOOK_MAX; hook++) {
		incident.evidence.hook = hook;
		facts_observe(&incident, &facts);
		assert_true((facts.known & FACT(STALLED)) != 0);
		assert_int_equal((facts.holds & FACT(STALLED)) != 0, hook == HOOK_ITERATOR);
	}
}

/* Timers of 816 ticks lie in slots of 64: the kernel acts at the next multiple of that. */
static void test_wheel(void **state)
{
	struct incident incident = living(TCP_ESTABLISHED);
	struct evidence *ev = &incident.evidence;
	struct deadline deadline;

	(void)state;
	retransmits(&incident, 4);
	ev->sock.rto_ms = 3264;
	ev->sock.retransmit_elapsed_ms = 3000;
	ev->sock.limits.retries2 = 4;
	ev->pending.write_ms = 3200;
	deadline_find(ev, &deadline);
	assert_int_equal(deadline.in_ms, 3200);
	ev->pending.hz = 250;
	ev->pending.jiffies = 64000; /* and 800: 64800 becomes 64832 */
	deadline_find(ev, &deadline);
	assert_int_equal(deadline.in_ms, 3328);
}

static void add(struct findings *findings, const struct incident *incident, uint32_t pid)
{
	struct report report;

	explain(incident, &report);
	report.owner.pid = pid;
	report.owner.source = pid ? OWNER_SCAN : OWNER_UNKNOWN;
	assert_int_equal(findings_add(findings, &report), 0);
}

static void test_findings(void **state)
{
	struct incident leak = living(TCP_CLOSE_WAIT), dying = living(TCP_ESTABLISHED);
	struct findings findings = { 0 };

	(void)state;
	retransmits(&dying, 3);
	for (unsigned int i = 0; i < 3; i++) {
		leak.evidence.sock.last_ack_ms = leak.evidence.sock.last_received_ms = i == 1 ? 90000 : 70000;
		add(&findings, &leak, 7);
	}
	add(&findings, &leak, 8);
	add(&findings, &leak, 0);
	add(&findings, &leak, 0); /* nobody knows whether it is the same */
	add(&findings, &dying, 7);
	add(&findings, &dying, 7);
	findings_sort(&findings);
	assert_int_equal(findings.count, 6);
	assert_string_equal(findings.rows[0].cause->slug, "stalled-retransmitting");
	assert_int_equal(findings.rows[0].count, 1);
	assert_int_equal(findings.rows[2].count, 3);
	assert_int_equal(findings.rows[2].evidence.sock.last_ack_ms, 90000);
	findings_free(&findings);
}

/* The words of a command line behind "rsttrace", cut at their spaces. */
static int parse(const char *line, struct options *options, char message[256])
{
	static char words[256]; /* options point into it */
	char *argv[16] = { "rsttrace" }, *rest = words;
	int argc = 1;

	snprintf(words, sizeof(words), "%s", line);
	while (argc < 15 && (argv[argc] = strsep(&rest, " ")))
		argc++;
	return cli_parse(argc, argv, options, message, 256);
}

static void expect_refused(const char *line, const char *why)
{
	struct options options;
	char message[256];

	assert_int_not_equal(parse(line, &options, message), 0);
	assert_string_equal(message, why);
}

/* The only option whose value may be left out: a number in the next word is its, another word is not. */
static void test_command_line(void **state)
{
	struct options options;
	char message[256];

	(void)state;
	assert_int_equal(parse("stalled --watch", &options, message), 0);
	assert_int_equal(options.watch_ns, 2000000000);
	assert_int_equal(parse("stalled --watch 5 -v", &options, message), 0);
	assert_int_equal(options.watch_ns, 5000000000);
	assert_true(options.verbose);
	assert_int_equal(parse("stalled --watch=0.5 --silence 10m -C half-open-suspect", &options, message), 0);
	assert_int_equal(options.watch_ns, 500000000);
	assert_int_equal(options.silence_ns, 600000000000);
	expect_refused("stalled --watch soon", "argument \"soon\" is one too many: the verb takes none");
	expect_refused("stalled -C close-unread", "cause close-unread is told by rsttrace live alone");
	expect_refused("-C half-open-suspect", "cause half-open-suspect is told by rsttrace stalled alone");
	expect_refused("-K stalled", "what is stalled has not died: rsttrace stalled lists it");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_retransmitting), cmocka_unit_test(test_window),
		cmocka_unit_test(test_silence),	       cmocka_unit_test(test_close_wait),
		cmocka_unit_test(test_listener),       cmocka_unit_test(test_apart),
		cmocka_unit_test(test_wheel),	       cmocka_unit_test(test_findings),
		cmocka_unit_test(test_command_line),
	};

	return cmocka_run_group_tests_name("stalled", tests, NULL, NULL);
}
