/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Fields that exist for sentences only: a few words for what takes several keys in JSON, or none. */
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include <linux/errqueue.h>

#include "../util/text.h"
#include "causes.h"
#include "getters.h"
#include "misfit.h"

static bool counted(struct field_value *ret_value, unsigned int count, const char *noun)
{
	snprintf(ret_value->text, sizeof(ret_value->text), "%u %s%s", count, noun,
		 count == 1 ? "" : "s");
	return value_string(ret_value, ret_value->text);
}

bool phrase_retransmits(const struct report *report, struct field_value *ret_value)
{
	const struct ev_sock *sock = report_connection(report);

	return sock && counted(ret_value, sock->retransmits, "retransmit");
}

bool phrase_probes(const struct report *report, struct field_value *ret_value)
{
	const struct ev_sock *sock = report_connection(report);

	return sock && counted(ret_value, sock->probes, "probe");
}

/* Of several deaths that were counted: whatever the address, and the port where it is always that. */
static bool any_endpoint(struct field_value *value, bool has_port, unsigned int port)
{
	if (has_port)
		snprintf(value->text, sizeof(value->text), "*:%u", port);
	else
		snprintf(value->text, sizeof(value->text), "*");
	return value_string(value, value->text);
}

bool phrase_local(const struct report *report, struct field_value *ret_value)
{
	const struct ev_tuple *tuple = &report->incident->evidence.tuple;
	const struct incident *incident = report->incident;
	struct field_value part;

	if (incident->count)
		return any_endpoint(ret_value, incident->common_port == COMMON_PORT_LOCAL, tuple->local_port);
	if (!get_local_address(report, &part))
		return false;
	text_endpoint(ret_value->text, sizeof(ret_value->text), tuple->local, tuple->local_port);
	return value_string(ret_value, ret_value->text);
}

bool phrase_peer(const struct report *report, struct field_value *ret_value)
{
	const struct ev_tuple *tuple = &report->incident->evidence.tuple;

	if (!report_has_peer(report))
		return false;
	if (report->incident->count)
		return any_endpoint(ret_value, report->incident->common_port == COMMON_PORT_PEER, tuple->peer_port);
	text_endpoint(ret_value->text, sizeof(ret_value->text), tuple->peer, tuple->peer_port);
	return value_string(ret_value, ret_value->text);
}

bool phrase_former(const struct report *report, struct field_value *ret_value)
{
	struct field_value comm;

	if (!get_former_comm(report, &comm))
		return false;
	snprintf(ret_value->text, sizeof(ret_value->text), "%.80s[%u]", comm.string,
		 report->incident->former.owner.pid);
	return value_string(ret_value, ret_value->text);
}

/* A person compares it with the clock on the wall: seconds do. */
bool phrase_former_ended(const struct report *report, struct field_value *ret_value)
{
	const struct former *former = &report->incident->former;

	if (!former->known || former->ended_wall_ns == 0)
		return false;
	text_clock(ret_value->text, sizeof(ret_value->text), former->ended_wall_ns, false);
	ret_value->text[strcspn(ret_value->text, ".")] = '\0';
	return value_string(ret_value, ret_value->text);
}

/* From the status word of wait(2). Status 0 is both "not set yet" and success, so it is not claimed. */
static bool value_exit(struct field_value *ret_value, const struct ev_task *task)
{
	char *text = ret_value->text;
	size_t size = sizeof(ret_value->text);
	int status = task->exit_code;

	if (task->is_oom)
		return value_string(ret_value, "killed for lack of memory (OOM)");
	if (WIFSIGNALED(status) && sigabbrev_np(WTERMSIG(status)))
		snprintf(text, size, "killed by SIG%s", sigabbrev_np(WTERMSIG(status)));
	else if (WIFSIGNALED(status))
		snprintf(text, size, "killed by signal %d", WTERMSIG(status));
	else if (WIFEXITED(status) && WEXITSTATUS(status))
		snprintf(text, size, "exited with status %d", WEXITSTATUS(status));
	else
		return false;
	return value_string(ret_value, text);
}

bool phrase_former_how(const struct report *report, struct field_value *ret_value)
{
	const struct former *former = &report->incident->former;
	struct field_value slug;
	const struct cause *cause;

	if (former->known && former->has_exited)
		return value_exit(ret_value, &former->owner) || value_string(ret_value, "it exited");
	if (former->known && former->was_listener)
		return value_string(ret_value, "it closed its listener");

	if (!get_former_cause(report, &slug))
		return false;
	cause = cause_find(slug.string);
	return cause && value_string(ret_value, cause->title);
}

