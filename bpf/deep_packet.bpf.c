/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * --deep: resets that leave, and segments that are dropped. These tracepoints run for every packet of the host: each
 * program looks at the headers first, and goes on for the few that matter.
 */
#include "deep.bpf.h"

/* How many arguments kfree_skb has: skb and location; the reason since c504e5c2f964 ("net: skb: introduce
 * kfree_skb_reason()"), v5.17; the socket since c53795d48ee8 ("net: add rx_sk to trace_kfree_skb"), v6.11. */
const volatile __u32 knob_deep_drop_arguments = 2;
/* What to tell of a segment that was dropped for the reason with that number: enum deep_drop. */
const volatile __u8 knob_deep_drops[DROP_REASONS_MAX] = {};
/* First and one past the last address of functions in which segments are dropped without a reason. */
const volatile __u64 knob_deep_function_start[DEEP_FUNCTIONS_MAX] = {};
const volatile __u64 knob_deep_function_end[DEEP_FUNCTIONS_MAX] = {};

static __always_inline bool is_in(__u64 location, enum deep_function function)
{
	return location > knob_deep_function_start[function] && location < knob_deep_function_end[function];
}

static __always_inline bool is_in_receive(__u64 location)
{
	return is_in(location, DEEP_TCP_V4_RCV) || is_in(location, DEEP_TCP_V6_RCV);
}

/* Where the ACK that brings a SYN cookie back is dropped since v6.9; before that tcp_v4_do_rcv() does it. */
static __always_inline bool is_in_cookie(__u64 location)
{
	return is_in(location, DEEP_COOKIE_V4_CHECK) || is_in(location, DEEP_COOKIE_V6_CHECK);
}

/* A reset that a listener gets, or a socket in SYN_SENT. */
static __always_inline bool is_in_do_receive(__u64 location)
{
	return is_in(location, DEEP_TCP_V4_DO_RCV) || is_in(location, DEEP_TCP_V6_DO_RCV);
}

static __always_inline bool is_full_tcp(struct sock *sk)
{
	return sk && snapshot_is_full(BPF_CORE_READ(sk, __sk_common.skc_state)) && snapshot_is_tcp(sk) &&
	       READ_NUMBER(sk, sk_type) == SOCK_STREAM;
}

/* A program sends it by a raw or packet socket, which may be closed by now. The kernel's own, by which TCP answers, are
 * open and have no file. */
static __always_inline bool is_by_program(struct sk_buff *skb)
{
	struct sock *sk = BPF_CORE_READ(skb, sk);
	struct socket *socket;

	if (!sk || !snapshot_is_full(BPF_CORE_READ(sk, __sk_common.skc_state)) ||
	    READ_NUMBER(sk, sk_type) == SOCK_STREAM)
		return false;
	socket = BPF_CORE_READ(sk, sk_socket);
	return !socket || BPF_CORE_READ(socket, file);
}

/* TCP's answers to segments without a connection are of a socket of its own, no stream: what a connection sends just
 * after a segment came is no answer to that. */
static __always_inline bool is_by_connection(struct sk_buff *skb)
{
	struct sock *sk = BPF_CORE_READ(skb, sk);

	return sk && snapshot_is_full(BPF_CORE_READ(sk, __sk_common.skc_state)) &&
	       READ_NUMBER(sk, sk_type) == SOCK_STREAM;
}

/* Just before it comes up: whatever answers it does so before this function returns. */
SEC("raw_tp/netif_receive_skb")
int rst_deep_receive(struct bpf_raw_tracepoint_args *ctx)
{
	struct deep_note *note = deep_note_here();

	if (note) {
		note->received = ctx->args[0];
		note->answered = 0;
	}
	return 0;
}

SEC("raw_tp/tcp_send_reset")
int rst_deep_send_reset(struct bpf_raw_tracepoint_args *ctx)
{
	struct deep_note *note = deep_note_here();

	if (note)
		note->answered = ctx->args[1];
	return 0;
}

/* The three ways a reset leaves that were not asked for by TCP's socket: built for a segment that came (.segment is
 * that one), made by a program, passed on. Which it is stands in the stack. */
