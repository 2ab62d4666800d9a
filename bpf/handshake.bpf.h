/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Handshakes on the passive side: what the entry of a function keeps for its exit, and how a record is made of a
 * listener and a request.
 *
 * The functions run in softirq (tcp_v4_rcv, a timer, icmp_rcv), where nothing but themselves comes between their entry
 * and their exit on the same CPU; each has its own place in the note, since they call each other.
 */
#ifndef RSTTRACE_HANDSHAKE_BPF_H
#define RSTTRACE_HANDSHAKE_BPF_H

#include "conn.bpf.h"
#include "filter.bpf.h"

/* A listener's two queues, as they were when the kernel decided. */
struct listener_queues {
	__u32 ack_backlog;
	__u32 queue_length;
};

struct handshake_note {
	struct { /* tcp_conn_request() */
		__u64 sk;
		__u64 skb;
		__u32 drops;
		struct listener_queues queues;
	} syn;
	struct { /* tcp_v4_syn_recv_sock(), tcp_v6_syn_recv_sock(), which calls the other one for IPv4 */
		__u64 sk;
		__u64 skb;
		__u64 req; /* 0: the handshake kept none, a SYN cookie came back */
		struct listener_queues queues;
	} child;
	struct { /* tcp_check_req() */
		__u64 sk;
		__u64 skb;
		__u64 req;
		__u8 is_told; /* by another hook, or to be told there */
	} check;
	struct { /* cookie_v4_check(), cookie_v6_check() */
		__u64 sk;
		__u64 skb;
	} cookie;
	struct { /* what the listener's reset for this segment will carry */
		__u64 sk;
		__u64 skb;
		__u32 seq;
		__u32 ack;
		__u32 snt_isn; /* of the request that the segment did not fit */
		__u8 event;
	} reset;
	struct { /* a request that may end here, and be freed: all of it that is told */
		__u64 req;
		__u64 listener;
		__u8 is_migrated;
		struct ev_tuple tuple;
		struct ev_detail detail;
	} ending;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct handshake_note);
} handshakes SEC(".maps");

const volatile bool knob_sees_requests = false; /* tcp_check_req() and cookie_v4_check() are hooked */
const volatile bool knob_sees_cookies = false; /* somebody asked for SYN cookies: a record for each */

static __always_inline struct handshake_note *handshake_note(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&handshakes, &zero);
}

static __always_inline __u8 handshake_state(__u64 sk)
{
	return BPF_CORE_READ((struct sock *)sk, __sk_common.skc_state);
}

static __always_inline __u32 handshake_queue_length(struct sock *listener)
{
	return BPF_CORE_READ((struct inet_connection_sock *)listener, icsk_accept_queue.qlen.counter);
}

/* One of the limits of tcp_conn_request() was reached. The listener's drops alone do not say that this SYN is among
 * them: other CPUs count there too. */
static __always_inline bool is_limited(struct sock *listener, const struct listener_queues *queues)
{
	struct net *net = BPF_CORE_READ(listener, __sk_common.skc_net.net);
	__s32 limit = READ_NUMBER(net, ipv4.sysctl_max_syn_backlog), length = queues->queue_length;
	__u32 max_ack_backlog = BPF_CORE_READ(listener, sk_max_ack_backlog);

	if (queues->ack_backlog > max_ack_backlog)
		return true;
	return !READ_NUMBER(net, ipv4.sysctl_tcp_syncookies) &&
	       (queues->queue_length >= max_ack_backlog || limit - length < limit >> 2);
}

/* A request that is alive has its timer armed, except while that runs. */
static __always_inline bool request_is_armed(struct request_sock *req)
{
	return BPF_CORE_READ(req, rsk_timer.entry.pprev);
}

