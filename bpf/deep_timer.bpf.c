/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * --deep without function hooks: how handshakes and minisocks end, by their timers. Each has one from birth to death;
 * when it expires and is not armed again, or is taken away, that was the end. What took it away stands in the stack,
 * or on the wire. These tracepoints run for every timer of the host, and look at its function first.
 */
#include "deep.bpf.h"

#define OWN_BYTES(type, member) bpf_core_field_offset(type, member)

/* Both kinds share sock_common with sockets. */
static __always_inline void *timer_owner(__u64 timer, __u64 offset)
{
	return (void *)(timer - offset);
}

static __always_inline struct request_sock *timer_request(__u64 timer)
{
	return timer_owner(timer, OWN_BYTES(struct request_sock, rsk_timer));
}

static __always_inline struct inet_timewait_sock *timer_minisock(__u64 timer)
{
	return timer_owner(timer, OWN_BYTES(struct inet_timewait_sock, tw_timer));
}

static __always_inline void request_detail(struct ev_detail *detail, struct request_sock *request,
					   struct sock *listener)
{
	struct inet_request_sock *inet = (struct inet_request_sock *)request;

	__builtin_memset(detail, 0, sizeof(*detail));
	deep_listener(detail, listener);
	detail->event = EVENT_GONE;
	detail->timeouts = BPF_CORE_READ_BITFIELD_PROBED(request, num_timeout);
	detail->is_acked = BPF_CORE_READ_BITFIELD_PROBED(inet, acked);
}

static __always_inline void emit_request(void *ctx, __u8 hook, const struct ev_tuple *tuple,
					 const struct ev_detail *detail, struct sock *listener,
					 const struct ev_segment *segment)
{
	struct evidence *ev;

	if (!filter_wants(tuple))
		return;
	ev = emit_reserve(sizeof(struct evidence_stacked), hook);
	if (!ev)
		return;
	ev->tuple = *tuple;
	ev->detail = *detail;
	ev->flags = EV_REQUEST | EV_DETAIL | EV_SEES_REQUESTS;
	if (segment) {
		ev->segment = *segment;
		ev->flags |= EV_SEGMENT;
	}
	ev->sk = (__u64)listener;
	snapshot_sock(ev, listener, BPF_CORE_READ(listener, __sk_common.skc_state));
	conn_attach(ev, listener);
	emit_stack(ctx, ev);
	emit_submit(ev, hook);
}

static __always_inline void emit_timewait(void *ctx, __u8 hook, struct inet_timewait_sock *minisock,
					  const struct ev_tuple *tuple, const struct ev_segment *segment)
{
	struct ev_conn *former;
	struct evidence *ev;

	if (!filter_wants(tuple))
		return;
	ev = emit_reserve(sizeof(struct evidence_stacked), hook);
	if (!ev)
		return;
	ev->tuple = *tuple;
	ev->flags = EV_TIMEWAIT | EV_DETAIL;
	ev->detail.event = EVENT_GONE;
	ev->sk = (__u64)minisock;
	ev->sock.state = READ_NUMBER(minisock, tw_substate);
	if (segment) {
		ev->segment = *segment;
		ev->flags |= EV_SEGMENT;
	}
	former = former_find(tuple);
	if (former) {
		ev->conn = *former;
		ev->flags |= EV_CONN | EV_FORMER;
	}
	emit_stack(ctx, ev);
	emit_submit(ev, hook);
}

static __always_inline void former_forget(const struct ev_tuple *tuple)
{
	bpf_map_delete_elem(&formers, tuple);
}

static __always_inline void wire_family(struct ev_tuple *tuple)
{
	const __u8 any4[12] = { [10] = 0xff, [11] = 0xff };

	for (__u32 i = 0; i < sizeof(any4); i++) {
		if (tuple->peer[i] != any4[i])
			return;
	}
	tuple->family = AF_INET;
}

/* tcp_check_req() looks at a request before its timer does: what it says now is gone when the handler returns. */
static __always_inline void request_expires(__u64 timer)
{
	struct request_sock *request = timer_request(timer);
	struct deep_note *note = deep_note_here();
	struct sock *listener = BPF_CORE_READ(request, __req_common.skc_listener);

	if (!note || !listener)
		return;
	note->expiring = timer;
	note->listener = (__u64)listener;
	__builtin_memset(&note->request, 0, sizeof(note->request));
	snapshot_tuple(&note->request, (struct sock *)request, TCP_NEW_SYN_RECV);
	wire_family(&note->request);
	request_detail(&note->detail, request, listener);
}

