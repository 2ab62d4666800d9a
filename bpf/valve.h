/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The key that deaths are counted by in a storm. Two deaths with one key get one verdict, so the key holds whatever the
 * facts of user/explain/facts.c can differ by (tests/unit/test_valve.c), and nothing that differs from connection to
 * connection. Seen by both compilers.
 *
 * Deaths that storms are made of have a short form, in which only what decides is looked at: no record has to be filled
 * for those that are counted. Without branches, as measure.h.
 */
#ifndef RSTTRACE_VALVE_H
#define RSTTRACE_VALVE_H

#include "evidence.h"
#include "measure.h"

/* Numbers are for ever: recordings hold keys. */
enum valve_fact {
	VALVE_IPV6 = 1 << 0,
	VALVE_MPTCP = 1 << 1,
	VALVE_DEAD = 1 << 2,
	VALVE_LINGER_ZERO = 1 << 3,
	VALVE_LINGER2_NEGATIVE = 1 << 4,
	VALVE_UNREAD = 1 << 5,
	VALVE_UNSENT = 1 << 6,
	VALVE_WINDOW_OPEN = 1 << 7,
	VALVE_WINDOW_SHUT = 1 << 8,
	VALVE_USER_TIMEOUT = 1 << 9,
	VALVE_QUEUE_FULL = 1 << 10,
	VALVE_WAS_RESET = 1 << 11,
	VALVE_AFTER_IDLE = 1 << 12,
	VALVE_MISFIT = 1 << 13,
	VALVE_ACK_UNACCEPTABLE = 1 << 14,
	VALVE_OUT_OF_ORDER = 1 << 15,
	VALVE_SYN_QUEUE_FULL = 1 << 16,
	VALVE_SYN_BACKLOG_SPENT = 1 << 17,
	VALVE_DEFERRED = 1 << 18,
	VALVE_SMALL_PASSES = 1 << 19,
	VALVE_PASSING_KNOWN = 1 << 20,
	VALVE_ICMP_SEEN = 1 << 21,
	VALVE_WAS_CLOSED = 1 << 22, /* the last change of state was to CLOSE */
	VALVE_NO_PORT = 1 << 23, /* the socket had no port of its own */
	VALVE_EXITING = 1 << 24,
	VALVE_KTHREAD = 1 << 25,
	VALVE_OOM = 1 << 26,
	VALVE_TOO_BIG_OR_IN_FLIGHT = 1 << 27, /* HOOK_ICMP: what it quotes is in flight */
	VALVE_HAS_FINGERPRINT = 1 << 28,
	VALVE_PLAIN_CLOSE = 1 << 29, /* short form: close() on a connection that was open */
	VALVE_PEER_PORT = 1 << 30, /* .port is the other end's */
};

struct valve_key {
	__u32 netns;
	__u32 pid; /* of the task on the CPU, where that may own the socket */
	__u32 owner; /* ... of the one that is remembered */
	__u32 stack; /* hash, 0 = the short form needs none */
	__u32 flags; /* enum evidence_flags */
	__u32 facts; /* enum valve_fact */
	__s16 reason;
	__u16 port; /* of the service; 0 also where there were too many */
	__u8 hook;
	__u8 state;
	__u8 old_state;
	__u8 segment; /* enum segment_flags */
	__u8 conntrack;
	__u8 err;
	__u8 err_soft;
	__u8 event; /* enum evidence_event */
	__u8 result; /* -errno; of an exiting task the status */
	__u8 netfilter_hook;
	__u8 source; /* enum owner_source */
	__u8 icmp_origin;
	__u8 icmp_type;
	__u8 icmp_code;
	__u8 icmp_errno;
	__u8 peer[5]; /* hist --by peer: valve_key_peer(), else 0 */
};

_Static_assert(sizeof(struct valve_key) == 48, "valve_key is part of the recording format");

/* What is known of the deaths with one key, per CPU in the kernel. */
struct valve_tally {
	__u64 count; /* beyond those that were streamed */
	__u64 first_ns;
	__u64 last_ns;
	__u64 exemplar_ns; /* .time_ns of the record that was streamed as the example (EV_EXEMPLAR), 0 = none yet */
};

_Static_assert(sizeof(struct valve_tally) == 32, "valve_tally is part of the recording format");

/* Which of a record's flags say more than how much of it is filled. */
#define VALVE_FLAGS (~(__u32)(EV_STACK | EV_EXEMPLAR))

#define VALVE_STATE_ESTABLISHED 1
#define VALVE_STATE_SYN_SENT 2
#define VALVE_STATE_CLOSE 7
#define VALVE_STATE_CLOSE_WAIT 8
#define VALVE_STATE_LISTEN 10
#define VALVE_AF_INET6 10
#define VALVE_SHUTDOWN_BOTH 3

