/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Segments whose signature TCP refuses: TCP-MD5 (RFC 2385) and TCP-AO (RFC 5925). The tracepoints came with
 * 96be3dcd013d ("net/tcp: Add tcp-md5 and tcp-ao tracepoints"), v6.11; the reason given is the one that kfree_skb
 * has for the same segment.
 */
#include "conn.bpf.h"
#include "filter.bpf.h"

static __always_inline void hash_refused(struct sock *sk, struct sk_buff *skb, __s32 reason)
{
	struct ev_segment segment = {};
	struct ev_tuple tuple = {};
	struct evidence *ev;
	__u8 state;

	if (!sk || !snapshot_segment(&segment, &tuple, skb))
		return;
	tuple.netns = compat_netns(BPF_CORE_READ(sk, __sk_common.skc_net.net));
	if (!filter_wants(&tuple))
		return;
	ev = emit_reserve(sizeof(struct evidence), HOOK_HASH);
	if (!ev)
		return;
	ev->sk = (__u64)sk;
	ev->reason = reason;
	ev->tuple = tuple;
	ev->segment = segment;
	ev->flags = EV_SEGMENT;
	state = BPF_CORE_READ(sk, __sk_common.skc_state);
	if (snapshot_is_full(state) && snapshot_is_tcp(sk)) {
		snapshot_sock(ev, sk, state);
		conn_attach(ev, sk);
	}
	emit_submit(ev, HOOK_HASH);
}

SEC("raw_tp")
int rst_hash_refused(struct bpf_raw_tracepoint_args *ctx)
{
	struct percpu_note *note = note_here();

	if (note)
		hash_refused((struct sock *)ctx->args[0], (struct sk_buff *)ctx->args[1], note->refused_reason);
	return 0;
}

/* They fire while a segment is received: no softirq comes in between. */
#define HASH_HOOK(tracepoint, name)                                                                              \
	SEC("raw_tp/tcp_" #tracepoint)                                                                           \
	int rst_##tracepoint(struct bpf_raw_tracepoint_args *ctx)                                                \
	{                                                                                                        \
		struct percpu_note *note = note_here();                                                          \
                                                                                                                 \
		if (note) {                                                                                      \
			note->refused_reason = COMPAT_DROP_REASON(name);                                         \
			bpf_tail_call(ctx, &bodies, BODY_HASH);                                                  \
		}                                                                                                \
		return 0;                                                                                        \
	}

HASH_HOOK(hash_bad_header, TCP_AUTH_HDR)
HASH_HOOK(hash_md5_required, TCP_MD5NOTFOUND)
HASH_HOOK(hash_md5_unexpected, TCP_MD5UNEXPECTED)
HASH_HOOK(hash_md5_mismatch, TCP_MD5FAILURE)
HASH_HOOK(hash_ao_required, TCP_AONOTFOUND)
HASH_HOOK(ao_handshake_failure, TCP_AOFAILURE)
HASH_HOOK(ao_wrong_maclen, TCP_AOFAILURE)
HASH_HOOK(ao_mismatch, TCP_AOFAILURE)
HASH_HOOK(ao_key_not_found, TCP_AOKEYNOTFOUND)
