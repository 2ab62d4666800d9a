/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Who the connection is: state changes from connect, listen and accept to the end, retransmits, ICMP errors.
 *
 * inet_sock_set_state fires before the state is stored but after the port was put back; sk_err is set already.
 * A change to CLOSE is a death when conn_is_death() says so; any other is the ordinary end.
 */
#include "conn.bpf.h"
#include "filter.bpf.h"
#include "nested.bpf.h"
#include "user_stack.bpf.h"

#define SO_EE_ORIGIN_ICMP 2
#define SO_EE_ORIGIN_ICMP6 3

/* Its owner stays listed only while it listens; another process may have taken the port over since. */
static __always_inline void listener_forget(struct sock *sk, const struct ev_conn *conn)
{
	struct listener_key key = {};
	struct ev_tuple tuple = {};
	struct ev_task *owner;

	snapshot_tuple(&tuple, sk, TCP_LISTEN);
	listener_key(&key, &tuple);
	owner = bpf_map_lookup_elem(&listeners, &key);
	if (owner && owner->pid == conn->owner.pid)
		bpf_map_delete_elem(&listeners, &key);
}

/* The listener that a connection came in by: on its address, on any IPv4 address, on any address. */
static __always_inline void listener_inherit(const struct ev_tuple *tuple, struct ev_conn *conn)
{
	struct listener_key key = {};
	struct ev_task *owner;

	listener_key(&key, tuple);
	owner = bpf_map_lookup_elem(&listeners, &key);
	if (!owner) {
		__builtin_memset(key.address + 12, 0, 4);
		owner = bpf_map_lookup_elem(&listeners, &key);
	}
	if (!owner) {
		__builtin_memset(key.address, 0, sizeof(key.address));
		owner = bpf_map_lookup_elem(&listeners, &key);
	}
	if (owner) {
		conn->owner = *owner;
		conn->owner.source = OWNER_LISTENER;
	}
}

static __always_inline void conn_begin(struct sock *sk, int old_state, int new_state)
{
	struct ev_tuple tuple = {};
	struct ev_conn conn = {
		.opened_ns = bpf_ktime_get_boot_ns(),
		.old_state = old_state,
		.new_state = new_state,
	};

	conn.state_ns = conn.opened_ns;
	if (new_state == TCP_SYN_SENT) {
		conn_own(&conn, OWNER_CONNECT);
	} else {
		snapshot_tuple(&tuple, sk, old_state);
		if (new_state == TCP_LISTEN) {
			conn_own(&conn, OWNER_LISTENER);
			listener_remember(&tuple, &conn);
		} else {
			conn.is_passive = true;
			listener_inherit(&tuple, &conn);
		}
	}
	conn_store(sk, &conn);
}

static __always_inline void conn_step(struct sock *sk, int old_state, int new_state)
{
	/* close() and shutdown() lead here, so the task is the owner, and its errand is worth a memory. They lock the
	 * socket; a shutdown() that waited for the end of a handshake is done by whoever brings that about. */
	bool is_closing = (new_state == TCP_FIN_WAIT1 || new_state == TCP_LAST_ACK) &&
			  BPF_CORE_READ(sk, sk_lock.owned);
	struct ev_conn *conn = is_closing ? conn_find_or_make(sk) : conn_find(sk);

	if (!conn)
		return;
	conn->state_ns = bpf_ktime_get_boot_ns();
	conn->old_state = old_state;
	conn->new_state = new_state;
	if (is_closing) {
		conn_own(conn, OWNER_SYSCALL);
		conn->closed_ns = conn->state_ns;
	}
}

/* An orphan in FIN_WAIT2 goes on as a minisock: keep its owner by its addresses. */
static __always_inline void conn_to_minisock(struct sock *sk)
{
	struct ev_conn *conn = conn_find(sk);
	struct ev_tuple tuple = {};

	if (!conn)
		return;
	snapshot_tuple(&tuple, sk, TCP_FIN_WAIT2);
	bpf_map_update_elem(&formers, &tuple, conn, BPF_ANY);
}

