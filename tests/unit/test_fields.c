/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Every field: what it says, when it is not known. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../../user/explain/causes.h"
#include "../../user/explain/fields.h"
#include "sample.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

static void expect(const struct sample *sample, const char *pattern, const char *expected)
{
	char text[256];

	fields_expand(pattern, &sample->report, text, sizeof(text));
	assert_string_equal(text, expected);
}

static const struct field *field_of(const char *path)
{
	for (unsigned int i = 0; i < fields_count; i++)
		if (fields[i].path && !strcmp(fields[i].path, path))
			return &fields[i];
	fail_msg("no field %s", path);
	return NULL;
}

/* By path; NULL: it must not be known. */
static void expect_path(const struct sample *sample, const char *path, const char *expected)
{
	char text[256];

	if (!field_text(field_of(path), &sample->report, text, sizeof(text)))
		*text = '\0';
	assert_string_equal(text, expected ? expected : "");
}

static bool begins_with_any(const char *path, const char *const *prefixes)
{
	for (; *prefixes; prefixes++)
		if (!strncmp(path, *prefixes, strlen(*prefixes)))
			return true;
	return false;
}

/* Of all paths, exactly those that begin with one of these are not known. */
static void expect_only_absent(const struct sample *sample, const char *const *prefixes)
{
	for (unsigned int i = 0; i < fields_count; i++) {
		struct field_value value = { 0 };
		bool is_known;

		/* These are of quiet causes, dropped segments, living connections and storms alone. */
		if (!fields[i].path || !strcmp(fields[i].path, "ordinary") ||
		    !strcmp(fields[i].path, "last_time") ||
		    !strcmp(fields[i].path, "kernel.drop_reason") || !strncmp(fields[i].path, "deadline.", 9) ||
		    !strncmp(fields[i].path, "listener.", 9))
			continue;
		is_known = fields[i].get(&sample->report, &value);
		if (is_known == begins_with_any(fields[i].path, prefixes))
			fail_msg("%s is %sknown", fields[i].path, is_known ? "" : "not ");
	}
}

static void test_rows_are_unique(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < fields_count; i++) {
		assert_true(fields[i].path || fields[i].name);
		assert_true(fields[i].help && *fields[i].help);
		for (unsigned int j = 0; j < i; j++) {
			if (fields[i].path && fields[j].path)
				assert_string_not_equal(fields[i].path, fields[j].path);
			if (fields[i].name && fields[j].name)
				assert_string_not_equal(fields[i].name, fields[j].name);
		}
	}
}

static void test_absence(void **state)
{
#define OF_OTHER_DEATHS                                                                                          \
	"tcp.accept_queue", "timeout.limit_ms", "outage", "mptcp", "handshake", "fingerprint", "segment.seq_offset", \
		"segment.timestamps", "segment.conntrack", "tcp.zero_window"
	static const struct {
		uint32_t without;
		const char *const absent[32]; /* ends with NULL */
	} rows[] = {
		{ 0, { OF_OTHER_DEATHS } },
		{ EV_SEGMENT, { "segment", OF_OTHER_DEATHS } },
		{ EV_WINDOW, { "tcp.window_limited", OF_OTHER_DEATHS } },
		{ EV_CONN, { "tcp.age_ms", "tcp.retransmit_runs", "icmp", OF_OTHER_DEATHS } },
		{ EV_SOCKET,
		  { "tcp.un", "tcp.re", "tcp.ac", "tcp.idle", "tcp.last", "tcp.r", "tcp.m", "tcp.p", "tcp.back",
		    "tcp.orphan", "tcp.soft", "tcp.window", "tcp.silence", "timeout", OF_OTHER_DEATHS } },
	};
#undef OF_OTHER_DEATHS

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct sample sample;

		sample_init(&sample);
		sample.incident.evidence.flags &= ~rows[i].without;
		expect_only_absent(&sample, rows[i].absent);
	}
}

