/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Which segments in flight the peer still takes, asked when a retransmission timer gives up: the oldest and the last
 * segment of the retransmission queue, a red-black tree by sequence number. A path that loses full-sized segments and
 * passes smaller ones shows there (RFC 2923 section 2.1).
 */
#ifndef RSTTRACE_PASSING_BPF_H
#define RSTTRACE_PASSING_BPF_H

#include "compat.h"
#include "evidence.h"

#define PASSING_DEPTH 24 /* of a tree with 4096 segments, at most */
#define TCPCB_SACKED_ACKED 0x01

struct passing_end {
	__u32 bytes;
	bool is_sacked;
};

static __always_inline bool passing_find(struct passing_end *end, struct sock *sk, bool is_last)
{
	struct rb_node *node = BPF_CORE_READ(sk, tcp_rtx_queue.rb_node);
	struct sk_buff *skb;

	if (!node)
		return false;
	for (int depth = 0; depth < PASSING_DEPTH; depth++) {
		struct rb_node *next = is_last ? BPF_CORE_READ(node, rb_right) : BPF_CORE_READ(node, rb_left);

		if (!next)
			break;
		node = next;
	}
	skb = (void *)((char *)node - bpf_core_field_offset(struct sk_buff, rbnode));
	end->bytes = BPF_CORE_READ(skb, len);
	end->is_sacked =
		READ_NUMBER((struct tcp_skb_cb *)((char *)skb + bpf_core_field_offset(struct sk_buff, cb)), sacked) &
		TCPCB_SACKED_ACKED;
	return true;
}

static __always_inline __u8 passing_segments(struct sock *sk, __u32 mss)
{
	struct passing_end oldest = {}, last = {};

	if (!passing_find(&oldest, sk, false) || !passing_find(&last, sk, true))
		return PASSING_UNKNOWN;
	if (!oldest.is_sacked && oldest.bytes >= mss && last.is_sacked && last.bytes < mss)
		return PASSING_SMALL;
	return PASSING_NONE;
}

#endif
