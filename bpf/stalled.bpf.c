/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * `rsttrace stalled`: every TCP socket of a network namespace that is not simply well, as a record of evidence each.
 * Well is a connection on which nothing waits for an answer, and that is either watched by keepalive or was heard of
 * lately; what is left out here cannot be a finding later.
 */
#include "conn.bpf.h"

#define NEVER (~0u)
#define YOUNG_MAX 0xffff

const volatile __u32 knob_silence_ms = 3600000; /* an established connection without keepalive is worth a look after */

static __always_inline __u32 left_ms(struct timer_list *timer, unsigned long expires)
{
	__s64 left;

	if (!BPF_CORE_READ(timer, entry.pprev))
		return NEVER;
	left = (__s64)(expires - bpf_jiffies64());
	return left > 0 ? (__u64)left * 1000 / knob_hz : 0;
}

static __always_inline void snapshot_queue(struct ev_pending *pending, struct sock *sk)
{
	struct inet_connection_sock *icsk = (struct inet_connection_sock *)sk;
	__u32 young = BPF_CORE_READ(icsk, icsk_accept_queue.young.counter);

	pending->queue_length = BPF_CORE_READ(icsk, icsk_accept_queue.qlen.counter);
	pending->young = young < YOUNG_MAX ? young : YOUNG_MAX;
}

static __always_inline void snapshot_pending(struct ev_pending *pending, struct sock *sk)
{
	struct inet_connection_sock *icsk = (struct inet_connection_sock *)sk;
	struct timer_list *keepalive = compat_keepalive_timer(sk);

	pending->write_event = BPF_CORE_READ(icsk, icsk_pending);
	pending->write_ms = pending->write_event ? left_ms(compat_write_timer(sk), compat_write_expires(sk)) : NEVER;
	pending->keepalive_ms = left_ms(keepalive, BPF_CORE_READ(keepalive, expires));
	pending->rto_max_ms = compat_rto_max_ms(icsk, knob_hz);
	pending->jiffies = bpf_jiffies64();
	pending->hz = knob_hz;
}

static __always_inline bool is_well(const struct ev_sock *sock)
{
	if (sock->state != TCP_ESTABLISHED)
		return false;
	if (sock->retransmits || sock->probes || sock->unacked || sock->unsent)
		return false;
	return sock->is_keepalive || sock->last_received_ms < knob_silence_ms || sock->last_ack_ms < knob_silence_ms;
}

static __always_inline void write_full(struct seq_file *seq, struct evidence *ev, struct sock *sk, __u8 state)
{
	ev->sk = (__u64)sk;
	snapshot_tuple(&ev->tuple, sk, state);
	snapshot_sock(ev, sk, state);
	if (is_well(&ev->sock))
		return;
	ev->flags |= EV_PENDING;
	if (state == TCP_LISTEN)
		snapshot_queue(&ev->pending, sk);
	else
		snapshot_pending(&ev->pending, sk);
	conn_attach(ev, sk);
	bpf_seq_write(seq, ev, sizeof(*ev));
}

/* Loaded by that verb alone. */
SEC("?iter/tcp")
int rst_stalled(struct bpf_iter__tcp *ctx)
{
	struct sock_common *common = ctx->sk_common;
	struct seq_file *seq = ctx->meta->seq;
	struct evidence *ev = scratch_here();
	__u8 state;

	if (!common || !ev)
		return 0;
	__builtin_memset(ev, 0, sizeof(*ev));
	ev->version = EVIDENCE_VERSION;
	ev->hook = HOOK_ITERATOR;
	ev->size = sizeof(*ev);
	ev->time_ns = bpf_ktime_get_boot_ns();
	ev->reason = EVIDENCE_NO_REASON;
	state = BPF_CORE_READ(common, skc_state);
	/* Handshakes are counted by their listener; a minisock waits for nothing. */
	if (state != TCP_NEW_SYN_RECV && state != TCP_TIME_WAIT && state != TCP_CLOSE)
		write_full(seq, ev, (struct sock *)common, state);
	return 0;
}
