/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Resets that netfilter's REJECT builds, past TCP: neither its tracepoint nor its counters know them.
 *
 * nf_send_reset() returns without a reset for a reset, a fragment, a wrong checksum, a broadcast, or without a route.
 * After all that it calls nf_ct_attach(reset, rejected): a function of the kernel itself where conntrack is built, at
 * all or as a module, with the same two arguments everywhere. The stack says at which hook the rule stands. For
 * bridges and devices nf_reject_skb_v4_tcp_reset() returns the reset, or NULL, to a caller that sends it.
 */
#include "snapshot.bpf.h"
#include "filter.bpf.h"

#include <bpf/bpf_tracing.h>

static __always_inline __u32 reject_netns(struct sk_buff *skb)
{
	struct net_device *device = BPF_CORE_READ(skb, dev);
	struct dst_entry *route = (struct dst_entry *)(BPF_CORE_READ(skb, _skb_refdst) & ~1UL);

	if (!device && route)
		device = BPF_CORE_READ(route, dev);
	return device ? compat_netns(BPF_CORE_READ(device, nd_net.net)) : 0;
}

static __always_inline void reject_emit(void *ctx, const struct ev_tuple *tuple, const struct ev_segment *segment,
					__u32 flags)
{
	struct evidence *ev;

	if (!filter_wants(tuple))
		return;
	ev = emit_reserve(sizeof(struct evidence_stacked), HOOK_NF_SEND_RESET);
	if (!ev)
		return;
	ev->tuple = *tuple;
	ev->segment = *segment;
	ev->flags = EV_SEGMENT | flags;
	emit_stack(ctx, ev);
	emit_submit(ev);
}

static __always_inline void reject_attach(void *ctx, struct sk_buff *reset, struct sk_buff *rejected)
{
	struct ev_segment segment = {};
	struct ev_tuple tuple = {};

	if (!snapshot_segment(&segment, &tuple, reset) || !(segment.flags & SEG_RST))
		return;
	if (!snapshot_segment(&segment, &tuple, rejected))
		return;
	tuple.netns = reject_netns(rejected);
	reject_emit(ctx, &tuple, &segment, 0);
}

SEC("fentry/nf_ct_attach")
int rst_fentry_nf_ct_attach(__u64 *ctx)
{
	reject_attach(ctx, (struct sk_buff *)ctx[0], (struct sk_buff *)ctx[1]);
	return 0;
}

SEC("kprobe/nf_ct_attach")
int rst_kprobe_nf_ct_attach(struct pt_regs *ctx)
{
	reject_attach(ctx, (struct sk_buff *)PT_REGS_PARM1(ctx), (struct sk_buff *)PT_REGS_PARM2(ctx));
	return 0;
}

/* The reset itself: the rejected segment is behind us. */
static __always_inline void reject_built(void *ctx, struct sk_buff *reset)
{
	struct ev_segment segment = {};
	struct ev_tuple wire = {}, tuple = {};

	if (!reset || !snapshot_segment(&segment, &wire, reset))
		return;
	__builtin_memcpy(tuple.local, wire.peer, sizeof(tuple.local));
	__builtin_memcpy(tuple.peer, wire.local, sizeof(tuple.peer));
	tuple.local_port = wire.peer_port;
	tuple.peer_port = wire.local_port;
	tuple.family = wire.family;
	tuple.netns = reject_netns(reset);
	reject_emit(ctx, &tuple, &segment, EV_OUTGOING);
}

SEC("kretprobe/nf_reject_skb_v4_tcp_reset")
int rst_kretprobe_nf_reject_skb_v4(struct pt_regs *ctx)
{
	reject_built(ctx, (struct sk_buff *)PT_REGS_RC(ctx));
	return 0;
}

SEC("kretprobe/nf_reject_skb_v6_tcp_reset")
int rst_kretprobe_nf_reject_skb_v6(struct pt_regs *ctx)
{
	reject_built(ctx, (struct sk_buff *)PT_REGS_RC(ctx));
	return 0;
}