static void test_absence_of_parts(void **state)
{
	static const char *const without_parts[] = {
		"process", "cgroup", "container", "k8s", "peer_end", "former", "kernel.r", "kernel.s", "missing",
		"netns", "network.local", "network.peer", "tcp.accept_queue", "timeout.limit", "tcp.e", "tcp.state",
		"outage", "mptcp", "handshake", "fingerprint", "segment.conntrack", "segment.seq_offset",
		"segment.timestamps", "tcp.zero_window", NULL,
	};
	static const char *const bare[] = {
		"process", "cgroup", "container", "k8s", "peer_end", "former", "kernel.r", "kernel.s", "missing",
		"netns", "network.local", "network.peer", "tcp", "timeout", "segment", "icmp", "outage", "mptcp",
		"handshake", "fingerprint", NULL,
	};
	struct sample sample;

	(void)state;
	sample_init(&sample);
	sample.report.owner.source = OWNER_UNKNOWN;
	sample.report.application_errno = 0;
	sample.report.state = "";
	sample.report.missing = NULL;
	sample.report.cgroup = NULL;
	sample.report.peer.cause = NULL;
	sample.incident.former.known = false;
	sample.incident.reason[0] = '\0';
	sample.incident.end_frame = sample.incident.first_frame;
	memset(&sample.incident.evidence.tuple, 0, sizeof(sample.incident.evidence.tuple));
	sample.incident.evidence.tuple.family = 2;
	expect_only_absent(&sample, without_parts);
	sample_bare(&sample);
	expect_only_absent(&sample, bare);
}

/* Numbers that mean "never" and "not measured" are no numbers. */
static void test_markers(void **state)
{
	struct sample sample;
	struct ev_sock *sock = &sample.incident.evidence.sock;

	(void)state;
	sample_init(&sample);
	expect(&sample, "{idle} {idle_received} {age}", "1.5 s 1.5 s 12 s");
	sock->last_received_ms = UINT32_MAX;
	expect(&sample, "{idle} {idle_received}", "3 s ?");
	expect_path(&sample, "tcp.last_received_ms", NULL);
	sock->last_sent_ms = UINT32_MAX;
	expect_path(&sample, "tcp.idle_ms", NULL);
	sock->min_rtt_us = UINT32_MAX;
	expect_path(&sample, "tcp.min_rtt_us", NULL);
	sock->srtt_us = 0;
	expect_path(&sample, "tcp.rtt_us", NULL);
	sock->err_soft = 0;
	expect_path(&sample, "tcp.soft_errno", NULL);
	sample.incident.evidence.conn.opened_ns = 0;
	expect(&sample, "{age} {waited}", "? ?");
	sample.incident.evidence.conn.opened_ns = UINT64_MAX; /* later than now */
	expect_path(&sample, "tcp.age_ms", NULL);
	sample.incident.former.ended_wall_ns = 0;
	sample.incident.former.lasted_ns = 0;
	sample.incident.former.cause = NULL;
	sample.incident.former.owner.source = OWNER_UNKNOWN;
	expect(&sample, "{former} {former_ended} {former_lasted} {former_how}", "? ? ? ?");
}