static __always_inline void conn_died(void *ctx, struct sock *sk, int old_state)
{
	bool has_user = old_state != TCP_LISTEN && user_stack_is_due(sk);
	struct evidence_user_sample *user = 0;
	struct ev_tuple tuple = {};
	struct ev_conn *conn;
	struct evidence *ev;

	snapshot_tuple(&tuple, sk, old_state);
	/* A listener that goes is no death: user space remembers it for the resets to come, whoever they are for. */
	if (old_state != TCP_LISTEN && !filter_wants(&tuple))
		return;
	ev = user_stack_reserve(has_user, HOOK_INET_SOCK_SET_STATE, &user);
	if (!ev)
		return;
	ev->sk = (__u64)sk;
	ev->tuple = tuple;
	snapshot_task(&ev->task);
	snapshot_sock(ev, sk, old_state);
	ev->sock.old_state = old_state;
	if (knob_sees_icmp)
		ev->flags |= EV_SEES_ICMP;
	conn_attach(ev, sk);
	emit_stack(ctx, ev);
	user_stack_submit(ctx, ev, user);
	conn = conn_find_or_make(sk);
	if (conn && old_state != TCP_LISTEN)
		conn->is_doomed = DOOMED_BY_EVENT;
}

/*
 * An error says so, or it ends a handshake, or a listener. The trap: getsockopt(SO_ERROR) on another CPU takes sk_err
 * away as soon as the timer has set it, before the state changes (the queue is purged in between). Such a socket is
 * still held by its application, and locked by nobody: an ordinary close() locks it, and a connection that nobody
 * has accepted has no struct socket.
 */
static __always_inline bool conn_is_death(struct sock *sk, int old_state, int err)
{
	if (err || old_state == TCP_SYN_SENT || old_state == TCP_LISTEN)
		return true;
	return (old_state == TCP_ESTABLISHED || old_state == TCP_CLOSE_WAIT || old_state == TCP_FIN_WAIT1) &&
	       BPF_CORE_READ(sk, sk_socket) && !BPF_CORE_READ(sk, sk_lock.owned);
}

static __always_inline void conn_end(void *ctx, struct sock *sk, int old_state)
{
	struct ev_conn *conn = conn_find(sk);
	int err = BPF_CORE_READ(sk, sk_err);

	/* A reset sent or received has told it already, and told more. */
	if (!(conn && conn->is_doomed) && conn_is_death(sk, old_state, err))
		conn_died(ctx, sk, old_state);
	else if (old_state == TCP_FIN_WAIT2 && !err)
		conn_to_minisock(sk);
	if (old_state == TCP_LISTEN)
		user_stack_stops(sk);
	if (conn) {
		if (old_state == TCP_LISTEN)
			listener_forget(sk, conn);
		conn->old_state = old_state;
		conn->new_state = TCP_CLOSE;
		conn->state_ns = bpf_ktime_get_boot_ns();
	}
}

static __always_inline void conn_change(void *ctx, struct sock *sk, int old_state, int new_state)
{
	if (!snapshot_is_tcp(sk) || old_state == new_state)
		return;
	if (new_state == TCP_CLOSE)
		conn_end(ctx, sk, old_state);
	else if (new_state == TCP_SYN_SENT || new_state == TCP_LISTEN ||
		 (old_state == TCP_SYN_RECV && new_state == TCP_ESTABLISHED))
		conn_begin(sk, old_state, new_state);
	else
		conn_step(sk, old_state, new_state);
}

SEC("raw_tp/inet_sock_set_state")
int rst_set_state(struct bpf_raw_tracepoint_args *ctx)
{
	nested_enter(NESTED_SET_STATE);
	conn_change(ctx, (struct sock *)ctx->args[0], ctx->args[1], ctx->args[2]);
	nested_leave(NESTED_SET_STATE);
	return 0;
}

SEC("raw_tp/inet_sock_set_state")
int rst_set_state_nested(struct bpf_raw_tracepoint_args *ctx)
{
	if (nested_is_skipped(NESTED_SET_STATE))
		conn_change(ctx, (struct sock *)ctx->args[0], ctx->args[1], ctx->args[2]);
	return 0;
}