/* What is no death, or nothing that could be one among many. */
MEASURE bool valve_counts(__u8 hook, const struct evidence *ev)
{
	if (hook == HOOK_INET_SOCK_SET_STATE)
		return ev->sock.old_state != VALVE_STATE_LISTEN;
	return hook != HOOK_OWNER && hook != HOOK_MODULE && hook != HOOK_ITERATOR;
}

MEASURE __u32 valve_family(__u16 family)
{
	return measure_none(family ^ VALVE_AF_INET6) * VALVE_IPV6;
}

/* No socket: the segment is all there is. */
MEASURE void valve_key_bare(struct valve_key *key, __u8 hook, __s32 reason, __u32 netns, __u16 family, __u16 port,
			    const struct ev_segment *segment)
{
	key->netns = netns;
	key->flags = EV_SEGMENT;
	key->facts = valve_family(family);
	key->reason = reason;
	key->port = port;
	key->hook = hook;
	key->segment = segment->flags;
	key->conntrack = segment->conntrack;
}

/* A reset in SYN_SENT: whatever else the socket is, the connection was refused. */
MEASURE void valve_key_refused(struct valve_key *key, __u32 flags, __u32 netns, __u16 family, __u16 peer_port,
			       const struct ev_conn *conn, __u8 segment, bool is_mptcp, bool is_dead)
{
	key->netns = netns;
	key->owner = conn->owner.pid;
	key->source = conn->owner.source;
	key->flags = flags & VALVE_FLAGS;
	key->facts = valve_family(family) | is_mptcp * VALVE_MPTCP | is_dead * VALVE_DEAD | VALVE_PEER_PORT;
	key->reason = EVIDENCE_NO_REASON;
	key->port = peer_port;
	key->hook = HOOK_TCP_RECEIVE_RESET;
	key->state = VALVE_STATE_SYN_SENT;
	key->segment = segment;
}

MEASURE bool valve_is_refused(const struct evidence *ev)
{
	return ev->sock.state == VALVE_STATE_SYN_SENT && (ev->flags & (EV_CONN | EV_FINGERPRINT)) == EV_CONN;
}

/*
 * close() on a connection that was open, and that answers with a reset: the stack would only say the same. Both
 * directions are shut down, which from ESTABLISHED and CLOSE_WAIT only close() does without another state in between,
 * and a program's file leads to the socket, so that no other protocol stands between (MPTCP, SMC).
 */
MEASURE bool valve_is_plain_close(const struct ev_sock *sock, __u8 old_state, __u8 new_state)
{
	__u64 differs = (sock->state ^ VALVE_STATE_CLOSE) | (new_state ^ VALVE_STATE_CLOSE) |
			(sock->shutdown ^ VALVE_SHUTDOWN_BOTH) | sock->is_dead | sock->is_mptcp | sock->mptcp_reset;
	__u64 was_open = measure_none(old_state ^ VALVE_STATE_ESTABLISHED) |
			 measure_none(old_state ^ VALVE_STATE_CLOSE_WAIT);

	return measure_none(differs) & was_open & measure_any(sock->has_file) & measure_any(sock->is_owned);
}

/* Of a connection that is older than the watch: services have the lower port. */
MEASURE __u64 valve_is_local(const struct ev_tuple *tuple, const struct ev_conn *conn)
{
	__u64 is_known = measure_any(conn->opened_ns);

	return (is_known & measure_any(conn->is_passive)) |
	       ((is_known ^ 1) & measure_less(tuple->local_port, tuple->peer_port + 1));
}

MEASURE void valve_key_port(struct valve_key *key, const struct ev_tuple *tuple, __u64 is_local)
{
	key->port = tuple->local_port * is_local | tuple->peer_port * (is_local ^ 1);
	key->facts |= (is_local ^ 1) * VALVE_PEER_PORT;
}

/* `is_it`: whether the task may be the owner. */
MEASURE void valve_key_task(struct valve_key *key, const struct ev_task *task, __u64 is_it)
{
	__u64 is_exiting = measure_any(task->is_exiting) & is_it;

	key->pid = task->pid * is_it;
	key->facts |= is_exiting * VALVE_EXITING | (measure_any(task->is_kthread) & is_it) * VALVE_KTHREAD |
		      (measure_any(task->is_oom) & is_it) * VALVE_OOM;
	key->result |= (__u8)(task->exit_code ^ task->exit_code >> 8) * is_exiting;
}

