/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * --deep: SYNs that a listener drops because of its queues. tcp_conn_request() ends every SYN in consume_skb(), those
 * that it drops too; what tells them apart is that one of its limits is reached, and that it counts one drop more.
 */
#include "deep.bpf.h"
#include "handshake.bpf.h"

static __always_inline void emit_syn_dropped(void *ctx, const struct wire *wire, struct sock *listener)
{
	struct evidence *ev = emit_reserve(sizeof(struct evidence_stacked), HOOK_CONSUME_SKB);

	if (!ev)
		return;
	ev->sk = (__u64)listener;
	ev->tuple = wire->tuple;
	ev->segment = wire->segment;
	ev->flags = EV_SEGMENT | EV_DETAIL | deep_flags();
	ev->detail.event = EVENT_SYN_DROPPED;
	snapshot_sock(ev, listener, TCP_LISTEN);
	deep_listener(&ev->detail, listener);
	conn_attach(ev, listener);
	emit_stack(ctx, ev);
	emit_submit(ev, HOOK_CONSUME_SKB);
}

SEC("raw_tp/consume_skb")
int rst_consume_skb(struct bpf_raw_tracepoint_args *ctx)
{
	struct sk_buff *skb = (struct sk_buff *)ctx->args[0];
	struct listener_queues queues;
	struct listener_sock *found;
	struct wire wire = {};
	struct sock *listener;
	__u32 drops;

	if (!wire_read(&wire, skb) || (wire.segment.flags & (SEG_SYN | SEG_ACK)) != SEG_SYN)
		return 0;
	wire.tuple.netns = skb_netns(skb);
	found = listener_sock_find(&wire.tuple);
	if (!found)
		return 0;
	listener = (struct sock *)found->sk;
	drops = BPF_CORE_READ(listener, sk_drops.counter);
	if (drops == found->drops)
		return 0;
	found->drops = drops;
	queues.ack_backlog = BPF_CORE_READ(listener, sk_ack_backlog);
	queues.queue_length = handshake_queue_length(listener);
	if (is_limited(listener, &queues) && filter_wants(&wire.tuple))
		emit_syn_dropped(ctx, &wire, listener);
	return 0;
}

/* The sockets of listeners: from listen() on, or from the first SYN-ACK that one has to repeat. */
SEC("raw_tp/inet_sock_set_state")
int rst_deep_set_state(struct bpf_raw_tracepoint_args *ctx)
{
	struct sock *sk = (struct sock *)ctx->args[0];

	if (ctx->args[2] == TCP_LISTEN && snapshot_is_tcp(sk))
		listener_sock_store(sk);
	return 0;
}

SEC("raw_tp/tcp_retransmit_synack")
int rst_deep_retransmit_synack(struct bpf_raw_tracepoint_args *ctx)
{
	struct sock *sk = (struct sock *)ctx->args[0];
	struct ev_tuple tuple = {};

	snapshot_tuple(&tuple, sk, TCP_LISTEN);
	if (!listener_sock_find(&tuple))
		listener_sock_store(sk);
	return 0;
}