/* For causes in which the task on the CPU acted on a socket that is another's. */
bool phrase_task(const struct report *report, struct field_value *ret_value)
{
	const struct ev_task *task = &report->incident->evidence.task;
	char comm[64];

	if (task->pid == 0 || *task->comm == '\0')
		return false;
	text_printable(comm, sizeof(comm), task->comm, sizeof(task->comm));
	snprintf(ret_value->text, sizeof(ret_value->text), "%s[%u]", comm, task->pid);
	return value_string(ret_value, ret_value->text);
}

/* Only where the task on the CPU is the owner: another task's exit says nothing. */
bool phrase_exit(const struct report *report, struct field_value *ret_value)
{
	const struct ev_task *task = &report->incident->evidence.task;

	if (report->owner.source != OWNER_SYSCALL || !task->is_exiting)
		return false;
	return value_exit(ret_value, task) || value_string(ret_value, "while exiting");
}

#define ICMP SO_EE_ORIGIN_ICMP
#define ICMP6 SO_EE_ORIGIN_ICMP6
#define ANY_CODE -1

static const struct icmp_row {
	int origin, type, code;
	const char *name;
} icmp_rows[] = {
	{ ICMP, 3, 0, "network unreachable" },
	{ ICMP, 3, 1, "host unreachable" },
	{ ICMP, 3, 2, "protocol unreachable" },
	{ ICMP, 3, 3, "port unreachable" },
	{ ICMP, 3, 4, "fragmentation needed" },
	{ ICMP, 3, 5, "source route failed" },
	{ ICMP, 3, 6, "network unknown" },
	{ ICMP, 3, 7, "host unknown" },
	{ ICMP, 3, 9, "network prohibited" },
	{ ICMP, 3, 10, "host prohibited" },
	{ ICMP, 3, 13, "administratively prohibited" },
	{ ICMP, 3, ANY_CODE, "destination unreachable" },
	{ ICMP, 4, ANY_CODE, "source quench" },
	{ ICMP, 5, ANY_CODE, "redirect" },
	{ ICMP, 11, 0, "time to live exceeded" },
	{ ICMP, 11, ANY_CODE, "time exceeded" },
	{ ICMP, 12, ANY_CODE, "parameter problem" },
	{ ICMP6, 1, 0, "no route" },
	{ ICMP6, 1, 1, "administratively prohibited" },
	{ ICMP6, 1, 3, "address unreachable" },
	{ ICMP6, 1, 4, "port unreachable" },
	{ ICMP6, 1, 5, "source address policy" },
	{ ICMP6, 1, 6, "route rejected" },
	{ ICMP6, 1, ANY_CODE, "destination unreachable" },
	{ ICMP6, 2, ANY_CODE, "packet too big" },
	{ ICMP6, 3, 0, "hop limit exceeded" },
	{ ICMP6, 3, ANY_CODE, "time exceeded" },
	{ ICMP6, 4, ANY_CODE, "parameter problem" },
};

static const char *icmp_name(const struct ev_conn *conn)
{
	for (size_t i = 0; i < sizeof(icmp_rows) / sizeof(*icmp_rows); i++) {
		const struct icmp_row *row = &icmp_rows[i];

		if (row->origin == conn->icmp_origin && row->type == conn->icmp_type &&
		    (row->code == ANY_CODE || row->code == conn->icmp_code))
			return row->name;
	}
	return "error";
}

bool phrase_icmp(const struct report *report, struct field_value *ret_value)
{
	const struct ev_conn *conn = report_icmp(report);
	struct field_value sender;
	bool is_known;

	if (!conn || (conn->icmp_origin != ICMP && conn->icmp_origin != ICMP6))
		return false;
	is_known = get_icmp_sender(report, &sender);
	snprintf(ret_value->text, sizeof(ret_value->text), "%s %s (type %u code %u)%s%.46s",
		 conn->icmp_origin == ICMP ? "ICMP" : "ICMPv6", icmp_name(conn), conn->icmp_type,
		 conn->icmp_code, is_known ? " from " : "", is_known ? sender.string : "");
	return value_string(ret_value, ret_value->text);
}

bool phrase_icmp_ignored(const struct report *report, struct field_value *ret_value)
{
	const struct evidence *evidence = &report->incident->evidence;
	const struct ev_sock *sock = report_connection(report);

	if (evidence->hook != HOOK_ICMP)
		return false;
	if (evidence->detail.result)
		return value_string(ret_value, "there is no such connection");
	if (!sock)
		return false;
	if (evidence->segment.seq - sock->snd_una > sock->snd_nxt - sock->snd_una)
		return value_string(ret_value, "the sequence number that it quotes is not in flight");
	return value_string(ret_value, "the socket did not take it (IP_MINTTL)");
}

