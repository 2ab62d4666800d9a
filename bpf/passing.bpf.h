/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Which segments in flight the peer still takes: the oldest and the last segment of the retransmission queue, a
 * red-black tree by sequence number. A path that loses full-sized segments and passes smaller ones shows there
 * (RFC 2923 section 2.1). Looked at when the timer repeats a segment, since the queue is emptied before the death.
 */
#ifndef RSTTRACE_PASSING_BPF_H
#define RSTTRACE_PASSING_BPF_H

#include "snapshot.bpf.h"

#define PASSING_DEPTH 24 /* of a tree with 4096 segments, at most */
#define TCPCB_SACKED_ACKED 0x01

/* Sockets that pass only small segments, with the snd_una that it goes with: few, and then rarely. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, __u64);
	__type(value, __u32);
} passings SEC(".maps");

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

/* Unanswered retransmissions of the timer alone are worth the walk. */
static __always_inline void passing_look(struct sock *sk, __u32 una)
{
	struct passing_end oldest = {}, last = {};
	__u64 key = (__u64)sk;
	__u32 mss;

	if (!BPF_CORE_READ((struct inet_connection_sock *)sk, icsk_retransmits) ||
	    !passing_find(&oldest, sk, false) || !passing_find(&last, sk, true))
		return;
	mss = BPF_CORE_READ((struct tcp_sock *)sk, mss_cache);
	if (!oldest.is_sacked && oldest.bytes >= mss && last.is_sacked && last.bytes < mss)
		bpf_map_update_elem(&passings, &key, &una, BPF_ANY);
}

static __always_inline __u8 passing_find_out(struct sock *sk, const struct ev_sock *out)
{
	__u64 key = (__u64)sk;
	__u32 *una = bpf_map_lookup_elem(&passings, &key);

	return una && *una == out->snd_una ? PASSING_SMALL : PASSING_NONE;
}

#endif