/* How long the peer's window is shut is told while data wait for it, and no longer. */
static void test_window(void **state)
{
	static const struct {
		uint32_t snd_wnd, unsent, mss, waiting_ms;
		const char *zero_window;
	} rows[] = {
		{ 0, 5000, 1448, 7000, "7 s" },
		{ 1447, 5000, 1448, 7000, "7 s" }, /* as good as shut */
		{ 1448, 5000, 1448, 7000, "?" }, /* full of what is under way, not shut */
		{ 99, 100, 1448, 7000, "7 s" },
		{ 0, 0, 1448, 7000, "7 s" }, /* a probe took the last byte along */
		{ 0, 0, 1448, UINT32_MAX, "?" }, /* nothing waits */
	};
	struct sample sample;
	struct evidence *evidence = &sample.incident.evidence;

	(void)state;
	sample_init(&sample);
	expect_path(&sample, "tcp.retransmit_runs", "2");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		evidence->sock.snd_wnd = rows[i].snd_wnd;
		evidence->sock.unsent = rows[i].unsent;
		evidence->sock.mss = rows[i].mss;
		evidence->window.waiting_ms = rows[i].waiting_ms;
		expect(&sample, "{zero_window}", rows[i].zero_window);
		expect_path(&sample, "tcp.window_limited_ms", "9 s");
	}
	evidence->window.limited_ms = 0;
	expect_path(&sample, "tcp.window_limited_ms", "0 us");
	evidence->conn.retransmit_runs = 0;
	expect_path(&sample, "tcp.retransmit_runs", NULL);
	evidence->conn.retransmit_runs = 2;
	evidence->conn.opened_ns = 0; /* it is older than the watch: who knows what there was */
	expect_path(&sample, "tcp.retransmit_runs", NULL);
}

static void test_sentence_fields(void **state)
{
	static const char *const rows[][2] = {
		{ "{unread}, {unsent}, {unacked}", "128 bytes, 1 byte, 1448 bytes" },
		{ "{retransmits}, {probes}", "2 retransmits, 0 probes" },
		{ "{local} {peer}", "10.0.0.1:443 10.0.0.9:51322" },
		{ "{local_port} {peer_port}", "443 51322" },
		{ "{former} {former_ended} {former_lasted}", "redis[988] 03:04:00 90 s" },
		{ "{waited} {age}", "12 s 12 s" },
		{ "{exit} {task}", "killed by SIGKILL nginx[2211]" },
		{ "{icmp}", "ICMP port unreachable (type 3 code 3) from 10.0.0.7" },
		{ "{soft_error}", "EHOSTUNREACH" },
		{ "{path_mtu}", "1400 bytes" },
		{ "{errno} {soft_errno} {state}", "ECONNRESET EHOSTUNREACH ESTABLISHED" },
		{ "{segment} {payload}", "PSH|ACK 10 bytes" },
		{ "{ack_offset}", "acknowledges 1 byte beyond what was sent" },
		{ "{window} {socket_linger2}", "64 KiB -1" },
		{ "{keepalive}", "2 h idle, then 9 probes every 75 s" },
		{ "{limit} {elapsed}", "tcp_retries2 = 15 612 ms" },
		{ "{backlog}", "?" },
	};
	struct sample sample;

	(void)state;
	sample_init(&sample);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		expect(&sample, rows[i][0], rows[i][1]);
	expect(&sample, "{former_how}", cause_find("close-unread")->title);
	sample_listener(&sample);
	expect(&sample, "{backlog} {unread} {limit}", "3 of 2 ? ?");
	sample_ipv6(&sample);
	expect(&sample, "{peer}", "[2001:db8::9]:51322");
	expect_path(&sample, "network.type", "ipv6");
	expect_path(&sample, "segment.ip_id", NULL);
}

static void test_icmp(void **state)
{
	static const struct {
		uint8_t origin, type, code;
		const char *text;
	} rows[] = {
		{ 2, 3, 1, "ICMP host unreachable (type 3 code 1)" },
		{ 2, 3, 99, "ICMP destination unreachable (type 3 code 99)" },
		{ 2, 200, 0, "ICMP error (type 200 code 0)" },
		{ 3, 1, 4, "ICMPv6 port unreachable (type 1 code 4)" },
		{ 1, 0, 0, "?" }, /* a local error is no ICMP */
	};
	struct sample sample;

	(void)state;
	sample_init(&sample);
	memset(sample.incident.evidence.icmp.sender, 0, 16);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		sample.incident.evidence.conn.icmp_origin = rows[i].origin;
		sample.incident.evidence.conn.icmp_type = rows[i].type;
		sample.incident.evidence.conn.icmp_code = rows[i].code;
		expect(&sample, "{icmp}", rows[i].text);
	}
	expect_path(&sample, "icmp.type", NULL);
	expect_path(&sample, "icmp.errno", "ECONNREFUSED");
	sample.incident.evidence.conn.icmp_ns = 0;
	expect_path(&sample, "icmp.errno", NULL);
}