static __always_inline void handshake_detail(struct ev_detail *detail, struct sock *listener, struct request_sock *req,
					     __u8 event)
{
	struct inet_connection_sock *icsk = (struct inet_connection_sock *)listener;
	struct net *net = BPF_CORE_READ(listener, __sk_common.skc_net.net);
	__u8 retries = BPF_CORE_READ(icsk, icsk_syn_retries);

	detail->event = event;
	detail->queue_length = handshake_queue_length(listener);
	detail->max_syn_backlog = READ_NUMBER(net, ipv4.sysctl_max_syn_backlog);
	detail->drops = BPF_CORE_READ(listener, sk_drops.counter);
	detail->defer_accept = BPF_CORE_READ(icsk, icsk_accept_queue.rskq_defer_accept);
	detail->syncookies = READ_NUMBER(net, ipv4.sysctl_tcp_syncookies);
	detail->max_timeouts = retries ? retries : READ_NUMBER(net, ipv4.sysctl_tcp_synack_retries);
	if (!req)
		return;
	detail->timeouts = READ_NUMBER(req, num_timeout);
	detail->is_acked = READ_NUMBER((struct inet_request_sock *)req, acked);
}

/* The listener of a record, and who owns it. It may be closed; its memory stays until this softirq has ended. */
static __always_inline void handshake_listener(struct evidence *ev, struct sock *listener)
{
	snapshot_sock(ev, listener, handshake_state((__u64)listener));
	/* A closed one has a state of its own choosing; its queue does not depend on that. */
	ev->sock.ack_backlog = BPF_CORE_READ(listener, sk_ack_backlog);
	ev->sock.max_ack_backlog = BPF_CORE_READ(listener, sk_max_ack_backlog);
	conn_attach(ev, listener);
}

/* A request has numbers of its own, where a listener has none. */
static __always_inline void handshake_sequence(struct evidence *ev, struct request_sock *req)
{
	struct tcp_request_sock *tcp = (struct tcp_request_sock *)req;

	ev->flags |= EV_REQUEST;
	ev->sock.rcv_nxt = BPF_CORE_READ(tcp, rcv_nxt);
	ev->sock.rcv_wnd = BPF_CORE_READ(req, __req_common.skc_rcv_wnd);
	ev->sock.snd_una = BPF_CORE_READ(tcp, snt_isn);
	ev->sock.snd_nxt = ev->sock.snd_una + 1;
}

/* Tells of a listener, of one of its requests unless that is NULL, and of the segment unless that is NULL. */
static __always_inline void handshake_tell(__u64 sk, __u64 request, __u64 skb, const struct listener_queues *queues,
					   __u8 hook, __u8 event)
{
	struct request_sock *req = (struct request_sock *)request;
	struct sock *listener = (struct sock *)sk;
	struct ev_segment segment = {};
	struct ev_tuple tuple = {};
	struct evidence *ev;

	if (!skb)
		snapshot_tuple(&tuple, (struct sock *)req, TCP_NEW_SYN_RECV);
	else if (!snapshot_segment(&segment, &tuple, (struct sk_buff *)skb))
		return;
	tuple.netns = compat_netns(BPF_CORE_READ(listener, __sk_common.skc_net.net));
	if (!filter_wants(&tuple))
		return;
	ev = emit_reserve(sizeof(struct evidence), hook);
	if (!ev)
		return;
	ev->sk = req ? request : sk;
	ev->tuple = tuple;
	ev->segment = segment;
	ev->flags = EV_DETAIL | (skb ? EV_SEGMENT : 0);
	handshake_listener(ev, listener);
	handshake_detail(&ev->detail, listener, req, event);
	if (req)
		handshake_sequence(ev, req);
	if (queues) {
		ev->sock.ack_backlog = queues->ack_backlog;
		ev->detail.queue_length = queues->queue_length;
	}
	emit_submit(ev, hook);
}

/* The listener's reset: whether the segment had to do with a handshake, as far as that is seen here. */
static __always_inline void handshake_attach(struct evidence *ev)
{
	struct handshake_note *note = handshake_note();

	if (!note || !knob_sees_requests)
		return;
	ev->flags |= EV_SEES_REQUESTS;
	if (note->reset.sk != ev->sk || note->reset.seq != ev->segment.seq || note->reset.ack != ev->segment.ack)
		return;
	handshake_detail(&ev->detail, (struct sock *)ev->sk, 0, note->reset.event);
	ev->flags |= EV_DETAIL;
	if (note->reset.event == EVENT_MISMATCH) {
		ev->sock.snd_una = note->reset.snt_isn;
		ev->sock.snd_nxt = note->reset.snt_isn + 1;
	}
	note->reset.sk = 0;
}

#endif
