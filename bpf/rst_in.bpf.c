/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Resets that this host receives: tcp_reset(), whose first statement is the tracepoint.
 *
 * It also runs when no reset came: data after close() takes the same way (state FIN_WAIT1 or later). There the stack
 * tells the two apart; in ESTABLISHED and SYN_SENT there is only one way in, and no stack is taken. In CLOSE nothing
 * happens at all.
 */
#include "conn.bpf.h"
#include "filter.bpf.h"
#include "nested.bpf.h"

/* What the reset is to be held against. */
static __always_inline void receive_reset_fingerprint(struct evidence *ev, const struct percpu_note *note)
{
	struct ev_fingerprint *print;
	__u64 key = ev->sk;

	if (!knob_fingerprint)
		return;
	print = bpf_map_lookup_elem(&fingerprints, &key);
	if (!print)
		return;
	ev->fingerprint = *print;
	ev->fingerprint.reset_has_timestamps = note->arrived_has_timestamps;
	ev->flags |= EV_FINGERPRINT;
	bpf_map_delete_elem(&fingerprints, &key);
}

static __always_inline void receive_reset_fill(struct evidence *ev, struct sock *sk, __u8 state,
					       const struct ev_tuple *tuple)
{
	struct percpu_note *note = note_here();

	ev->sk = (__u64)sk;
	ev->tuple = *tuple;
	if (note && note->arrived_sk == (__u64)sk) {
		ev->segment = note->arrived;
		ev->flags |= EV_SEGMENT;
		receive_reset_fingerprint(ev, note);
		note->arrived_sk = 0;
	}
	snapshot_sock(ev, sk, state);
	conn_attach(ev, sk);
}

/* In a storm: a refused connect() is counted without a record. */
static __always_inline bool receive_reset_is_counted(struct sock *sk, const struct ev_tuple *tuple,
						     const struct ev_conn *conn)
{
	struct percpu_note *note = note_here();
	struct tcp_sock *tp = (struct tcp_sock *)sk;
	__u32 flags = EV_SOCKET | EV_CONN;
	struct valve_key key = {};
	__u8 segment = 0;

	if (!note || !valve_is_shut(true))
		return false;
	if (note->arrived_sk == (__u64)sk) {
		segment = note->arrived.flags;
		flags |= EV_SEGMENT;
	}
	valve_key_refused(&key, flags, tuple->netns, tuple->family, tuple->peer_port, conn, segment,
			  compat_is_mptcp(tp), BPF_CORE_READ(sk, __sk_common.skc_flags) >> SOCK_DEAD_BIT & 1);
	return valve_takes(&key);
}

static __always_inline void receive_reset(struct bpf_raw_tracepoint_args *ctx)
{
	struct sock *sk = (struct sock *)ctx->args[0];
	__u8 state = BPF_CORE_READ(sk, __sk_common.skc_state);
	struct ev_tuple tuple = {};
	struct ev_conn *conn;
	struct evidence *ev;

	if (!snapshot_is_full(state) || state == TCP_CLOSE)
		return;
	conn = conn_find_or_make(sk);
	if (conn) {
		conn->reset_state = state;
		conn->reset_ns = bpf_ktime_get_boot_ns();
		conn->is_doomed = DOOMED_BY_EVENT;
	}
	snapshot_tuple(&tuple, sk, state);
	if (!filter_wants(&tuple))
		return;
	if (state == TCP_SYN_SENT && conn && !knob_fingerprint && receive_reset_is_counted(sk, &tuple, conn))
		return;
	if (state == TCP_ESTABLISHED || state == TCP_SYN_SENT) {
		ev = emit_reserve(sizeof(struct evidence), HOOK_TCP_RECEIVE_RESET);
		if (!ev)
			return;
		receive_reset_fill(ev, sk, state, &tuple);
	} else {
		ev = emit_reserve(sizeof(struct evidence_stacked), HOOK_TCP_RECEIVE_RESET);
		if (!ev)
			return;
		receive_reset_fill(ev, sk, state, &tuple);
		emit_stack(ctx, ev);
	}
	emit_submit(ev, HOOK_TCP_RECEIVE_RESET);
}

SEC("raw_tp/tcp_receive_reset")
int rst_receive_reset(struct bpf_raw_tracepoint_args *ctx)
{
	receive_reset(ctx);
	nested_done(NESTED_RECEIVE_RESET, ctx->args[0]);
	return 0;
}

SEC("raw_tp/tcp_receive_reset")
int rst_receive_reset_nested(struct bpf_raw_tracepoint_args *ctx)
{
	if (nested_is_skipped(NESTED_RECEIVE_RESET, ctx->args[0]))
		receive_reset(ctx);
	return 0;
}

/* The segment, which the tracepoint does not have. */
static __always_inline void function_tcp_reset(struct sock *sk, struct sk_buff *skb)
{
	struct percpu_note *note = note_here();
	struct ev_segment segment = {};
	struct ev_tuple ignored = {};

	if (!knob_tcp_reset_has_skb || !note || !skb || !snapshot_segment(&segment, &ignored, skb))
		return;
	note->arrived_sk = (__u64)sk;
	note->arrived = segment;
}

SEC("fentry/tcp_reset")
int rst_fentry_tcp_reset(__u64 *ctx)
{
	if (knob_tcp_reset_has_skb)
		function_tcp_reset((struct sock *)ctx[0], (struct sk_buff *)ctx[1]);
	return 0;
}

SEC("kprobe/tcp_reset")
int rst_kprobe_tcp_reset(struct pt_regs *ctx)
{
	function_tcp_reset((struct sock *)PT_REGS_PARM1(ctx), (struct sk_buff *)PT_REGS_PARM2(ctx));
	return 0;
}