/* It died in an interrupt, where nobody is on the CPU; now somebody closes it, and the lock says that it is a system
 * call on this very socket. Told only when it is not who we thought. */
static __always_inline void owner_of_the_dead(struct sock *sk, const struct ev_conn *conn)
{
	struct evidence *ev;

	if (conn->is_doomed != DOOMED_BY_EVENT || !BPF_CORE_READ(sk, sk_lock.owned) ||
	    conn->owner.pid == bpf_get_current_pid_tgid() >> 32)
		return;
	ev = emit_reserve(sizeof(struct evidence), HOOK_OWNER);
	if (!ev)
		return;
	ev->sk = (__u64)sk;
	snapshot_task(&ev->task);
	emit_submit(ev);
}

SEC("raw_tp/tcp_destroy_sock")
int rst_destroy_sock(struct bpf_raw_tracepoint_args *ctx)
{
	struct sock *sk = (struct sock *)ctx->args[0];
	struct ev_conn *conn = conn_find(sk);
	struct percpu_note *note = note_here();
	__u64 key = (__u64)sk;

	if (!conn || !note)
		return 0;
	owner_of_the_dead(sk, conn);
	note->destroyed_sk = key;
	note->destroyed = *conn;
	bpf_map_delete_elem(&conns, &key);
	return 0;
}

SEC("raw_tp/tcp_retransmit_skb")
int rst_retransmit_skb(struct bpf_raw_tracepoint_args *ctx)
{
	struct sock *sk = (struct sock *)ctx->args[0];
	struct ev_conn *conn;
	__u32 una;

	if (!snapshot_is_full(BPF_CORE_READ(sk, __sk_common.skc_state)))
		return 0;
	conn = conn_find_or_make(sk);
	if (!conn)
		return 0;
	una = BPF_CORE_READ((struct tcp_sock *)sk, snd_una);
	conn->retransmits++;
	conn->last_retransmit_ns = bpf_ktime_get_boot_ns();
	if (!conn->first_retransmit_ns || conn->retransmit_una != una) {
		conn->first_retransmit_ns = conn->last_retransmit_ns;
		conn->retransmit_una = una;
	}
	return 0;
}

SEC("raw_tp/tcp_retransmit_synack")
int rst_retransmit_synack(struct bpf_raw_tracepoint_args *ctx)
{
	struct ev_conn *conn = conn_find((struct sock *)ctx->args[0]);

	if (conn)
		conn->synack_retransmits++;
	return 0;
}

/* An ICMP error is queued on the socket before anything else happens to it: ip_icmp_error() and ipv6_icmp_error()
 * put it last on sk_error_queue, and report. That is where type and code are to be had. */
SEC("raw_tp/inet_sk_error_report")
int rst_error_report(struct bpf_raw_tracepoint_args *ctx)
{
	struct sock *sk = (struct sock *)ctx->args[0];
	struct sk_buff *last = BPF_CORE_READ(sk, sk_error_queue.prev);
	struct sock_exterr_skb *report;
	struct ev_conn *conn;
	__u8 origin;

	if (!snapshot_is_tcp(sk) || !last ||
	    (void *)last == (void *)((char *)sk + bpf_core_field_offset(struct sock, sk_error_queue)))
		return 0;
	report = (void *)((char *)last + bpf_core_field_offset(struct sk_buff, cb));
	origin = BPF_CORE_READ(report, ee.ee_origin);
	if (origin != SO_EE_ORIGIN_ICMP && origin != SO_EE_ORIGIN_ICMP6)
		return 0;
	conn = conn_find_or_make(sk);
	if (!conn)
		return 0;
	conn->icmp_ns = bpf_ktime_get_boot_ns();
	conn->icmp_origin = origin;
	conn->icmp_type = BPF_CORE_READ(report, ee.ee_type);
	conn->icmp_code = BPF_CORE_READ(report, ee.ee_code);
	conn->icmp_errno = BPF_CORE_READ(report, ee.ee_errno);
	return 0;
}
