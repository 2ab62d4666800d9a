/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Resets that a connection refuses: tcp_validate_incoming() answers one that is in the window but not at its edge with
 * a challenge ACK (RFC 5961 section 3), and drops one that is outside.
 *
 * A challenge ACK answers other segments too, and tcp_send_challenge_ack() does not know which: the entry into
 * tcp_validate_incoming() notes the reset. It is called also when the rate limit lets no challenge ACK out.
 */
#include "conn.bpf.h"
#include "filter.bpf.h"
#include "function.bpf.h"

/* The reset that this CPU is at. A process that works off its backlog can be interrupted or moved in the middle: then
 * one that is ignored at that moment may not be told. */
struct refusal_note {
	__u64 sk; /* 0 = none */
	struct ev_segment segment;
	__u32 is_challenged;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct refusal_note);
} refusals SEC(".maps");

static __always_inline struct refusal_note *refusal_here(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&refusals, &zero);
}

static __always_inline void validate_enter(__u64 sk, __u64 skb, __u64 header)
{
	struct refusal_note *note;
	struct ev_tuple ignored = {};
	__u8 flags = 0;

	bpf_probe_read_kernel(&flags, sizeof(flags), (void *)(header + __builtin_offsetof(struct rst_tcp, flags)));
	if (!(flags & SEG_RST))
		return;
	note = refusal_here();
	if (!note || !snapshot_segment(&note->segment, &ignored, (struct sk_buff *)skb))
		return;
	note->is_challenged = false;
	note->sk = sk;
}

static __always_inline void challenge_ack_enter(__u64 sk)
{
	struct refusal_note *note = refusal_here();

	if (note && note->sk == sk)
		note->is_challenged = true;
}

/* A reset that was accepted has closed the socket. */
static __always_inline void validate_exit(struct refusal_note *note)
{
	struct sock *sk = (struct sock *)note->sk;
	__u8 hook = note->is_challenged ? HOOK_CHALLENGE_ACK : HOOK_VALIDATE_INCOMING;
	__u8 state = BPF_CORE_READ(sk, __sk_common.skc_state);
	struct ev_tuple tuple = {};
	struct evidence *ev;

	note->sk = 0;
	if (state == TCP_CLOSE)
		return;
	snapshot_tuple(&tuple, sk, state);
	if (!filter_wants(&tuple))
		return;
	ev = emit_reserve(sizeof(struct evidence), hook);
	if (!ev)
		return;
	ev->sk = (__u64)sk;
	ev->tuple = tuple;
	ev->segment = note->segment;
	ev->detail.event = note->is_challenged ? EVENT_CHALLENGED : EVENT_KEPT;
	ev->flags = EV_SEGMENT | EV_DETAIL;
	snapshot_sock(ev, sk, state);
	conn_attach(ev, sk);
	emit_submit(ev, hook);
}

FUNCTION_ENTER(tcp_validate_incoming, validate_enter, 3)

SEC("fexit/tcp_validate_incoming")
int rst_fexit_tcp_validate_incoming(__u64 *ctx)
{
	struct refusal_note *note = refusal_here();

	if (note && note->sk && note->sk == ctx[0])
		validate_exit(note);
	return 0;
}

SEC("kretprobe/tcp_validate_incoming")
int rst_kretprobe_tcp_validate_incoming(struct pt_regs *ctx)
{
	struct refusal_note *note = refusal_here();

	if (note && note->sk)
		validate_exit(note);
	return 0;
}

/* Met by name alone: 5.10 has it without its second argument, as tcp_send_challenge_ack.constprop.0. */
SEC("kprobe/tcp_send_challenge_ack")
int rst_kprobe_tcp_send_challenge_ack(struct pt_regs *ctx)
{
	challenge_ack_enter(PT_REGS_PARM1(ctx));
	return 0;
}