/* An ICMP error explains the errno when it stands for it. */
bool phrase_soft_error(const struct report *report, struct field_value *ret_value)
{
	const struct ev_sock *sock = report_connection(report);
	const struct ev_conn *conn = report_icmp(report);
	struct field_value error, icmp;

	if (!sock || !value_errno(&error, sock->err_soft))
		return false;
	if (!conn || conn->icmp_errno != sock->err_soft || !phrase_icmp(report, &icmp))
		return value_string(ret_value, error.string);
	snprintf(ret_value->text, sizeof(ret_value->text), "%.16s: %.128s", error.string, icmp.string);
	return value_string(ret_value, ret_value->text);
}

bool phrase_reject(const struct report *report, struct field_value *ret_value)
{
	if (!report->incident->is_rejected_here)
		return false;
	return value_string(ret_value, "a REJECT rule of this host built that reset (netfilter-reject-output)");
}

static bool acknowledges(struct field_value *ret_value, uint32_t bytes, const char *where)
{
	snprintf(ret_value->text, sizeof(ret_value->text),
		 "acknowledges %u byte%s %s what was sent", bytes, bytes == 1 ? "" : "s", where);
	return value_string(ret_value, ret_value->text);
}

/* Sequence numbers wrap: only their difference has a sign. */
bool phrase_ack_offset(const struct report *report, struct field_value *ret_value)
{
	const struct evidence *evidence = &report->incident->evidence;
	const struct ev_sock *sock = report_connection(report);
	uint32_t ack = evidence->segment.ack;

	if (!sock || !(evidence->flags & EV_SEGMENT) || !(evidence->segment.flags & SEG_ACK))
		return false;
	if ((int32_t)(ack - sock->snd_nxt) > 0)
		return acknowledges(ret_value, ack - sock->snd_nxt, "beyond");
	if ((int32_t)(sock->snd_una - ack) > 0)
		return acknowledges(ret_value, sock->snd_una - ack, "before");
	if (report_state(report) == TCP_SYN_SENT && ack == sock->snd_una)
		return value_string(ret_value, "acknowledges nothing of what was sent");
	return false;
}

/* In a sentence only where it is the story: a segment without its address translation is a stranger here. */
bool phrase_conntrack(const struct report *report, struct field_value *ret_value)
{
	const struct evidence *ev = &report->incident->evidence;

	if (!(ev->flags & EV_SEGMENT) || ev->segment.conntrack != CONNTRACK_INVALID)
		return false;
	return value_string(ret_value, "INVALID to conntrack, so without address translation");
}

/* The peer goes on using a connection that a reset in its name has just ended. */
bool phrase_after_reset(const struct report *report, struct field_value *ret_value)
{
	const struct former *former = &report->incident->former;
	const struct cause *cause = former->known && former->cause ? cause_find(former->cause) : NULL;
	uint64_t now = report->incident->time_wall_ns;

	if (!cause || cause->kind != KIND_RST_RECEIVED || now < former->ended_wall_ns)
		return false;
	snprintf(ret_value->text, sizeof(ret_value->text), "%llu ms after a reset in its name, the peer goes on",
		 (unsigned long long)(now - former->ended_wall_ns) / 1000000);
	return value_string(ret_value, ret_value->text);
}

bool phrase_misfit(const struct report *report, struct field_value *ret_value)
{
	return misfit_describe(&report->incident->evidence, ret_value->text, sizeof(ret_value->text)) &&
	       value_string(ret_value, ret_value->text);
}

/* A minisock, too, says what it expects next, where tcp_timewait_state_process() was seen. */
bool phrase_seq_offset(const struct report *report, struct field_value *ret_value)
{
	const struct evidence *evidence = &report->incident->evidence;
	int32_t offset = evidence->segment.seq - evidence->sock.rcv_nxt;
	bool is_known = report_connection(report) || evidence->hook == HOOK_TIMEWAIT ||
			(evidence->flags & EV_TIMEWAIT && evidence->sock.rcv_nxt);

	if (!is_known || !(evidence->flags & EV_SEGMENT))
		return false;
	if (offset == 0)
		return value_string(ret_value, "with the sequence number that was due");
	snprintf(ret_value->text, sizeof(ret_value->text), "%u byte%s %s what was due",
		 offset < 0 ? -(uint32_t)offset : (uint32_t)offset, offset == 1 || offset == -1 ? "" : "s",
		 offset < 0 ? "before" : "beyond");
	return value_string(ret_value, ret_value->text);
}

bool phrase_backlog(const struct report *report, struct field_value *ret_value)
{
	const struct ev_sock *listener = report_listener(report);

	if (!listener)
		return false;
	snprintf(ret_value->text, sizeof(ret_value->text), "%u of %u", listener->ack_backlog,
		 listener->max_ack_backlog);
	return value_string(ret_value, ret_value->text);
}
