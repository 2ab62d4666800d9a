/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Requests: half-open connections that a segment, a timer, an ICMP error or the end of their listener kills, and
 * segments that did not fit one. What they become in the end, and SYNs, are in syn.bpf.c.
 */
#include "function.bpf.h"
#include "handshake.bpf.h"

static __always_inline void check_req_enter(__u64 sk, __u64 skb, __u64 req)
{
	struct handshake_note *note = handshake_note();

	if (!note)
		return;
	note->check.sk = sk;
	note->check.skb = skb;
	note->check.req = req;
	note->check.is_told = false;
}

/* The segment goes on to the listener itself, which answers with a reset: that record will say what it was. */
static __always_inline void check_req_mismatch(struct handshake_note *note)
{
	struct tcp_request_sock *req = (struct tcp_request_sock *)note->check.req;
	struct ev_segment segment = {};
	struct ev_tuple ignored = {};

	if (!snapshot_segment(&segment, &ignored, (struct sk_buff *)note->check.skb))
		return;
	note->reset.sk = note->check.sk;
	note->reset.skb = note->check.skb;
	note->reset.seq = segment.seq;
	note->reset.ack = segment.ack;
	note->reset.snt_isn = BPF_CORE_READ(req, snt_isn);
	note->reset.event = EVENT_MISMATCH;
}

/* The bare ACK that TCP_DEFER_ACCEPT waits out: ordinary, one for each connection of such a listener. */
static __always_inline bool is_deferred_ack(struct sock *listener, struct request_sock *req,
					    const struct ev_segment *segment)
{
	__u8 defer = BPF_CORE_READ((struct inet_connection_sock *)listener, icsk_accept_queue.rskq_defer_accept);
	__u32 end = segment->seq + segment->payload + !!(segment->flags & SEG_FIN);

	return READ_NUMBER(req, num_timeout) < defer &&
	       end == BPF_CORE_READ((struct tcp_request_sock *)req, rcv_isn) + 1;
}

/* tcp_check_req() has dropped the segment. A SYN was the first one again, or gets a reset, which is told there; so is
 * the reset of tcp_abort_on_overflow. */
static __always_inline void check_req_dropped(struct handshake_note *note)
{
	struct request_sock *req = (struct request_sock *)note->check.req;
	struct ev_segment segment = {};
	struct ev_tuple ignored = {};

	if (note->check.is_told || !snapshot_segment(&segment, &ignored, (struct sk_buff *)note->check.skb))
		return;
	if (segment.flags & SEG_RST) {
		if (!request_is_armed(req))
			handshake_tell(note->check.sk, note->check.req, note->check.skb, 0, HOOK_CHECK_REQ,
				       EVENT_GONE);
		return;
	}
	if (!(segment.flags & SEG_ACK) || segment.flags & SEG_SYN ||
	    is_deferred_ack((struct sock *)note->check.sk, req, &segment))
		return;
	handshake_tell(note->check.sk, note->check.req, note->check.skb, 0, HOOK_CHECK_REQ, EVENT_KEPT);
}

/* A Fast Open request is checked on its child, which does not listen. */
static __always_inline void check_req_exit(__u64 result)
{
	struct handshake_note *note = handshake_note();

	if (!note || !note->check.req)
		return;
	if ((!result || result == note->check.sk) && handshake_state(note->check.sk) == TCP_LISTEN) {
		if (result)
			check_req_mismatch(note);
		else
			check_req_dropped(note);
	}
	note->check.req = 0;
}

FUNCTION_ENTER(tcp_check_req, check_req_enter, 3)
FUNCTION_EXIT(tcp_check_req, check_req_exit)

/* Kernels without this function let any reset in the window kill the request. */
static __always_inline void challenge_enter(__u64 sk, __u64 skb, __u64 req)
{
	struct handshake_note *note = handshake_note();

	if (note)
		note->check.is_told = true;
	handshake_tell(sk, req, skb, 0, HOOK_CHECK_REQ, EVENT_CHALLENGED);
}

FUNCTION_ENTER(tcp_reqsk_send_challenge_ack, challenge_enter, 3)

