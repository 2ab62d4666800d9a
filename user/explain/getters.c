/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Getters of the fields that stand in the evidence as they are: who, where, the socket, the segment, the kernel. */
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "../util/text.h"
#include "causes.h"
#include "getters.h"

#define JSON_VERSION 1
#define ERRNO_MAX 4095
#define NEVER UINT32_MAX /* evidence.h: ~0 = never, never measured */

bool value_errno(struct field_value *ret_value, int error)
{
	int number = error < 0 && error >= -ERRNO_MAX ? -error : error;
	const char *name = strerrorname_np(number);

	if (error == 0)
		return false;
	if (name)
		return value_string(ret_value, name);
	snprintf(ret_value->text, sizeof(ret_value->text), "%d", number);
	return value_string(ret_value, ret_value->text);
}

bool value_comm(struct field_value *ret_value, const struct ev_task *task)
{
	text_printable(ret_value->text, sizeof(ret_value->text), task->comm, sizeof(task->comm));
	return value_string(ret_value, ret_value->text);
}

unsigned int report_state(const struct report *report)
{
	const struct evidence *evidence = &report->incident->evidence;

	if (evidence->hook == HOOK_INET_SOCK_SET_STATE)
		return evidence->sock.old_state;
	return evidence->sock.state;
}

const struct ev_sock *report_connection(const struct report *report)
{
	const struct evidence *evidence = &report->incident->evidence;

	if (!(evidence->flags & EV_SOCKET) || evidence->flags & EV_REQUEST || report_state(report) == TCP_LISTEN)
		return NULL;
	return &evidence->sock;
}

const struct ev_sock *report_listener(const struct report *report)
{
	const struct evidence *evidence = &report->incident->evidence;

	if (!(evidence->flags & EV_SOCKET) ||
	    (!(evidence->flags & EV_REQUEST) && report_state(report) != TCP_LISTEN))
		return NULL;
	return &evidence->sock;
}

const struct ev_conn *report_conn(const struct report *report)
{
	const struct evidence *evidence = &report->incident->evidence;

	return evidence->flags & (EV_CONN | EV_FORMER) ? &evidence->conn : NULL;
}

/* The verdict */

bool get_version(const struct report *report, struct field_value *ret_value)
{
	(void)report;
	return value_integer(ret_value, JSON_VERSION);
}

/* Of living sockets, all that one line stands for; of deaths in a storm, those that were counted. */
bool get_count(const struct report *report, struct field_value *ret_value)
{
	return value_integer(ret_value, report->count ? report->count : 1);
}

bool get_last_time(const struct report *report, struct field_value *ret_value)
{
	if (!report->incident->count)
		return false;
	text_rfc3339(ret_value->text, sizeof(ret_value->text), report->incident->last_wall_ns);
	return value_string(ret_value, ret_value->text);
}

bool get_time(const struct report *report, struct field_value *ret_value)
{
	text_rfc3339(ret_value->text, sizeof(ret_value->text), report->incident->time_wall_ns);
	return value_string(ret_value, ret_value->text);
}

#define STRING(getter, expression)                                              \
	bool getter(const struct report *report, struct field_value *ret_value) \
	{                                                                       \
		return value_string(ret_value, expression);                     \
	}

STRING(get_kind, kind_name(report->kind))
STRING(get_cause, report->cause->slug)
STRING(get_certainty, certainty_name(report->certainty))
STRING(get_missing, report->missing)
STRING(get_why, report->why)
STRING(get_state, report->state)

bool get_errno(const struct report *report, struct field_value *ret_value)
{
	return value_errno(ret_value, report->application_errno);
}

/* Addresses */

static const uint8_t mapped_prefix[12] = { [10] = 0xff, [11] = 0xff };

static bool is_ipv4(const struct ev_tuple *tuple)
{
	return tuple->family == AF_INET ||
	       memcmp(tuple->local, mapped_prefix, sizeof(mapped_prefix)) == 0 ||
	       memcmp(tuple->peer, mapped_prefix, sizeof(mapped_prefix)) == 0;
}

static bool is_endpoint(const uint8_t address[16], unsigned int port)
{
	static const uint8_t zero[16];

	if (port)
		return true;
	if (memcmp(address, mapped_prefix, sizeof(mapped_prefix)) == 0)
		return memcmp(address + sizeof(mapped_prefix), zero, 4) != 0;
	return memcmp(address, zero, sizeof(zero)) != 0;
}

bool report_has_peer(const struct report *report)
{
	const struct ev_tuple *tuple = &report->incident->evidence.tuple;

	return is_endpoint(tuple->peer, tuple->peer_port);
}

/* What is on the wire: an AF_INET6 socket may carry IPv4. */
STRING(get_network_type, is_ipv4(&report->incident->evidence.tuple) ? "ipv4" : "ipv6")

