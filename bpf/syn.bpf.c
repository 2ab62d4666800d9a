/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The two ends of a handshake at a listener: the SYN that is dropped or answered by a cookie, and the last ACK of which
 * no socket can be made. Every connection comes this way: record nothing of those that succeed.
 */
#include "function.bpf.h"
#include "handshake.bpf.h"

#define COOKIE_VALID_S 120 /* TCP_SYNCOOKIE_VALID */

static __always_inline void conn_request_enter(__u64 rsk_ops, __u64 af_ops, __u64 sk, __u64 skb)
{
	struct handshake_note *note = handshake_note();
	struct sock *listener = (struct sock *)sk;

	if (!note)
		return;
	note->syn.sk = sk;
	note->syn.skb = skb;
	note->syn.drops = BPF_CORE_READ(listener, sk_drops.counter);
	note->syn.queues.ack_backlog = BPF_CORE_READ(listener, sk_ack_backlog);
	note->syn.queues.queue_length = handshake_queue_length(listener);
}

/* A cookie keeps no request. */
static __always_inline bool is_answered_by_cookie(struct sock *listener, const struct listener_queues *queues)
{
	struct net *net = BPF_CORE_READ(listener, __sk_common.skc_net.net);
	__u64 syncookies = READ_NUMBER(net, ipv4.sysctl_tcp_syncookies);
	bool is_full = queues->queue_length >= BPF_CORE_READ(listener, sk_max_ack_backlog);

	return (syncookies == 2 || (syncookies && is_full)) &&
	       handshake_queue_length(listener) <= queues->queue_length;
}

static __always_inline void conn_request_exit(__u64 ignored)
{
	struct handshake_note *note = handshake_note();
	struct sock *listener;
	__u64 sk;

	if (!note || !note->syn.sk)
		return;
	sk = note->syn.sk;
	listener = (struct sock *)sk;
	note->syn.sk = 0;
	if ((__u32)BPF_CORE_READ(listener, sk_drops.counter) != note->syn.drops) {
		if (is_limited(listener, &note->syn.queues))
			handshake_tell(sk, 0, note->syn.skb, &note->syn.queues, HOOK_CONN_REQUEST, EVENT_SYN_DROPPED);
	} else if (knob_sees_cookies && is_answered_by_cookie(listener, &note->syn.queues)) {
		handshake_tell(sk, 0, note->syn.skb, &note->syn.queues, HOOK_CONN_REQUEST, EVENT_COOKIE_SENT);
	}
}

FUNCTION_ENTER(tcp_conn_request, conn_request_enter, 4)
FUNCTION_EXIT(tcp_conn_request, conn_request_exit)

/* tcp_check_req() gives the request as the one to unhash, tcp_get_cookie_sock() a route, and Fast Open neither: its
 * SYN is answered as any other when no child can be made. */
static __always_inline void syn_recv_sock_enter(__u64 sk, __u64 skb, __u64 req, __u64 dst, __u64 req_unhash)
{
	struct handshake_note *note = handshake_note();
	struct sock *listener = (struct sock *)sk;
	bool is_request = req_unhash, is_cookie = dst;

	if (!note)
		return;
	barrier_var(is_request); /* the verifier lets nobody combine two pointers */
	barrier_var(is_cookie);
	note->check.is_told = true;
	note->child.sk = is_request || is_cookie ? sk : 0;
	note->child.skb = skb;
	note->child.req = req_unhash;
	note->child.queues.ack_backlog = BPF_CORE_READ(listener, sk_ack_backlog);
	note->child.queues.queue_length = handshake_queue_length(listener);
}

/* With tcp_abort_on_overflow a reset follows for a request, and tells it. */
static __always_inline void syn_recv_sock_exit(__u64 child)
{
	struct handshake_note *note = handshake_note();
	struct net *net;
	__u64 sk;

	if (!note || !note->child.sk)
		return;
	sk = note->child.sk;
	note->child.sk = 0;
	if (child)
		return;
	net = BPF_CORE_READ((struct sock *)sk, __sk_common.skc_net.net);
	if (note->child.req && READ_NUMBER(net, ipv4.sysctl_tcp_abort_on_overflow))
		return;
	handshake_tell(sk, note->child.req, note->child.skb, &note->child.queues, HOOK_SYN_RECV_SOCK, EVENT_NO_CHILD);
}

FUNCTION_ENTER(tcp_v4_syn_recv_sock, syn_recv_sock_enter, 5)
FUNCTION_EXIT(tcp_v4_syn_recv_sock, syn_recv_sock_exit)
FUNCTION_ENTER(tcp_v6_syn_recv_sock, syn_recv_sock_enter, 5)
FUNCTION_EXIT(tcp_v6_syn_recv_sock, syn_recv_sock_exit)

static __always_inline void cookie_check_enter(__u64 sk, __u64 skb)
{
	struct handshake_note *note = handshake_note();

	if (!note)
		return;
	note->cookie.sk = sk;
	note->cookie.skb = skb;
}

/* Whether a cookie was sent lately, so that one may come back: tcp_synq_no_recent_overflow(). */
static __always_inline bool is_cookie_expected(struct sock *listener)
{
	struct sock_reuseport *group = BPF_CORE_READ(listener, sk_reuseport_cb);
	__u32 now = bpf_jiffies64(), last;

	if (group && READ_NUMBER(&listener->__sk_common, skc_reuseport))
		last = BPF_CORE_READ(group, synq_overflow_ts);
	else
		last = BPF_CORE_READ((struct tcp_sock *)listener, rx_opt.ts_recent_stamp);
	return now - last + knob_hz <= (COOKIE_VALID_S + 1U) * knob_hz;
}

/* It returns the listener where there was no cookie to check, and where the check has failed: the segment goes on to
 * the listener, which answers an ACK with a reset. What tcp_check_req() has noted of it is nearer to the truth. */
static __always_inline void cookie_check_exit(__u64 result)
{
	struct handshake_note *note = handshake_note();
	struct ev_segment segment = {};
	struct ev_tuple ignored = {};
	struct net *net;
	__u64 sk;

	if (!note || !note->cookie.sk)
		return;
	sk = note->cookie.sk;
	note->cookie.sk = 0;
	if (result != sk || !snapshot_segment(&segment, &ignored, (struct sk_buff *)note->cookie.skb))
		return;
	net = BPF_CORE_READ((struct sock *)sk, __sk_common.skc_net.net);
	if (!READ_NUMBER(net, ipv4.sysctl_tcp_syncookies) || !(segment.flags & SEG_ACK) || segment.flags & SEG_RST ||
	    !is_cookie_expected((struct sock *)sk))
		return;
	if (note->reset.sk == sk && note->reset.skb == note->cookie.skb && note->reset.seq == segment.seq)
		return;
	note->reset.sk = sk;
	note->reset.skb = note->cookie.skb;
	note->reset.seq = segment.seq;
	note->reset.ack = segment.ack;
	note->reset.event = EVENT_COOKIE_REFUSED;
}

FUNCTION_ENTER(cookie_v4_check, cookie_check_enter, 2)
FUNCTION_EXIT(cookie_v4_check, cookie_check_exit)
FUNCTION_ENTER(cookie_v6_check, cookie_check_enter, 2)
FUNCTION_EXIT(cookie_v6_check, cookie_check_exit)