static __always_inline void minisock_expires(void *ctx, __u64 timer)
{
	struct inet_timewait_sock *minisock = timer_minisock(timer);
	struct ev_tuple tuple = {}, key;

	snapshot_tuple(&tuple, (struct sock *)minisock, TCP_TIME_WAIT);
	key = tuple;
	wire_family(&tuple);
	if (READ_NUMBER(minisock, tw_substate) == TCP_FIN_WAIT2)
		emit_timewait(ctx, HOOK_TIMER_EXPIRE, minisock, &tuple, 0);
	former_forget(&key);
}

SEC("raw_tp/timer_expire_entry")
int rst_timer_expire_entry(struct bpf_raw_tracepoint_args *ctx)
{
	struct timer_list *timer = (struct timer_list *)ctx->args[0];
	__u64 function = (__u64)BPF_CORE_READ(timer, function);

	if (function == knob_deep_request_timer)
		request_expires((__u64)timer);
	else if (function == knob_deep_timewait_timer)
		minisock_expires(ctx, (__u64)timer);
	return 0;
}

/* A handshake whose SYN-ACK was only repeated has its timer armed again by now. */
SEC("raw_tp/timer_expire_exit")
int rst_timer_expire_exit(struct bpf_raw_tracepoint_args *ctx)
{
	struct timer_list *timer = (struct timer_list *)ctx->args[0];
	struct deep_note *note = deep_note_here();

	if (!note || !note->expiring || note->expiring != (__u64)timer)
		return 0;
	note->expiring = 0;
	if (!BPF_CORE_READ(timer, entry.pprev))
		emit_request(ctx, HOOK_TIMER_EXPIRE, &note->request, &note->detail, (struct sock *)note->listener, 0);
	return 0;
}

static __always_inline bool is_due(__u64 timer)
{
	unsigned long expires = BPF_CORE_READ((struct timer_list *)timer, expires);

	return (__s32)((__u32)bpf_jiffies64() - (__u32)expires) >= 0;
}

/* Most handshakes end with the ACK that finishes them. */
static __always_inline void request_cancelled(void *ctx, __u64 timer)
{
	struct request_sock *request = timer_request(timer);
	struct sock *listener = BPF_CORE_READ(request, __req_common.skc_listener);
	struct ev_tuple tuple = {};
	struct ev_detail detail;
	struct wire wire = {};
	bool is_known;

	if (!listener)
		return;
	snapshot_tuple(&tuple, (struct sock *)request, TCP_NEW_SYN_RECV);
	wire_family(&tuple);
	is_known = deep_received(&tuple, &wire);
	if (is_known ? !(wire.segment.flags & (SEG_RST | SEG_SYN)) &&
			       BPF_CORE_READ(listener, __sk_common.skc_state) == TCP_LISTEN :
		       is_due(timer))
		return;
	request_detail(&detail, request, listener);
	emit_request(ctx, HOOK_TIMER_CANCEL, &tuple, &detail, listener, is_known ? &wire.segment : 0);
}

/* A minisock's timer is armed anew by what it receives, and taken away when its time has come. */
static __always_inline void minisock_cancelled(void *ctx, __u64 timer)
{
	struct inet_timewait_sock *minisock = timer_minisock(timer);
	struct ev_tuple tuple = {}, key;
	struct wire wire = {};
	bool is_known;

	snapshot_tuple(&tuple, (struct sock *)minisock, TCP_TIME_WAIT);
	key = tuple;
	wire_family(&tuple);
	is_known = deep_received(&tuple, &wire);
	if (is_known ? !(wire.segment.flags & (SEG_RST | SEG_SYN)) : is_due(timer))
		return;
	emit_timewait(ctx, HOOK_TIMER_CANCEL, minisock, &tuple, is_known ? &wire.segment : 0);
	if (is_known && wire.segment.flags & SEG_RST)
		former_forget(&key);
}

SEC("raw_tp/timer_cancel")
int rst_timer_cancel(struct bpf_raw_tracepoint_args *ctx)
{
	struct timer_list *timer = (struct timer_list *)ctx->args[0];
	__u64 function = (__u64)BPF_CORE_READ(timer, function);

	if (function == knob_deep_request_timer)
		request_cancelled(ctx, (__u64)timer);
	else if (function == knob_deep_timewait_timer)
		minisock_cancelled(ctx, (__u64)timer);
	return 0;
}
