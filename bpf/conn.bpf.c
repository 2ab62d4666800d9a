/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Who the connection is: state changes from connect, listen and accept to the end, retransmits.
 *
 * inet_sock_set_state fires before the state is stored but after the port was put back; sk_err is set already.
 * A change to CLOSE is a death when conn_is_death() says so; any other is the ordinary end.
 */
#include "conn.bpf.h"
#include "filter.bpf.h"
#include "icmp.bpf.h"
#include "nested.bpf.h"
#include "passing.bpf.h"
#include "user_stack.bpf.h"

#define TIMEWAIT_SECONDS 60 /* TCP_TIMEWAIT_LEN */

/* Its owner stays listed only while it listens; another process may have taken the port over since. */
static __always_inline void listener_forget(struct sock *sk)
{
	struct listener_key key = {};
	struct ev_tuple tuple = {};
	struct listener *listener;

	snapshot_tuple(&tuple, sk, TCP_LISTEN);
	listener_key(&key, &tuple);
	listener = bpf_map_lookup_elem(&listeners, &key);
	if (listener && listener->sk == (__u64)sk)
		bpf_map_delete_elem(&listeners, &key);
}

static __always_inline void conn_begin(struct sock *sk, int old_state, int new_state)
{
	struct ev_conn *conn = conn_make(sk);
	struct ev_tuple tuple = {};

	if (!conn)
		return;
	conn->opened_ns = conn->state_ns = bpf_ktime_get_boot_ns();
	conn->old_state = old_state;
	conn->new_state = new_state;
	if (new_state == TCP_SYN_SENT) {
		if (!compat_is_joining((struct tcp_sock *)sk))
			conn_own(conn, OWNER_CONNECT);
		return;
	}
	snapshot_tuple(&tuple, sk, old_state);
	if (new_state == TCP_LISTEN) {
		conn_own(conn, OWNER_LISTENER);
		listener_remember(sk, &tuple, conn);
	} else {
		bool was_known = has_shared_listeners;

		conn->is_passive = true;
		listener_inherit(&tuple, conn);
		if (!was_known && has_shared_listeners)
			wake_reader();
	}
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

/* It goes on as a minisock, in FIN_WAIT2 (an orphan) or TIME_WAIT: keep its owner by its addresses. */
static __always_inline void conn_to_minisock(struct sock *sk, const struct ev_conn *conn)
{
	struct ev_tuple tuple = {};

	snapshot_tuple(&tuple, sk, TCP_FIN_WAIT2);
	bpf_map_update_elem(&formers, &tuple, conn, BPF_ANY);
}

/* A function of its own to the verifier too, which otherwise goes through it once for each way that leads here. */
__noinline int conn_died(struct bpf_raw_tracepoint_args *ctx, __u64 socket, int old_state, __u32 flags)
{
	struct sock *sk = (struct sock *)socket;
	bool has_user = old_state != TCP_LISTEN && user_stack_is_due(sk);
	struct evidence_user_sample *user = 0;
	struct ev_tuple tuple = {};
	struct ev_conn *conn;
	struct evidence *ev;

	snapshot_tuple(&tuple, sk, old_state);
	/* A listener that goes is no death: user space remembers it for the resets to come, whoever they are for. */
	if (old_state != TCP_LISTEN && !filter_wants(&tuple))
		return 0;
	ev = user_stack_reserve(has_user, HOOK_INET_SOCK_SET_STATE, &user);
	if (!ev)
		return 0;
	ev->sk = (__u64)sk;
	ev->flags = flags;
	ev->tuple = tuple;
	snapshot_task(&ev->task);
	snapshot_sock(ev, sk, old_state);
	ev->sock.old_state = old_state;
	if (ev->sock.retransmits)
		ev->sock.passing = passing_find_out(sk, &ev->sock);
	if (knob_sees_icmp)
		ev->flags |= EV_SEES_ICMP;
	conn_attach(ev, sk);
	icmp_recall(ev);
	icmp_told();
	if (old_state == TCP_SYN_SENT)
		neighbour_observe(ev, sk);
	emit_stack(ctx, ev);
	user_stack_submit(ctx, ev, HOOK_INET_SOCK_SET_STATE, user);
	conn = conn_find_or_make(sk);
	if (conn && old_state != TCP_LISTEN)
		conn->is_doomed = DOOMED_BY_EVENT;
	return 0;
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

/* connect() itself failed: the hook on its return tells that, and the result. Only later is the socket "connecting". */
static __always_inline bool conn_is_told_by_connect(struct sock *sk, int old_state)
{
	return knob_sees_connect && old_state == TCP_SYN_SENT && BPF_CORE_READ(sk, sk_socket) &&
	       BPF_CORE_READ(sk, sk_socket, state) == SS_UNCONNECTED;
}

/*
 * An orphan that may wait in FIN_WAIT2 for longer than TIME_WAIT lasts does so as a full socket first, until its timer
 * makes it a minisock; only the peer's FIN (SOCK_DONE) or an error ends that earlier.
 */
static __always_inline bool conn_waited_long(struct sock *sk)
{
	struct net *net = BPF_CORE_READ(sk, __sk_common.skc_net.net);
	int limit = BPF_CORE_READ((struct tcp_sock *)sk, linger2);
	__u64 flags = BPF_CORE_READ(sk, __sk_common.skc_flags);

	if (!limit)
		limit = READ_NUMBER(net, ipv4.sysctl_tcp_fin_timeout);
	return limit > (int)(TIMEWAIT_SECONDS * knob_hz) && flags >> SOCK_DEAD_BIT & 1 && !(flags >> SOCK_DONE_BIT & 1);
}

/* Whether it is told, and by which flags. */
static __always_inline bool conn_is_told(struct sock *sk, int old_state, __u32 *ret_flags)
{
	int err = BPF_CORE_READ(sk, sk_err);

	if (!conn_is_told_by_connect(sk, old_state) &&
	    (conn_is_death(sk, old_state, err) || (old_state == TCP_FIN_WAIT2 && !err && conn_waited_long(sk))))
		return true;
	*ret_flags = EV_QUIET_END;
	return conn_is_quiet_end(sk, old_state);
}

static __always_inline void conn_end(struct bpf_raw_tracepoint_args *ctx, struct sock *sk, int old_state)
{
	/* The reset that may follow has to say what state this was, of a connection older than the watch too. */
	bool is_open = old_state == TCP_ESTABLISHED || old_state == TCP_CLOSE_WAIT;
	struct ev_conn *conn = is_open ? conn_find_or_make(sk) : conn_find(sk);
	__u32 flags = 0;

	/* A reset sent or received has told it already, and told more. */
	if (!(conn && conn->is_doomed) && conn_is_told(sk, old_state, &flags))
		conn_died(ctx, (__u64)sk, old_state, flags);
	if (conn && (old_state == TCP_FIN_WAIT2 || old_state == TCP_CLOSING) && !BPF_CORE_READ(sk, sk_err))
		conn_to_minisock(sk, conn);
	if (old_state == TCP_LISTEN)
		user_stack_stops(sk);
	if (conn) {
		if (old_state == TCP_LISTEN)
			listener_forget(sk);
		conn->old_state = old_state;
		conn->new_state = TCP_CLOSE;
		conn->state_ns = bpf_ktime_get_boot_ns();
	}
}

static __always_inline void conn_change(struct bpf_raw_tracepoint_args *ctx, struct sock *sk, int from, int to)
{
	if (!snapshot_is_tcp(sk) || from == to)
		return;
	if (to == TCP_CLOSE)
		conn_end(ctx, sk, from);
	else if (to == TCP_SYN_SENT || to == TCP_LISTEN ||
		 (from == TCP_SYN_RECV && to == TCP_ESTABLISHED))
		conn_begin(sk, from, to);
	else
		conn_step(sk, from, to);
	if (knob_asks_icmp && to == TCP_ESTABLISHED)
		icmp_know_socket(sk, from);
}

SEC("raw_tp/inet_sock_set_state")
int rst_set_state(struct bpf_raw_tracepoint_args *ctx)
{
	conn_change(ctx, (struct sock *)ctx->args[0], ctx->args[1], ctx->args[2]);
	nested_done(NESTED_SET_STATE, ctx->args[0] ^ ctx->args[2]);
	return 0;
}

SEC("raw_tp/inet_sock_set_state")
int rst_set_state_nested(struct bpf_raw_tracepoint_args *ctx)
{
	if (nested_is_skipped(NESTED_SET_STATE, ctx->args[0] ^ ctx->args[2]))
		conn_change(ctx, (struct sock *)ctx->args[0], ctx->args[1], ctx->args[2]);
	return 0;
}

/* It died in an interrupt, where nobody is on the CPU; now somebody closes it, and the lock says that it is a system
 * call on this very socket. Told only when it is not who we thought, or who was found since; and not of
 * deaths that are only counted. */
static __always_inline void owner_of_the_dead(struct sock *sk, const struct ev_conn *conn)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct evidence *ev;

	if (knob_histograms && conn->owner.source != OWNER_SHARED)
		return;
	if (conn->is_doomed != DOOMED_BY_EVENT || !BPF_CORE_READ(sk, sk_lock.owned) ||
	    (conn->owner.pid == bpf_get_current_pid_tgid() >> 32 && conn->owner.source != OWNER_SCAN &&
	     conn->owner.source != OWNER_SHARED) ||
	    BPF_CORE_READ(task, flags) & PF_KTHREAD) /* MPTCP's worker clears paths away */
		return;
	ev = emit_reserve(sizeof(struct evidence), HOOK_OWNER);
	if (!ev)
		return;
	ev->sk = (__u64)sk;
	ev->conn.opened_ns = conn->opened_ns; /* the address alone may be another connection's by then */
	snapshot_task(&ev->task);
	emit_submit(ev, HOOK_OWNER);
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
	if (knob_fingerprint)
		bpf_map_delete_elem(&fingerprints, &key);
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
	passing_look(sk, una);
	if (!conn->first_retransmit_ns || conn->retransmit_una != una) {
		conn->retransmit_runs++;
		conn->first_retransmit_ns = conn->last_retransmit_ns;
		conn->retransmit_una = una;
	}
	return 0;
}