static __always_inline void reset_leaves(void *ctx, struct sk_buff *skb)
{
	struct deep_note *note = deep_note_here();
	struct wire wire = {}, received = {};
	struct ev_conn *former = 0;
	bool is_forwarded, is_raw, is_answer;
	struct evidence *ev;

	if (!wire_read(&wire, skb) || !(wire.segment.flags & SEG_RST))
		return;
	tuple_turn(&wire.tuple);
	wire.tuple.netns = skb_netns(skb);
	if (!filter_wants(&wire.tuple))
		return;
	is_forwarded = BPF_CORE_READ(skb, skb_iif);
	is_raw = is_by_program(skb);
	is_answer = !is_forwarded && !is_raw && !is_by_connection(skb) && deep_received(&wire.tuple, &received) &&
		    !(received.segment.flags & SEG_RST);
	if (is_answer && note && note->answered == note->received)
		return; /* tcp_send_reset told it, with its socket */
	if (is_answer)
		former = former_find(&wire.tuple);
	ev = emit_reserve(sizeof(struct evidence_stacked), HOOK_NET_DEV_QUEUE);
	if (!ev)
		return;
	ev->tuple = wire.tuple;
	ev->segment = is_answer ? received.segment : wire.segment;
	ev->flags = EV_SEGMENT | (is_answer ? 0 : EV_OUTGOING) | (is_forwarded ? EV_FORWARDED : 0) |
		    (is_raw ? EV_RAW_SOCKET : 0) | deep_flags();
	snapshot_task(&ev->task);
	if (former) {
		ev->conn = *former;
		ev->flags |= EV_CONN | EV_FORMER | EV_TIMEWAIT;
	}
	emit_stack(ctx, ev);
	emit_submit(ev, HOOK_NET_DEV_QUEUE);
}

SEC("raw_tp/net_dev_queue")
int rst_net_dev_queue(struct bpf_raw_tracepoint_args *ctx)
{
	reset_leaves(ctx, (struct sk_buff *)ctx->args[0]);
	return 0;
}

/* What a minisock was: its memory, and its state and what it expects where the kernel names it. */
static __always_inline void dropped_for_minisock(struct evidence *ev, struct inet_timewait_sock *minisock)
{
	struct ev_conn *former = former_find(&ev->tuple);

	if (former) {
		ev->conn = *former;
		ev->flags |= EV_CONN | EV_FORMER;
	}
	if (!minisock || BPF_CORE_READ(minisock, __tw_common.skc_state) != TCP_TIME_WAIT)
		return;
	ev->sock.state = READ_NUMBER(minisock, tw_substate);
	ev->sock.rcv_nxt = READ_NUMBER(minisock, __tw_common.skc_tw_rcv_nxt);
}

/* Whose it was: the socket that the kernel names, or else the listener on its port. */
static __always_inline void dropped_for(struct evidence *ev, struct sock *sk)
{
	if (is_full_tcp(sk)) {
		ev->sk = (__u64)sk;
		snapshot_sock(ev, sk, BPF_CORE_READ(sk, __sk_common.skc_state));
		conn_attach(ev, sk);
	} else {
		listener_inherit(&ev->tuple, &ev->conn);
		if (ev->conn.owner.pid)
			ev->flags |= EV_CONN;
		if (knob_deep_drop_arguments < 4)
			ev->flags |= EV_NO_SEGMENT_SOCKET;
	}
}

static __always_inline void emit_dropped(void *ctx, const struct wire *wire, struct sock *sk, __s32 reason,
					 __u32 flags, __u8 event)
{
	struct evidence *ev = emit_reserve(sizeof(struct evidence_stacked), HOOK_KFREE_SKB);

	if (!ev)
		return;
	ev->reason = reason;
	ev->tuple = wire->tuple;
	ev->segment = wire->segment;
	ev->flags = EV_SEGMENT | flags | deep_flags();
	ev->detail.event = event;
	if (flags & EV_TIMEWAIT)
		dropped_for_minisock(ev, (struct inet_timewait_sock *)sk);
	else
		dropped_for(ev, sk);
	if (event == EVENT_NO_CHILD)
		deep_listener(&ev->detail, sk);
	emit_stack(ctx, ev);
	emit_submit(ev, HOOK_KFREE_SKB);
}

/* The listener of a handshake: the socket that the kernel names, or else the one on its port; NULL: not known. */
static __always_inline struct sock *listener_of(const struct ev_tuple *tuple, struct sock *sk)
{
	struct listener_sock *found;

	if (is_full_tcp(sk) && BPF_CORE_READ(sk, __sk_common.skc_state) == TCP_LISTEN)
		return sk;
	found = listener_sock_find(tuple);
	return found ? (struct sock *)found->sk : 0;
}

