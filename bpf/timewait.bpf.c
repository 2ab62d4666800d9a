/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Minisocks: what becomes of a reset or a SYN that meets one, when one ends in its time, and when there is none to be
 * had.
 *
 * tcp_timewait_state_process() returns the same when a reset ends the minisock and when it does not: only in the first
 * case it calls inet_twsk_deschedule_put(). For a SYN tcp_v4_rcv() does so afterwards, once it has found a listener.
 */
#include "conn.bpf.h"
#include "filter.bpf.h"
#include "function.bpf.h"

/* Between the return from tcp_timewait_state_process() and the call for a SYN, on the same CPU, in the same softirq. */
#define RECYCLE_NS 1000000

/* The reset or SYN that this CPU is at. */
struct timewait_note {
	__u64 tw; /* 0 = none */
	__u64 time_ns;
	struct ev_tuple tuple;
	struct ev_segment segment;
	__u32 rcv_nxt;
	__u8 substate;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct timewait_note);
} timewaits SEC(".maps");

static __always_inline struct timewait_note *timewait_here(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&timewaits, &zero);
}

/* Ends the note, whoever wants to hear of it. */
static __always_inline void timewait_emit(struct timewait_note *note, __u8 event)
{
	struct sock *sk = (struct sock *)note->tw;
	struct ev_tuple tuple = note->tuple;
	struct evidence *ev;

	note->tw = 0;
	if (!filter_wants(&tuple))
		return;
	ev = emit_reserve(sizeof(struct evidence), HOOK_TIMEWAIT);
	if (!ev)
		return;
	ev->sk = (__u64)sk;
	ev->tuple = tuple;
	ev->segment = note->segment;
	ev->sock.state = note->substate;
	ev->sock.rcv_nxt = note->rcv_nxt;
	ev->detail.event = event;
	ev->flags = EV_SEGMENT | EV_TIMEWAIT | EV_DETAIL;
	former_attach(ev, sk, &tuple);
	emit_submit(ev, HOOK_TIMEWAIT);
}

static __always_inline void timewait_enter(__u64 tw, __u64 skb, __u64 header)
{
	struct timewait_note *note = timewait_here();
	struct inet_timewait_sock *minisock = (void *)tw;
	__u8 flags = 0;

	if (!note)
		return;
	note->tw = 0;
	bpf_probe_read_kernel(&flags, sizeof(flags), (void *)(header + __builtin_offsetof(struct rst_tcp, flags)));
	if (!(flags & SEG_RST || (knob_tells_ordinary && flags & SEG_SYN)))
		return;
	if (!snapshot_segment(&note->segment, &note->tuple, (struct sk_buff *)skb))
		return;
	note->tuple.netns = compat_netns(BPF_CORE_READ(minisock, __tw_common.skc_net.net));
	note->rcv_nxt = READ_NUMBER(minisock, __tw_common.skc_tw_rcv_nxt);
	note->substate = BPF_CORE_READ(minisock, tw_substate);
	note->time_ns = bpf_ktime_get_boot_ns();
	note->tw = tw;
}

/* A SYN may end it yet; a SYN that FIN_WAIT2 answers with a reset ends it too, but for nobody. */
static __always_inline void timewait_exit(__u64 unused)
{
	struct timewait_note *note = timewait_here();

	if (note && note->tw && note->segment.flags & SEG_RST)
		timewait_emit(note, EVENT_KEPT);
}

static __always_inline void timewait_deschedule(__u64 tw)
{
	struct timewait_note *note = timewait_here();

	if (!note || note->tw != tw)
		return;
	if (note->segment.flags & SEG_RST)
		timewait_emit(note, EVENT_GONE);
	else if (note->substate == TCP_TIME_WAIT && bpf_ktime_get_boot_ns() - note->time_ns < RECYCLE_NS)
		timewait_emit(note, EVENT_RECYCLED);
}

FUNCTION_ENTER(tcp_timewait_state_process, timewait_enter, 3)
FUNCTION_EXIT(tcp_timewait_state_process, timewait_exit)
FUNCTION_ENTER(inet_twsk_deschedule_put, timewait_deschedule, 1)

/* The end of TIME_WAIT is every connection's; in FIN_WAIT2 it says that the peer's FIN never came. */
static __always_inline void timewait_expire(__u64 timer)
{
	struct inet_timewait_sock *tw =
		(void *)(timer - bpf_core_field_offset(struct inet_timewait_sock, tw_timer));
	struct ev_tuple tuple = {};
	struct evidence *ev;

	if (BPF_CORE_READ(tw, tw_substate) != TCP_FIN_WAIT2)
		return;
	snapshot_tuple(&tuple, (struct sock *)tw, TCP_TIME_WAIT);
	if (!filter_wants(&tuple))
		return;
	ev = emit_reserve(sizeof(struct evidence), HOOK_TIMEWAIT_TIMER);
	if (!ev)
		return;
	ev->sk = (__u64)tw;
	ev->tuple = tuple;
	ev->sock.state = TCP_FIN_WAIT2;
	ev->detail.event = EVENT_GONE;
	ev->flags = EV_TIMEWAIT | EV_DETAIL;
	former_attach(ev, (struct sock *)tw, &tuple);
	emit_submit(ev, HOOK_TIMEWAIT_TIMER);
}

FUNCTION_ENTER(tw_timer_handler, timewait_expire, 1)

/* tcp_time_wait() found no minisock for this socket, and closes it without one. */
static __always_inline void timewait_refused(struct sock *sk)
{
	__u8 state = BPF_CORE_READ(sk, __sk_common.skc_state);
	struct ev_conn *conn = conn_find(sk);
	struct ev_tuple tuple = {};
	struct evidence *ev;

	if (!snapshot_is_tcp(sk))
		return;
	if (conn)
		conn->is_doomed = true;
	snapshot_tuple(&tuple, sk, state);
	if (!filter_wants(&tuple))
		return;
	ev = emit_reserve(sizeof(struct evidence), HOOK_TIMEWAIT_ALLOC);
	if (!ev)
		return;
	ev->sk = (__u64)sk;
	ev->tuple = tuple;
	snapshot_sock(ev, sk, state);
	conn_attach(ev, sk);
	emit_submit(ev, HOOK_TIMEWAIT_ALLOC);
}

const volatile __u8 knob_arguments_inet_twsk_alloc = 0;

SEC("fexit/inet_twsk_alloc")
int rst_fexit_inet_twsk_alloc(__u64 *ctx)
{
	if (knob_arguments_inet_twsk_alloc && !fexit_result(ctx, knob_arguments_inet_twsk_alloc))
		timewait_refused((struct sock *)ctx[0]);
	return 0;
}

SEC("kprobe/inet_twsk_alloc")
int rst_kprobe_inet_twsk_alloc(struct pt_regs *ctx)
{
	struct percpu_note *note = note_here();

	if (note)
		note->closing_sk = PT_REGS_PARM1(ctx);
	return 0;
}

SEC("kretprobe/inet_twsk_alloc")
int rst_kretprobe_inet_twsk_alloc(struct pt_regs *ctx)
{
	struct percpu_note *note = note_here();

	if (note && note->closing_sk && !PT_REGS_RC(ctx))
		timewait_refused((struct sock *)note->closing_sk);
	return 0;
}
