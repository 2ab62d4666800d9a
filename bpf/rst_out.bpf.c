/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Resets that this host sends. skb is NULL when a socket gives up by itself (active), else it is the segment that is
 * answered (passive), and sk may then be a full socket, a listener, a minisock or NULL.
 *
 * An active reset is traced after it was transmitted (on one host the peer's reset comes first), a passive one before.
 */
#include "conn.bpf.h"
#include "conntrack.bpf.h"
#include "filter.bpf.h"
#include "handshake.bpf.h"
#include "nested.bpf.h"
#include "user_stack.bpf.h"

#define RTN_LOCAL 2

/* No socket: the segment is all there is. */
static __always_inline void emit_bare(const struct ev_tuple *tuple, const struct ev_segment *segment, __s32 reason,
				      __u8 hook)
{
	struct valve_key key = {};
	struct evidence *ev;

	if (valve_is_shut(false)) {
		valve_key_bare(&key, hook, reason, tuple->netns, tuple->family, tuple->local_port, segment);
		if (valve_takes(&key))
			return;
	}
	ev = emit_reserve(EVIDENCE_BARE_BYTES, hook);
	if (!ev)
		return;
	ev->reason = reason;
	ev->tuple = *tuple;
	ev->segment = *segment;
	ev->flags = EV_SEGMENT;
	emit_submit_bare(ev, hook);
}

/* A minisock shares only its addresses with the socket that it was; who had that is remembered by them. */
static __always_inline void emit_minisock(struct sock *sk, const struct ev_tuple *tuple,
					  const struct ev_segment *segment, __s32 reason, __u8 hook)
{
	struct evidence *ev = emit_reserve(sizeof(struct evidence), hook);

	if (!ev)
		return;
	ev->sk = (__u64)sk;
	ev->reason = reason;
	ev->tuple = *tuple;
	ev->segment = *segment;
	ev->flags = EV_SEGMENT | EV_TIMEWAIT;
	ev->sock.state = BPF_CORE_READ((struct inet_timewait_sock *)sk, tw_substate);
	former_attach(ev, sk, tuple);
	emit_submit(ev, hook);
}

static __always_inline void send_reset_without_socket(struct sock *sk, struct sk_buff *skb, __s32 reason, __u8 hook)
{
	struct ev_segment segment = {};
	struct ev_tuple tuple = {};
	struct net *net;

	if (!snapshot_segment(&segment, &tuple, skb))
		return;
	net = sk ? BPF_CORE_READ(sk, __sk_common.skc_net.net) : BPF_CORE_READ(skb, dev, nd_net.net);
	tuple.netns = compat_netns(net);
	if (!filter_wants(&tuple))
		return;
	segment.conntrack = conntrack_verdict(skb, net, tuple.family == AF_INET6);
	if (sk)
		emit_minisock(sk, &tuple, &segment, reason, hook);
	else
		emit_bare(&tuple, &segment, reason, hook);
}

/* In a storm: close() on an open connection is counted without a record, and without a stack. */
static __always_inline bool send_reset_is_counted(struct sock *sk, const struct ev_tuple *tuple,
						  const struct ev_conn *conn, __s32 reason)
{
	struct valve_key key = {};
	struct ev_task task = {};
	struct ev_sock sock = {};
	__u32 flags;

	if (!conn || !valve_is_shut(true))
		return false;
	flags = BPF_CORE_READ((struct task_struct *)bpf_get_current_task(), flags);
	if (flags & (PF_EXITING | PF_KTHREAD))
		return false;
	snapshot_close(&sock, sk);
	if (!valve_is_plain_close(&sock, conn->old_state, conn->new_state))
		return false;
	task.pid = bpf_get_current_pid_tgid() >> 32;
	valve_key_close(&key, EV_SOCKET | EV_CONN, reason, tuple, &task, &sock, conn, conn->old_state);
	return valve_takes(&key);
}

static __always_inline void send_reset_with_socket(void *ctx, struct sock *sk, struct sk_buff *skb, __s32 reason,
						   __u8 state)
{
	struct percpu_note *note = note_here();
	struct ev_segment segment = {};
	struct ev_tuple tuple = {}, wire = {};
	bool has_segment = skb && snapshot_segment(&segment, &wire, skb);
	bool has_user = !skb && user_stack_is_due(sk);
	struct evidence_user_sample *user = 0;
	struct ev_conn *conn = 0;
	struct evidence *ev;

	if (!skb) { /* the change to CLOSE that may follow tells nothing new */
		conn = conn_find_or_make(sk);
		if (conn)
			conn->is_doomed = DOOMED_BY_ITSELF;
	}
	snapshot_tuple(&tuple, sk, state);
	if (has_segment && state == TCP_LISTEN) { /* a listener has no peer, and often no address */
		wire.netns = tuple.netns;
		tuple = wire;
	}
	if (!filter_wants(&tuple))
		return;
	if (state == TCP_CLOSE && !has_user && send_reset_is_counted(sk, &tuple, conn, reason))
		return;
	ev = user_stack_reserve(has_user, HOOK_TCP_SEND_RESET, &user);
	if (!ev)
		return;
	ev->sk = (__u64)sk;
	ev->reason = reason;
	ev->tuple = tuple;
	if (has_segment) {
		ev->segment = segment;
		ev->flags |= EV_SEGMENT;
	}
	if (!skb && note && note->sending_sk == (__u64)sk)
		ev->time_ns = note->sending_ns;
	snapshot_task(&ev->task);
	snapshot_sock(ev, sk, state);
	conn_attach(ev, sk);
	if (has_segment && state == TCP_LISTEN)
		handshake_attach(ev);
	emit_stack(ctx, ev);
	user_stack_submit(ctx, ev, HOOK_TCP_SEND_RESET, user);
}

static __always_inline void send_reset(struct bpf_raw_tracepoint_args *ctx)
{
	struct sock *sk = (struct sock *)ctx->args[0];
	struct sk_buff *skb = (struct sk_buff *)ctx->args[1];
	__s32 reason = EVIDENCE_NO_REASON;
	__u8 state;

	if (compat_has_reset_reason())
		reason = ctx->args[2];
	if (!sk) {
		send_reset_without_socket(sk, skb, reason, HOOK_TCP_SEND_RESET);
		return;
	}
	state = BPF_CORE_READ(sk, __sk_common.skc_state);
	if (snapshot_is_full(state))
		send_reset_with_socket(ctx, sk, skb, reason, state);
	else
		send_reset_without_socket(sk, skb, reason, HOOK_TCP_SEND_RESET);
}

SEC("raw_tp/tcp_send_reset")
int rst_send_reset(struct bpf_raw_tracepoint_args *ctx)
{
	send_reset(ctx);
	nested_done(NESTED_SEND_RESET, ctx->args[0] ^ ctx->args[1]);
	return 0;
}

SEC("raw_tp/tcp_send_reset")
int rst_send_reset_nested(struct bpf_raw_tracepoint_args *ctx)
{
	if (nested_is_skipped(NESTED_SEND_RESET, ctx->args[0] ^ ctx->args[1]))
		send_reset(ctx);
	return 0;
}

/* tcp_v4_send_reset() and tcp_v6_send_reset() before v6.10, for what the tracepoint does not tell there. Both return
 * without a reset when a reset came in, and when the segment was not for this host. */
static __always_inline void function_send_reset(struct sock *sk, struct sk_buff *skb)
{
	struct ev_segment segment = {};
	struct ev_tuple tuple = {};

	if (!knob_functions_see_no_socket)
		return;
	if (sk && snapshot_is_full(BPF_CORE_READ(sk, __sk_common.skc_state)))
		return;
	if (!snapshot_segment(&segment, &tuple, skb) || segment.flags & SEG_RST)
		return;
	if (!sk && tuple.family == AF_INET) {
		struct rtable *route = (struct rtable *)(BPF_CORE_READ(skb, _skb_refdst) & ~1UL);

		if (!route || BPF_CORE_READ(route, rt_type) != RTN_LOCAL)
			return;
	}
	send_reset_without_socket(sk, skb, EVIDENCE_NO_REASON, HOOK_FN_SEND_RESET);
}

SEC("fentry/tcp_v4_send_reset")
int rst_fentry_v4_send_reset(__u64 *ctx)
{
	function_send_reset((struct sock *)ctx[0], (struct sk_buff *)ctx[1]);
	return 0;
}

SEC("fentry/tcp_v6_send_reset")
int rst_fentry_v6_send_reset(__u64 *ctx)
{
	function_send_reset((struct sock *)ctx[0], (struct sk_buff *)ctx[1]);
	return 0;
}

SEC("kprobe/tcp_v4_send_reset")
int rst_kprobe_v4_send_reset(struct pt_regs *ctx)
{
	function_send_reset((struct sock *)PT_REGS_PARM1(ctx), (struct sk_buff *)PT_REGS_PARM2(ctx));
	return 0;
}

SEC("kprobe/tcp_v6_send_reset")
int rst_kprobe_v6_send_reset(struct pt_regs *ctx)
{
	function_send_reset((struct sock *)PT_REGS_PARM1(ctx), (struct sk_buff *)PT_REGS_PARM2(ctx));
	return 0;
}

/* When the socket decided: the tracepoint comes after the transmission, on one host after the peer's reaction. */
static __always_inline void function_send_active_reset(struct sock *sk)
{
	struct percpu_note *note = note_here();

	if (!note)
		return;
	note->sending_sk = (__u64)sk;
	note->sending_ns = bpf_ktime_get_boot_ns();
}

SEC("fentry/tcp_send_active_reset")
int rst_fentry_send_active_reset(__u64 *ctx)
{
	function_send_active_reset((struct sock *)ctx[0]);
	return 0;
}

SEC("kprobe/tcp_send_active_reset")
int rst_kprobe_send_active_reset(struct pt_regs *ctx)
{
	function_send_active_reset((struct sock *)PT_REGS_PARM1(ctx));
	return 0;
}
