/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Reports for the tests of fields and sinks. */
#include "sample.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/types.h>
#include <string.h>

#include "../../user/explain/causes.h"

#define SECOND_NS 1000000000ull
#define NOW_NS (1000 * SECOND_NS)

static const struct ev_sock full_sock = {
	.bytes_received = 1234567,
	.bytes_acked = 5000,
	.unread = 128,
	.unsent = 1,
	.unacked = 1448,
	.snd_una = 1000,
	.snd_nxt = 2448,
	.snd_wnd = 65536,
	.mss = 1448,
	.total_retrans = 3,
	.srtt_us = 1500,
	.min_rtt_us = 900,
	.rto_ms = 204,
	.last_sent_ms = 3000,
	.last_received_ms = 1500,
	.last_ack_ms = 1400,
	.err_soft = EHOSTUNREACH,
	.linger2 = -1,
	.state = ESTABLISHED,
	.retransmits = 2,
	.retransmit_elapsed_ms = 612,
	.is_keepalive = 1,
	.limits = {
		.keepalive_time_s = 7200,
		.keepalive_interval_s = 75,
		.keepalive_probes = 9,
		.retries2 = 15,
		.syn_retries = 6,
		.fin_timeout_s = 60,
	},
};

static void fill_evidence(struct evidence *evidence)
{
	*evidence = (struct evidence){
		.version = EVIDENCE_VERSION,
		.hook = HOOK_TCP_SEND_RESET,
		.flags = EV_SOCKET | EV_SEGMENT | EV_CONN | EV_STACK | EV_WINDOW,
		.time_ns = NOW_NS,
		.tuple = { .local_port = 443,
			   .peer_port = 51322,
			   .family = 2,
			   .netns = 4026531840u },
		.segment = { .seq = 7,
			     .ack = 2449,
			     .payload = 10,
			     .window = 502,
			     .ip_id = 4711,
			     .flags = SEG_PSH | SEG_ACK,
			     .ttl = 63 },
		.task = { .cgroup_id = 77,
			  .pid = 2211,
			  .tid = 2212,
			  .uid = 33,
			  .exit_code = 9,
			  .is_exiting = 1,
			  .comm = "nginx" },
		.sock = full_sock,
		.conn = { .opened_ns = NOW_NS - 12 * SECOND_NS,
			  .retransmit_runs = 2,
			  .icmp_ns = NOW_NS - SECOND_NS,
			  .icmp_errno = ECONNREFUSED,
			  .icmp_origin = 2,
			  .icmp_type = 3,
			  .icmp_code = 3 },
		.window = { .limited_ms = 9000, .waiting_ms = 7000 },
	};
	inet_pton(AF_INET6, "::ffff:10.0.0.1", evidence->tuple.local);
	inet_pton(AF_INET6, "::ffff:10.0.0.9", evidence->tuple.peer);
	inet_pton(AF_INET6, "::ffff:10.0.0.7", evidence->icmp.sender);
	evidence->icmp.path_mtu = 1400;
}

static void add_frames(struct incident *incident, const char *const *names)
{
	for (; *names; names++)
		strcpy(incident->frames[incident->stack_depth++], *names);
	incident->end_frame = incident->stack_depth;
}

void sample_init(struct sample *sample)
{
	static const char *const frames[] = { "bpf_trace_run3", "tcp_send_active_reset",
					      "__tcp_close",	"tcp_close",
					      "inet_release",	"",
					      "sock_close",	NULL };
	struct incident *incident = &sample->incident;
	struct report *report = &sample->report;

	memset(sample, 0, sizeof(*sample));
	fill_evidence(&incident->evidence);
	add_frames(incident, frames);
	incident->first_frame = 1;
	incident->user_depth = 2;
	incident->user_frames[0] = "close";
	incident->user_frames[1] = "ngx_close_connection";
	incident->time_wall_ns = 1767323045678901234ull;
	strcpy(incident->reason, "TCP_ABORT_ON_CLOSE");
	incident->former = (struct former){
		.known = true,
		.ended_wall_ns = 1767323040000000000ull,
		.lasted_ns = 90 * SECOND_NS,
		.cause = "close-unread",
		.owner = { .pid = 988, .source = OWNER_CONNECT, .comm = "redis" },
	};
	report->incident = incident;
	report->cause = cause_find("close-unread");
	report->kind = KIND_RST_SENT;
	report->certainty = CERTAINTY_PARTIAL;
	report->owner = incident->evidence.task;
	report->owner.source = OWNER_SYSCALL;
	report->application_errno = ECONNRESET;
	report->state = "ESTABLISHED";
	report->missing = "the segment";
	report->cgroup = "/kubepods.slice/kubepods-pod01234567_89ab_cdef_0123_456789abcdef.slice/cri-containerd-"
			 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.scope";
	report->peer = (struct peer_end){
		.cause = cause_find("reset-by-peer"),
		.owner = { .pid = 77, .source = OWNER_CONNECT, .comm = "curl" },
		.netns = 4026531840,
		.why = "reset by the peer",
	};
	strcpy(report->why, "closed with 128 bytes unread, killed by SIGKILL");
}

void sample_listener(struct sample *sample)
{
	sample_init(sample);
	sample->incident.evidence.sock.state = LISTEN;
	sample->incident.evidence.sock.ack_backlog = 3;
	sample->incident.evidence.sock.max_ack_backlog = 2;
	sample->report.state = "LISTEN";
}

void sample_bare(struct sample *sample)
{
	memset(sample, 0, sizeof(*sample));
	sample->incident.evidence.hook = HOOK_TCP_SEND_RESET;
	sample->report.incident = &sample->incident;
	sample->report.cause = &cause_unknown;
	sample->report.certainty = CERTAINTY_UNKNOWN;
	sample->report.state = "";
	strcpy(sample->report.why, "no known cause fits this evidence");
}

void sample_ipv6(struct sample *sample)
{
	sample_init(sample);
	inet_pton(AF_INET6, "2001:db8:1111:2222:3333:4444:5555:6666",
		  sample->incident.evidence.tuple.local);
	inet_pton(AF_INET6, "2001:db8::9", sample->incident.evidence.tuple.peer);
	sample->incident.evidence.tuple.family = AF_INET6;
}

void sample_hostile(struct sample *sample)
{
	static const char comm[EVIDENCE_COMM_BYTES] = "\033[31m\"\\\xff\xc3\xa9\n\t\177{}";

	sample_init(sample);
	memcpy(sample->report.owner.comm, comm, sizeof(comm));
	memcpy(sample->incident.former.owner.comm, comm, sizeof(comm));
	memcpy(sample->incident.evidence.task.comm, comm, sizeof(comm));
	strcpy(sample->incident.frames[3], "evil\033]0;\xff");
	strcpy(sample->incident.reason, "R\033\"");
}
