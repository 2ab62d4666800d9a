/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Resets that netfilter's REJECT builds, past TCP: neither its tracepoint nor its counters know them.
 *
 * nf_send_reset() returns without a reset for a reset, a fragment and a wrong checksum. What a device or the sender on
 * this host vouches for is told when it is entered; else when it returns, since only then the checksum has been looked
 * at. For bridges and devices nf_reject_skb_v4_tcp_reset() returns the reset, or NULL, to a caller that sends it.
 */
#include "deep.bpf.h"

#include <bpf/bpf_tracing.h>

#define CHECKSUM_UNNECESSARY 1
#define CHECKSUM_COMPLETE 2
#define CHECKSUM_PARTIAL 3
#define NF_INET_HOOKS 8 /* a hook's number is smaller, a pointer is not */

/* The segment that this CPU is rejecting: in softirq, or vouched for and told at once. */
struct reject_note {
	__u64 skb;
	struct ev_tuple tuple;
	struct ev_segment segment;
	__u8 hook;
	__u8 pad[3];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct reject_note);
} rejects SEC(".maps");

static __always_inline void reject_emit(void *ctx, const struct reject_note *reject, __u32 flags)
{
	struct evidence *ev;

	if (!filter_wants(&reject->tuple))
		return;
	ev = emit_reserve(sizeof(struct evidence_stacked), HOOK_NF_SEND_RESET);
	if (!ev)
		return;
	ev->tuple = reject->tuple;
	ev->segment = reject->segment;
	ev->detail.netfilter_hook = reject->hook;
	ev->flags = EV_SEGMENT | flags;
	emit_stack(ctx, ev);
	emit_submit(ev, HOOK_NF_SEND_RESET);
}

/* As __skb_checksum_complete() leaves it behind. */
static __always_inline bool reject_is_intact(struct sk_buff *skb)
{
	__u32 summed = READ_NUMBER(skb, ip_summed);

	if (summed == CHECKSUM_COMPLETE)
		return READ_NUMBER(skb, csum_valid) || !READ_NUMBER(skb, csum_complete_sw);
	return summed == CHECKSUM_UNNECESSARY || summed == CHECKSUM_PARTIAL;
}

/* nf_send_reset(net, skb, hook); (net, sk, skb, hook) since fa538f7cf05a ("netfilter: nf_reject: add reject skbuff
 * creation helpers" and its neighbours), v5.11. */
static __always_inline void reject_enter(void *ctx, __u64 net, __u64 second, __u64 third, __u64 fourth)
{
	bool has_socket = third >= NF_INET_HOOKS;
	struct sk_buff *skb = (struct sk_buff *)(has_socket ? third : second);
	struct reject_note reject = { .hook = has_socket ? fourth : third };
	__u32 summed = READ_NUMBER(skb, ip_summed), zero = 0;

	if (!snapshot_segment(&reject.segment, &reject.tuple, skb) || reject.segment.flags & SEG_RST)
		return;
	reject.tuple.netns = compat_netns((struct net *)net);
	reject.skb = (__u64)skb;
	if (summed == CHECKSUM_PARTIAL || summed == CHECKSUM_UNNECESSARY)
		reject_emit(ctx, &reject, EV_DETAIL);
	else
		bpf_map_update_elem(&rejects, &zero, &reject, BPF_ANY);
}

static __always_inline void reject_exit(void *ctx)
{
	__u32 zero = 0;
	struct reject_note *reject = bpf_map_lookup_elem(&rejects, &zero);

	if (!reject || !reject->skb)
		return;
	if (reject_is_intact((struct sk_buff *)reject->skb))
		reject_emit(ctx, reject, EV_DETAIL);
	reject->skb = 0;
}

#define REJECT(function)                                                                                         \
	SEC("kprobe/" #function)                                                                                 \
	int rst_kprobe_##function(struct pt_regs *ctx)                                                           \
	{                                                                                                        \
		reject_enter(ctx, PT_REGS_PARM1(ctx), PT_REGS_PARM2(ctx), PT_REGS_PARM3(ctx), PT_REGS_PARM4(ctx)); \
		return 0;                                                                                        \
	}                                                                                                        \
	SEC("kretprobe/" #function)                                                                              \
	int rst_kretprobe_##function(struct pt_regs *ctx)                                                        \
	{                                                                                                        \
		reject_exit(ctx);                                                                                \
		return 0;                                                                                        \
	}

REJECT(nf_send_reset)
REJECT(nf_send_reset6)

/* What is kept for the exit: there the reset itself is known, and the rejected segment is not. */
static __always_inline void reject_enter_link(__u64 net)
{
	struct reject_note reject = { .skb = 1, .tuple.netns = compat_netns((struct net *)net) };
	__u32 zero = 0;

	bpf_map_update_elem(&rejects, &zero, &reject, BPF_ANY);
}

static __always_inline void reject_exit_link(void *ctx, struct sk_buff *reset)
{
	__u32 zero = 0;
	struct reject_note *reject = bpf_map_lookup_elem(&rejects, &zero);
	struct wire wire = {};
	__u32 netns;

	if (!reject || !reject->skb)
		return;
	reject->skb = 0;
	/* nf_reject_ip_tcphdr_put() takes for the transport header where the network header begins. */
	if (!reset || !wire_read(&wire, reset))
		return;
	netns = reject->tuple.netns;
	tuple_turn(&wire.tuple);
	reject->tuple = wire.tuple;
	reject->tuple.netns = netns;
	reject->segment = wire.segment;
	reject_emit(ctx, reject, EV_OUTGOING);
}

#define REJECT_LINK(function)                                                                                    \
	SEC("kprobe/" #function)                                                                                 \
	int rst_kprobe_##function(struct pt_regs *ctx)                                                           \
	{                                                                                                        \
		reject_enter_link(PT_REGS_PARM1(ctx));                                                           \
		return 0;                                                                                        \
	}                                                                                                        \
	SEC("kretprobe/" #function)                                                                              \
	int rst_kretprobe_##function(struct pt_regs *ctx)                                                        \
	{                                                                                                        \
		reject_exit_link(ctx, (struct sk_buff *)PT_REGS_RC(ctx));                                        \
		return 0;                                                                                        \
	}

REJECT_LINK(nf_reject_skb_v4_tcp_reset)
REJECT_LINK(nf_reject_skb_v6_tcp_reset)