/* Afterwards the request may be gone: keep what is told of it. */
static __always_inline void request_keep(struct request_sock *req)
{
	struct handshake_note *note = handshake_note();
	struct sock *listener = BPF_CORE_READ(req, __req_common.skc_listener);

	if (!note || !listener)
		return;
	note->ending.req = (__u64)req;
	note->ending.listener = (__u64)listener;
	note->ending.is_migrated = false;
	__builtin_memset(&note->ending.tuple, 0, sizeof(note->ending.tuple));
	__builtin_memset(&note->ending.detail, 0, sizeof(note->ending.detail));
	snapshot_tuple(&note->ending.tuple, (struct sock *)req, TCP_NEW_SYN_RECV);
	handshake_detail(&note->ending.detail, listener, req, EVENT_GONE);
}

/* Whether the request ended shows by its timer, which is not armed any more. Should its memory be free by now, it still
 * holds what it held: the slabs of requests are SLAB_TYPESAFE_BY_RCU, as those of their sockets. */
static __always_inline void request_tell_ended(__u8 hook)
{
	struct handshake_note *note = handshake_note();
	struct request_sock *req;
	struct evidence *ev;

	if (!note || !note->ending.req)
		return;
	req = (struct request_sock *)note->ending.req;
	note->ending.req = 0;
	if (note->ending.is_migrated || request_is_armed(req) || !filter_wants(&note->ending.tuple))
		return;
	ev = emit_reserve(sizeof(struct evidence), hook);
	if (!ev)
		return;
	ev->sk = (__u64)req;
	ev->flags = EV_DETAIL | EV_REQUEST;
	ev->tuple = note->ending.tuple;
	handshake_listener(ev, (struct sock *)note->ending.listener);
	ev->detail = note->ending.detail;
	emit_submit(ev, hook);
}

static __always_inline void request_timer_enter(__u64 timer)
{
	request_keep((struct request_sock *)(timer - bpf_core_field_offset(struct request_sock, rsk_timer)));
}

static __always_inline void request_timer_exit(void)
{
	request_tell_ended(HOOK_REQUEST_TIMER);
}

FUNCTION_ENTER(reqsk_timer_handler, request_timer_enter, 1)
FUNCTION_EXIT_VOID(reqsk_timer_handler, request_timer_exit)

/* An ICMP error that does not match the handshake, or is not fatal, leaves it alone. */
static __always_inline void req_err_enter(__u64 req)
{
	if (request_is_armed((struct request_sock *)req))
		request_keep((struct request_sock *)req);
}

static __always_inline void req_err_exit(void)
{
	request_tell_ended(HOOK_REQ_ERR);
}

FUNCTION_ENTER(tcp_req_err, req_err_enter, 1)
FUNCTION_EXIT_VOID(tcp_req_err, req_err_exit)

/* A segment for a request whose listener is gone. The function also ends requests of listeners that live, which others
 * tell; and on 5.10 the timer calls it. */
static __always_inline void request_drop_enter(__u64 sk, __u64 req)
{
	struct handshake_note *note = handshake_note();

	if ((note && note->ending.req == req) || handshake_state(sk) == TCP_LISTEN)
		return;
	handshake_tell(sk, req, 0, 0, HOOK_REQUEST_DROP, EVENT_GONE);
}

FUNCTION_ENTER(inet_csk_reqsk_queue_drop_and_put, request_drop_enter, 2)

SEC("raw_tp/tcp_retransmit_synack")
int rst_retransmit_synack(struct bpf_raw_tracepoint_args *ctx)
{
	struct ev_conn *conn = conn_find((struct sock *)ctx->args[0]);
	struct handshake_note *note = handshake_note();

	if (conn)
		conn->synack_retransmits++;
	/* In the timer of a request: another one has taken its place, at another listener of the group (54b92e841937
	 * ("tcp: Migrate TCP_NEW_SYN_RECV requests at retransmitting SYN+ACKs."), v5.14). It does not end. */
	if (note && note->ending.req && note->ending.req != ctx->args[1])
		note->ending.is_migrated = true;
	return 0;
}