MEASURE void valve_key_close(struct valve_key *key, __u32 flags, __s32 reason, const struct ev_tuple *tuple,
			     const struct ev_task *task, const struct ev_sock *sock, const struct ev_conn *conn,
			     __u8 old_state)
{
	key->netns = tuple->netns;
	key->owner = conn->owner.pid;
	key->source = conn->owner.source;
	key->flags = flags & VALVE_FLAGS;
	key->facts = VALVE_PLAIN_CLOSE | valve_family(tuple->family) |
		     measure_any(sock->is_linger_zero) * VALVE_LINGER_ZERO |
		     measure_less(0, (__s32)sock->unread) * VALVE_UNREAD;
	valve_key_task(key, task, 1);
	valve_key_port(key, tuple, valve_is_local(tuple, conn));
	key->reason = reason;
	key->hook = HOOK_TCP_SEND_RESET;
	key->state = VALVE_STATE_CLOSE;
	key->old_state = old_state;
}

MEASURE __u32 valve_socket_facts(__u8 hook, const struct evidence *ev)
{
	const struct ev_sock *sock = &ev->sock;
	__u8 state = hook == HOOK_INET_SOCK_SET_STATE ? sock->old_state : sock->state;
	__u32 facts = 0;

	facts |= measure_any(sock->is_mptcp) * VALVE_MPTCP;
	facts |= measure_any(sock->is_dead) * VALVE_DEAD;
	facts |= measure_any(sock->is_linger_zero) * VALVE_LINGER_ZERO;
	facts |= measure_less(sock->linger2, 0) * VALVE_LINGER2_NEGATIVE;
	facts |= measure_less(0, (__s32)sock->unread) * VALVE_UNREAD;
	facts |= measure_less(0, (__s32)sock->unsent) * VALVE_UNSENT;
	facts |= measure_window_open(sock) * VALVE_WINDOW_OPEN;
	facts |= measure_window_shut(sock) * VALVE_WINDOW_SHUT;
	facts |= measure_by_user_timeout(sock, measure_none(state ^ VALVE_STATE_SYN_SENT)) * VALVE_USER_TIMEOUT;
	facts |= measure_less(sock->max_ack_backlog, sock->ack_backlog) * VALVE_QUEUE_FULL;
	facts |= measure_none(sock->passing ^ PASSING_SMALL) * VALVE_SMALL_PASSES;
	facts |= measure_any(sock->passing ^ PASSING_UNKNOWN) * VALVE_PASSING_KNOWN;
	return facts;
}

/* Of a reset that came. */
MEASURE __u32 valve_received_facts(const struct evidence *ev)
{
	__u64 has_fingerprint = measure_has_fingerprint(ev);
	__u64 is_misfit = measure_ttl_differs(ev) | measure_too_soon(ev);

	return measure_after_idle(&ev->sock) * VALVE_AFTER_IDLE | has_fingerprint * VALVE_HAS_FINGERPRINT |
	       (has_fingerprint & is_misfit) * VALVE_MISFIT;
}

/* How the segment fits the socket. */
MEASURE __u32 valve_segment_facts(__u8 hook, const struct evidence *ev)
{
	const struct ev_sock *sock = &ev->sock;
	__u32 facts = (measure_in_flight(ev->segment.ack, sock) ^ 1) * VALVE_ACK_UNACCEPTABLE |
		      measure_after(ev->segment.seq, sock->rcv_nxt) * VALVE_OUT_OF_ORDER;

	if (hook == HOOK_ICMP)
		facts |= measure_less(ev->segment.seq - sock->snd_una, (__u64)(sock->snd_nxt - sock->snd_una) + 1) *
			 VALVE_TOO_BIG_OR_IN_FLIGHT;
	return facts;
}

MEASURE void valve_key_detail(struct valve_key *key, const struct evidence *ev)
{
	const struct ev_detail *detail = &ev->detail;
	__u64 has_detail = measure_any(ev->flags & EV_DETAIL);
	__u64 has_socket = measure_any(ev->flags & EV_SOCKET) & has_detail;

	key->event = detail->event * has_detail;
	key->result |= (__u8)-detail->result * has_detail;
	key->netfilter_hook = detail->netfilter_hook * has_detail;
	key->facts |= (measure_any(detail->defer_accept) & measure_any(detail->is_acked) & has_detail) * VALVE_DEFERRED;
	key->facts |= (measure_syn_queue_full(ev) & has_socket) * VALVE_SYN_QUEUE_FULL;
	key->facts |= (measure_syn_backlog_spent(detail) & has_socket) * VALVE_SYN_BACKLOG_SPENT;
}