static __always_inline bool is_listener_full(struct sock *listener)
{
	return BPF_CORE_READ(listener, sk_ack_backlog) > BPF_CORE_READ(listener, sk_max_ack_backlog);
}

/* An ACK that was no part of a connection and got no answer: where and why it was dropped, and a full listener, tell
 * that no socket could be made of the handshake that it ended. */
static __always_inline void last_ack_dropped(void *ctx, const struct wire *wire, __u64 skb, __u64 location,
					     __s32 reason, struct sock *sk, __u8 wanted)
{
	bool is_request = is_in_receive(location), is_cookie = is_in_do_receive(location);
	__u8 flags = wire->segment.flags;
	struct deep_note *note = deep_note_here();
	struct sock *listener;

	if (knob_deep_sees_handshakes || !note || note->answered == skb)
		return;
	if (!(flags & SEG_ACK) || flags & (SEG_SYN | SEG_RST))
		return;
	if (!(wanted & (DROP_TELL_LAST_ACK | DROP_TELL_NO_CHILD) && (is_request || is_cookie)) &&
	    !(wanted & DROP_TELL_COOKIE && is_in_cookie(location)))
		return;
	listener = listener_of(&wire->tuple, sk);
	if (!listener || !(wanted & DROP_TELL_NO_CHILD || is_listener_full(listener)) || !filter_wants(&wire->tuple))
		return;
	emit_dropped(ctx, wire, listener, reason, EV_DETAIL | (is_request ? EV_REQUEST : 0), EVENT_NO_CHILD);
}

/* A reset, or a segment that was refused before TCP saw it: with where, why, and for whom. */
static __always_inline void segment_dropped(void *ctx, struct wire *wire, struct sk_buff *skb, __u64 location,
					    __s32 reason, struct sock *sk, __u8 wanted)
{
	bool is_outgoing = !BPF_CORE_READ(skb, skb_iif);
	__u8 flags = wire->segment.flags;

	if (is_outgoing) {
		tuple_turn(&wire->tuple);
		sk = BPF_CORE_READ(skb, sk);
	}
	wire->tuple.netns = skb_netns(skb);
	if (flags & SEG_RST ? wanted & DROP_TELL_RESETS : wanted & DROP_TELL_ALL) {
		bool is_receive = !is_outgoing && flags & SEG_RST && is_in_receive(location);
		/* Still there, so the reset did not end it: that would have stopped its timer. */
		bool is_timewait = is_receive && knob_deep_timewait_timer && former_find(&wire->tuple);

		if (!is_outgoing && !is_timewait && is_in_do_receive(location) && !is_full_tcp(sk)) {
			struct listener_sock *found = listener_sock_find(&wire->tuple);

			sk = found ? (struct sock *)found->sk : 0;
		}
		if (filter_wants(&wire->tuple))
			emit_dropped(ctx, wire, sk, reason,
				     (is_outgoing ? EV_OUTGOING : 0) | (is_timewait ? EV_TIMEWAIT | EV_DETAIL : 0),
				     is_timewait ? EVENT_KEPT : EVENT_NONE);
		return;
	}
	if (!is_outgoing)
		last_ack_dropped(ctx, wire, (__u64)skb, location, reason, sk, wanted);
}

SEC("raw_tp/kfree_skb")
int rst_kfree_skb(struct bpf_raw_tracepoint_args *ctx)
{
	struct sk_buff *skb = (struct sk_buff *)ctx->args[0];
	__u64 location = ctx->args[1];
	__u8 wanted = DROP_TELL_RESETS | DROP_TELL_LAST_ACK | DROP_TELL_COOKIE;
	__s32 reason = EVIDENCE_NO_REASON;
	struct sock *sk = 0;
	struct wire wire = {};

	if (knob_deep_drop_arguments >= 3) {
		reason = ctx->args[2];
		wanted = (__u32)reason < DROP_REASONS_MAX ? knob_deep_drops[(__u32)reason % DROP_REASONS_MAX] :
							    DROP_TELL_RESETS;
	} else if (is_in(location, DEEP_NF_HOOK_SLOW)) {
		wanted = DROP_TELL_RESETS | DROP_TELL_ALL;
	}
	if (knob_deep_drop_arguments >= 4)
		sk = (struct sock *)ctx->args[3];
	if (wanted && wire_read(&wire, skb))
		segment_dropped(ctx, &wire, skb, location, reason, sk, wanted);
	return 0;
}
