/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Outages that retransmission survived: a retransmission timer fired, and the peer answered in the end. Attached only
 * when somebody asked for them.
 *
 * The tracepoint tcp_cong_state_set (v5.19) tells the end as it comes, by the change from Loss to Open. Without it, the
 * next retransmission or change of state finds that all that was lost has been acknowledged.
 */
#include "conn.bpf.h"
#include "emit.bpf.h"
#include "filter.bpf.h"

#define TCP_CA_OPEN 0
#define TCP_CA_LOSS 4

struct outage {
	__u64 first_ns; /* first retransmission */
	__u32 retransmits; /* until the peer answered */
	__u32 una; /* snd_una all that time */
	__u32 end; /* snd_nxt when it began: acknowledged as far, it is over */
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, __u64);
	__type(value, struct outage);
} outages SEC(".maps");

static __always_inline struct outage *outage_find(struct sock *sk)
{
	__u64 key = (__u64)sk;

	return bpf_map_lookup_elem(&outages, &key);
}

static __always_inline void outage_forget(struct sock *sk)
{
	__u64 key = (__u64)sk;

	bpf_map_delete_elem(&outages, &key);
}

static __always_inline bool outage_is_over(const struct outage *outage, struct sock *sk)
{
	return (__s32)(BPF_CORE_READ((struct tcp_sock *)sk, snd_una) - outage->end) >= 0;
}

static __always_inline void outage_tell(struct sock *sk, const struct outage *outage, bool is_now)
{
	__u8 state = BPF_CORE_READ(sk, __sk_common.skc_state);
	struct ev_tuple tuple = {};
	struct evidence *ev;

	snapshot_tuple(&tuple, sk, state);
	if (!filter_wants(&tuple) || !conn_find_or_make(sk))
		return;
	ev = emit_reserve(sizeof(struct evidence), HOOK_CONG_STATE);
	if (!ev)
		return;
	ev->sk = (__u64)sk;
	ev->tuple = tuple;
	snapshot_sock(ev, sk, state);
	conn_attach(ev, sk);
	ev->conn.first_retransmit_ns = outage->first_ns;
	ev->detail.timeouts = outage->retransmits > 255 ? 255 : outage->retransmits;
	ev->detail.is_acked = is_now;
	ev->flags |= EV_DETAIL;
	emit_submit(ev, HOOK_CONG_STATE);
}

static __always_inline void outage_begin(struct sock *sk)
{
	struct tcp_sock *tp = (struct tcp_sock *)sk;
	__u64 key = (__u64)sk;
	struct outage outage = {
		.first_ns = bpf_ktime_get_boot_ns(),
		.retransmits = 1,
		.una = BPF_CORE_READ(tp, snd_una),
		.end = BPF_CORE_READ(tp, snd_nxt),
	};

	bpf_map_update_elem(&outages, &key, &outage, BPF_ANY);
}

/* A handshake is no connection yet, and a retransmission outside Loss was not brought about by the timer. */
SEC("raw_tp/tcp_retransmit_skb")
int rst_outage_retransmit(struct bpf_raw_tracepoint_args *ctx)
{
	struct sock *sk = (struct sock *)ctx->args[0];
	__u8 state = BPF_CORE_READ(sk, __sk_common.skc_state);
	struct outage *outage;
	bool is_loss;

	if (!snapshot_is_full(state) || state == TCP_SYN_SENT || state == TCP_SYN_RECV)
		return 0;
	is_loss = READ_NUMBER((struct inet_connection_sock *)sk, icsk_ca_state) == TCP_CA_LOSS;
	outage = outage_find(sk);
	if (outage && outage_is_over(outage, sk)) {
		outage_tell(sk, outage, false);
		outage_forget(sk);
		outage = 0;
	}
	if (!outage && is_loss)
		outage_begin(sk);
	else if (outage && outage->una == BPF_CORE_READ((struct tcp_sock *)sk, snd_una))
		outage->retransmits++;
	return 0;
}

SEC("raw_tp/inet_sock_set_state")
int rst_outage_set_state(struct bpf_raw_tracepoint_args *ctx)
{
	struct sock *sk = (struct sock *)ctx->args[0];
	struct outage *outage = outage_find(sk);
	int old_state = ctx->args[1];
	bool is_over;

	if (!outage)
		return 0;
	if (old_state == TCP_SYN_SENT || old_state == TCP_SYN_RECV) { /* another connection at an old one's address */
		outage_forget(sk);
		return 0;
	}
	is_over = outage_is_over(outage, sk);
	if (is_over && !BPF_CORE_READ(sk, sk_err))
		outage_tell(sk, outage, false);
	if (is_over || (int)ctx->args[2] == TCP_CLOSE)
		outage_forget(sk);
	return 0;
}

/* Fires before the new state is stored; also for new sockets. */
SEC("raw_tp/tcp_cong_state_set")
int rst_outage_cong_state(struct bpf_raw_tracepoint_args *ctx)
{
	struct sock *sk = (struct sock *)ctx->args[0];
	struct outage *outage = outage_find(sk);

	if (!outage || (__u8)ctx->args[1] != TCP_CA_OPEN ||
	    READ_NUMBER((struct inet_connection_sock *)sk, icsk_ca_state) != TCP_CA_LOSS)
		return 0;
	if (BPF_CORE_READ(sk, __sk_common.skc_state) != TCP_CLOSE)
		outage_tell(sk, outage, true);
	outage_forget(sk);
	return 0;
}