MEASURE void valve_key_memory(struct valve_key *key, const struct evidence *ev)
{
	const struct ev_conn *conn = &ev->conn;

	key->owner = conn->owner.pid;
	key->source = conn->owner.source;
	key->facts |= measure_any(conn->reset_state) * VALVE_WAS_RESET;
	key->facts |= measure_any(conn->icmp_ns) * VALVE_ICMP_SEEN;
	key->facts |= measure_none(conn->new_state ^ VALVE_STATE_CLOSE) * VALVE_WAS_CLOSED;
	key->icmp_origin = conn->icmp_origin;
	key->icmp_type = conn->icmp_type;
	key->icmp_code = conn->icmp_code;
	key->icmp_errno = conn->icmp_errno;
	key->old_state = conn->old_state;
}

/* Whose it is: the task may be the owner where the socket gives up by itself; a segment comes in on anybody's time. */
MEASURE void valve_key_owner(struct valve_key *key, const struct evidence *ev)
{
	__u64 has_conn = measure_any(ev->flags & (EV_SOCKET | EV_CONN)) & measure_none(ev->flags & EV_REQUEST) &
			 measure_any(ev->sock.state ^ VALVE_STATE_LISTEN);

	valve_key_task(key, &ev->task, measure_none(ev->flags & EV_SEGMENT) | measure_any(ev->sock.is_owned));
	valve_key_port(key, &ev->tuple, valve_is_local(&ev->tuple, &ev->conn) | (has_conn ^ 1));
}

MEASURE void valve_key_general(struct valve_key *key, __u8 hook, const struct evidence *ev, __u32 stack)
{
	__u64 has_segment = measure_any(ev->flags & EV_SEGMENT), has_socket = measure_any(ev->flags & EV_SOCKET);

	key->netns = ev->tuple.netns;
	key->stack = stack;
	key->flags = ev->flags & VALVE_FLAGS;
	key->reason = ev->reason;
	key->hook = hook;
	key->state = ev->sock.state;
	key->segment = ev->segment.flags * has_segment;
	key->conntrack = ev->segment.conntrack;
	valve_key_memory(key, ev);
	valve_key_detail(key, ev);
	key->facts |= valve_socket_facts(hook, ev) * has_socket;
	if (hook == HOOK_TCP_RECEIVE_RESET)
		key->facts |= valve_received_facts(ev) * has_socket;
	key->facts |= valve_segment_facts(hook, ev) * (has_segment & has_socket);
	key->facts |= valve_family(ev->tuple.family);
	key->facts |= measure_none(ev->tuple.local_port) * VALVE_NO_PORT;
	key->err = ev->sock.err;
	key->err_soft = ev->sock.err_soft;
	if (hook == HOOK_INET_SOCK_SET_STATE)
		key->old_state = ev->sock.old_state;
	valve_key_owner(key, ev);
}

MEASURE __u32 valve_word(const __u8 address[16], __u32 i)
{
	__u32 word;

	__builtin_memcpy(&word, address + i * sizeof(word), sizeof(word));
	return word;
}

/* 40 bits in which two IPv4 addresses always differ, and two of 4096 of IPv6 once in 100,000 times do not. */
MEASURE void valve_key_peer(struct valve_key *key, const struct ev_tuple *tuple)
{
	const __u64 prime = 1099511628211ULL;
	__u64 hash = valve_word(tuple->peer, 0) * prime;

	hash = (hash ^ valve_word(tuple->peer, 1)) * prime;
	hash = (hash ^ valve_word(tuple->peer, 2)) * prime;
	hash = (hash >> 24) + valve_word(tuple->peer, 3);
	for (__u32 i = 0; i < sizeof(key->peer); i++)
		key->peer[i] = hash >> 8 * i;
}

/* `key` is zeroed, `hook` that of the record, `is_bare` whether that has EVIDENCE_BARE_BYTES, `stack` a hash of the
 * frames that belong to the event. */
MEASURE void valve_key_of(struct valve_key *key, __u8 hook, bool is_bare, const struct evidence *ev, __u32 stack)
{
	const struct ev_tuple *tuple = &ev->tuple;

	if (is_bare)
		valve_key_bare(key, hook, ev->reason, tuple->netns, tuple->family, tuple->local_port, &ev->segment);
	else if (hook == HOOK_TCP_RECEIVE_RESET && valve_is_refused(ev))
		valve_key_refused(key, ev->flags, tuple->netns, tuple->family, tuple->peer_port, &ev->conn,
				  ev->segment.flags, ev->sock.is_mptcp, ev->sock.is_dead);
	else if (hook == HOOK_TCP_SEND_RESET && (ev->flags & (EV_CONN | EV_SEGMENT)) == EV_CONN &&
		 !ev->task.is_kthread && valve_is_plain_close(&ev->sock, ev->conn.old_state, ev->conn.new_state))
		valve_key_close(key, ev->flags, ev->reason, tuple, &ev->task, &ev->sock, &ev->conn,
				ev->conn.old_state);
	else
		valve_key_general(key, hook, ev, stack);
}

#endif