#define ENDPOINT(side)                                                                        \
	bool get_##side##_address(const struct report *report, struct field_value *ret_value) \
	{                                                                                     \
		const struct ev_tuple *tuple = &report->incident->evidence.tuple;             \
                                                                                              \
		if (!is_endpoint(tuple->side, tuple->side##_port))                            \
			return false;                                                         \
		text_address(ret_value->text, sizeof(ret_value->text), tuple->side);          \
		return value_string(ret_value, ret_value->text);                              \
	}                                                                                     \
	bool get_##side##_port(const struct report *report, struct field_value *ret_value)    \
	{                                                                                     \
		const struct ev_tuple *tuple = &report->incident->evidence.tuple;             \
                                                                                              \
		return value_integer(ret_value, tuple->side##_port) && tuple->side##_port;    \
	}

ENDPOINT(local)
ENDPOINT(peer)

static const struct ev_tuple *tuple_of(const struct report *report)
{
	return &report->incident->evidence.tuple;
}

GETTER_INTEGER(get_netns, struct ev_tuple, tuple_of(report), it->netns, it->netns != 0)

/* The owner */

static const struct ev_task *owner_of(const struct report *report)
{
	return report->owner.source != OWNER_UNKNOWN ? &report->owner : NULL;
}

GETTER_INTEGER(get_pid, struct ev_task, owner_of(report), it->pid, true)
GETTER_INTEGER(get_uid, struct ev_task, owner_of(report), it->uid, true)
GETTER_INTEGER(get_cgroup, struct ev_task, owner_of(report), it->cgroup_id, it->cgroup_id != 0)

bool get_comm(const struct report *report, struct field_value *ret_value)
{
	const struct ev_task *owner = owner_of(report);

	return owner && value_comm(ret_value, owner);
}

bool get_source(const struct report *report, struct field_value *ret_value)
{
	const struct ev_task *owner = owner_of(report);

	return owner && value_string(ret_value, owner_source_name(owner->source));
}

/* The socket */

#define SOCK(getter, value, is_known) \
	GETTER_INTEGER(getter, struct ev_sock, report_connection(report), value, is_known)

static uint32_t idle_ms(const struct ev_sock *sock)
{
	return sock->last_sent_ms < sock->last_received_ms ? sock->last_sent_ms :
							     sock->last_received_ms;
}

SOCK(get_unread, it->unread, true)
SOCK(get_unsent, it->unsent, true)
SOCK(get_unacked, it->unacked, true)
SOCK(get_received, it->bytes_received, true)
SOCK(get_acked, it->bytes_acked, true)
SOCK(get_idle, idle_ms(it), idle_ms(it) != NEVER)
SOCK(get_last_sent, it->last_sent_ms, it->last_sent_ms != NEVER)
SOCK(get_last_received, it->last_received_ms, it->last_received_ms != NEVER)
SOCK(get_rtt, it->srtt_us, it->srtt_us != 0)
SOCK(get_min_rtt, it->min_rtt_us, it->min_rtt_us != NEVER && it->min_rtt_us != 0)
SOCK(get_rto, it->rto_ms, it->rto_ms != 0)
SOCK(get_mss, it->mss, it->mss != 0)
SOCK(get_peer_window, it->snd_wnd, true)
SOCK(get_retransmits, it->retransmits, true)
SOCK(get_retransmits_total, it->total_retrans, true)
SOCK(get_probes, it->probes, true)
SOCK(get_backoff, it->backoff, true)
SOCK(get_orphan, it->is_dead, true)
SOCK(get_linger2, (uint64_t)(int64_t)it->linger2, true)

/* Runs that began before the watch are not counted: such a connection has no beginning. */
static const struct ev_conn *life_of(const struct report *report)
{
	const struct ev_conn *conn = report_connection(report) ? report_conn(report) : NULL;

	return conn && conn->opened_ns ? conn : NULL;
}

GETTER_INTEGER(get_retransmit_runs, struct ev_conn, life_of(report), it->retransmit_runs, it->retransmit_runs != 0)

static const struct ev_window *window_of(const struct report *report)
{
	const struct evidence *evidence = &report->incident->evidence;

	return report_connection(report) && evidence->flags & EV_WINDOW ? &evidence->window : NULL;
}

/* A window of a few bytes only is as good as shut (RFC 9293 section 3.8.6.2.1). */
static bool is_window_shut(const struct ev_sock *sock)
{
	return !sock->snd_wnd || sock->snd_wnd < (sock->unsent < sock->mss ? sock->unsent : sock->mss);
}

GETTER_INTEGER(get_window_limited, struct ev_window, window_of(report), it->limited_ms, true)
GETTER_INTEGER(get_zero_window, struct ev_window, window_of(report), it->waiting_ms,
	       it->waiting_ms != NEVER && is_window_shut(report_connection(report)))
GETTER_INTEGER(get_queue_length, struct ev_sock, report_listener(report), it->ack_backlog, true)
GETTER_INTEGER(get_queue_limit, struct ev_sock, report_listener(report), it->max_ack_backlog, true)

bool get_soft_errno(const struct report *report, struct field_value *ret_value)
{
	const struct ev_sock *sock = report_connection(report);

	return sock && value_errno(ret_value, sock->err_soft);
}

bool get_age(const struct report *report, struct field_value *ret_value)
{
	const struct ev_conn *conn = report_conn(report);
	uint64_t now_ns = report->incident->evidence.time_ns;

	if (!conn || conn->opened_ns == 0 || conn->opened_ns > now_ns ||
	    report->incident->evidence.flags & EV_REQUEST) /* that is the listener's */
		return false;
	return value_integer(ret_value, (now_ns - conn->opened_ns) / 1000000);
}

bool get_closed_for(const struct report *report, struct field_value *ret_value)
{
	const struct ev_conn *conn = report_conn(report);
	uint64_t now_ns = report->incident->evidence.time_ns;

	if (!conn || conn->closed_ns == 0 || conn->closed_ns > now_ns)
		return false;
	return value_integer(ret_value, (now_ns - conn->closed_ns) / 1000000);
}

/* The segment */

static const struct ev_segment *segment_of(const struct report *report)
{
	const struct evidence *evidence = &report->incident->evidence;

	return evidence->flags & EV_SEGMENT ? &evidence->segment : NULL;
}

#define SEGMENT(getter, value, is_known) \
	GETTER_INTEGER(getter, struct ev_segment, segment_of(report), value, is_known)

SEGMENT(get_segment_seq, it->seq, true)
SEGMENT(get_segment_ack, it->ack, (it->flags & SEG_ACK) != 0)
SEGMENT(get_segment_window, it->window, true)
SEGMENT(get_segment_payload, it->payload, true)
SEGMENT(get_segment_ttl, it->ttl, true)
SEGMENT(get_segment_ip_id, it->ip_id, is_ipv4(tuple_of(report)))

bool get_segment_flags(const struct report *report, struct field_value *ret_value)
{
	static const char *const names[] = { "FIN", "SYN", "RST", "PSH", "ACK" };
	const struct ev_segment *segment = segment_of(report);
	char *text = ret_value->text;

	if (!segment)
		return false;
	*text = '\0';
	for (unsigned int bit = 0; bit < sizeof(names) / sizeof(*names); bit++) {
		if (!(segment->flags & 1 << bit))
			continue;
		if (*text)
			strcat(text, "|");
		strcat(text, names[bit]);
	}
	return value_string(ret_value, *text ? text : "none");
}

static const struct ev_conn *icmp_of(const struct report *report)
{
	const struct evidence *evidence = &report->incident->evidence;
	const struct ev_conn *conn = evidence->flags & EV_ICMP ? &evidence->conn : report_conn(report);

	return conn && conn->icmp_ns ? conn : NULL;
}

const struct ev_conn *report_icmp(const struct report *report)
{
	return icmp_of(report);
}

bool get_icmp_sender(const struct report *report, struct field_value *ret_value)
{
	const uint8_t *sender = report->incident->evidence.icmp.sender;

	if (!icmp_of(report) || !is_endpoint(sender, 0))
		return false;
	text_address(ret_value->text, sizeof(ret_value->text), sender);
	return value_string(ret_value, ret_value->text);
}

bool get_path_mtu(const struct report *report, struct field_value *ret_value)
{
	uint32_t path_mtu = report->incident->evidence.icmp.path_mtu;

	return icmp_of(report) && path_mtu && value_integer(ret_value, path_mtu);
}

GETTER_INTEGER(get_icmp_type, struct ev_conn, icmp_of(report), it->icmp_type, it->icmp_origin > 1)
GETTER_INTEGER(get_icmp_code, struct ev_conn, icmp_of(report), it->icmp_code, it->icmp_origin > 1)

bool get_icmp_errno(const struct report *report, struct field_value *ret_value)
{
	const struct ev_conn *conn = icmp_of(report);

	return conn && value_errno(ret_value, conn->icmp_errno);
}

/* The kernel */

bool get_hook(const struct report *report, struct field_value *ret_value)
{
	unsigned int hook = report->incident->evidence.hook;

	return value_string(ret_value, hook_name(hook, is_ipv4(tuple_of(report))));
}

bool get_reset_reason(const struct report *report, struct field_value *ret_value)
{
	const char *reason = report->incident->reason;

	text_printable(ret_value->text, sizeof(ret_value->text), reason, SYMBOL_BYTES);
	return value_string(ret_value, ret_value->text);
}

bool get_stack(const struct report *report, struct field_value *ret_value)
{
	const struct incident *incident = report->incident;
	unsigned int end = incident->end_frame;

	if (end > incident->stack_depth)
		end = incident->stack_depth;
	if (end > EVIDENCE_STACK_FRAMES)
		end = EVIDENCE_STACK_FRAMES;
	ret_value->count = 0;
	for (unsigned int i = incident->first_frame; i < end; i++)
		ret_value->strings[ret_value->count++] =
			*incident->frames[i] ? incident->frames[i] : "?";
	return ret_value->count > 0;
}