static void test_ack_offset(void **state)
{
	static const struct {
		uint32_t una, nxt, ack;
		uint8_t state;
		const char *text;
	} rows[] = {
		{ 1000, 2000, 2999, ESTABLISHED, "acknowledges 999 bytes beyond what was sent" },
		{ 1000, 2000, 988, ESTABLISHED, "acknowledges 12 bytes before what was sent" },
		{ 1000, 2000, 1000, ESTABLISHED, "?" },
		{ 1000, 2000, 2000, ESTABLISHED, "?" },
		{ 1000, 1001, 1000, SYN_SENT, "acknowledges nothing of what was sent" },
		{ 0xfffffff0, 5, 10, ESTABLISHED, "acknowledges 5 bytes beyond what was sent" },
		{ 5, 6, 0xfffffffe, ESTABLISHED, "acknowledges 7 bytes before what was sent" },
	};
	struct sample sample;
	struct evidence *evidence = &sample.incident.evidence;

	(void)state;
	sample_init(&sample);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		evidence->sock.snd_una = rows[i].una;
		evidence->sock.snd_nxt = rows[i].nxt;
		evidence->sock.state = rows[i].state;
		evidence->segment.ack = rows[i].ack;
		expect(&sample, "{ack_offset}", rows[i].text);
	}
	evidence->segment.ack = 12345;
	evidence->segment.flags = SEG_RST;
	expect(&sample, "{ack_offset}", "?");
	expect_path(&sample, "segment.ack", NULL);
	evidence->segment.flags = SEG_FIN | SEG_SYN | SEG_RST | SEG_PSH | SEG_ACK;
	expect(&sample, "{segment}", "FIN|SYN|RST|PSH|ACK");
	evidence->segment.flags = 0;
	expect(&sample, "{segment}", "none");
}

static void test_stack(void **state)
{
	struct sample sample;

	(void)state;
	sample_init(&sample);
	expect_path(
		&sample, "kernel.stack",
		"tcp_send_active_reset < __tcp_close < tcp_close < inet_release < ? < sock_close");
	sample.incident.end_frame = 3;
	expect_path(&sample, "kernel.stack", "tcp_send_active_reset < __tcp_close");
	sample.incident.end_frame = 1000; /* from a damaged recording */
	sample.incident.stack_depth = 1000;
	sample.incident.first_frame = EVIDENCE_STACK_FRAMES - 1;
	expect_path(&sample, "kernel.stack", "?");
	sample.incident.first_frame = 2000;
	expect_path(&sample, "kernel.stack", NULL);
	sample_hostile(&sample);
	sample.incident.end_frame = 4;
	sample.incident.first_frame = 3;
	expect_path(&sample, "kernel.stack", "evil\\x1b]0;\\xff");
}

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(kind_name(KIND_RST_IGNORED), "rst-ignored");
	assert_string_equal(kind_name(KIND_MAX), "unknown");
	assert_string_equal(certainty_name(CERTAINTY_LIKELY), "likely");
	assert_string_equal(certainty_name((enum certainty) - 1), "unknown");
	assert_string_equal(owner_source_name(OWNER_LISTENER), "listener");
	assert_string_equal(owner_source_name((enum owner_source)200), "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows_are_unique),
		cmocka_unit_test(test_absence),
		cmocka_unit_test(test_absence_of_parts),
		cmocka_unit_test(test_markers),
		cmocka_unit_test(test_window),
		cmocka_unit_test(test_sentence_fields),
		cmocka_unit_test(test_icmp),
		cmocka_unit_test(test_ack_offset),
		cmocka_unit_test(test_stack),
		cmocka_unit_test(test_names),
	};

	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
