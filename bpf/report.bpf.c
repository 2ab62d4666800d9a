/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Errors that a socket reports to its application: ICMP errors while it connects, where type and code can be had; and
 * errors that the connection survives. A dying one reports too, on some kernels before it is closed: user space tells
 * by the stack.
 */
#include "icmp.bpf.h"
#include "filter.bpf.h"

#define SO_EE_ORIGIN_ICMP 2
#define SO_EE_ORIGIN_ICMP6 3

static __always_inline void report_sender(struct icmp_error *error, struct sk_buff *skb)
{
	unsigned char *network = BPF_CORE_READ(skb, head) + BPF_CORE_READ(skb, network_header);
	struct rst_ipv6 ip = {};

	bpf_probe_read_kernel(&ip, sizeof(ip), network);
	if (error->origin == SO_EE_ORIGIN_ICMP)
		mapped_address(error->sender, ((struct rst_ipv4 *)&ip)->saddr);
	else
		__builtin_memcpy(error->sender, ip.saddr, sizeof(error->sender));
}

/* An ICMP error is queued on the socket before anything else happens to it: ip_icmp_error() and ipv6_icmp_error()
 * put it last on sk_error_queue, and report. */
static __always_inline void report_icmp(struct sock *sk, const struct ev_tuple *tuple)
{
	struct sk_buff *last = BPF_CORE_READ(sk, sk_error_queue.prev);
	struct icmp_error error = {};
	struct sock_exterr_skb *report;
	struct ev_conn *conn;
	struct ev_tuple key;

	if (!last || (void *)last == (void *)((char *)sk + bpf_core_field_offset(struct sock, sk_error_queue)))
		return;
	report = (void *)((char *)last + bpf_core_field_offset(struct sk_buff, cb));
	error.origin = BPF_CORE_READ(report, ee.ee_origin);
	if (error.origin != SO_EE_ORIGIN_ICMP && error.origin != SO_EE_ORIGIN_ICMP6)
		return;
	conn = conn_find_or_make(sk);
	if (!conn)
		return;
	error.time_ns = bpf_ktime_get_boot_ns();
	error.type = BPF_CORE_READ(report, ee.ee_type);
	error.code = BPF_CORE_READ(report, ee.ee_code);
	error.error = BPF_CORE_READ(report, ee.ee_errno);
	error.seq = BPF_CORE_READ((struct tcp_sock *)sk, snd_una);
	conn->icmp_ns = error.time_ns;
	conn->icmp_origin = error.origin;
	conn->icmp_type = error.type;
	conn->icmp_code = error.code;
	conn->icmp_errno = error.error;
	report_sender(&error, last);
	icmp_key(&key, tuple);
	bpf_map_update_elem(&icmp_errors, &key, &error, BPF_ANY);
	icmp_told();
}

/* Of an orphan nobody hears. */
static __always_inline bool report_may_survive(struct sock *sk, __u8 state)
{
	struct ev_conn *conn = conn_find(sk);
	__u64 flags = BPF_CORE_READ(sk, __sk_common.skc_flags);

	if (state == TCP_CLOSE || state == TCP_SYN_SENT || state == TCP_SYN_RECV || state == TCP_LISTEN)
		return false;
	return !(flags >> SOCK_DEAD_BIT & 1) && BPF_CORE_READ(sk, sk_err) && !(conn && conn->is_doomed);
}

static __always_inline void error_reported(void *ctx, struct sock *sk)
{
	__u8 state = BPF_CORE_READ(sk, __sk_common.skc_state);
	struct ev_tuple tuple = {};
	struct evidence *ev;

	if (!snapshot_is_tcp(sk))
		return;
	snapshot_tuple(&tuple, sk, state);
	report_icmp(sk, &tuple);
	if (!report_may_survive(sk, state) || !filter_wants(&tuple))
		return;
	icmp_told();
	ev = emit_reserve(sizeof(struct evidence_stacked), HOOK_ERROR_REPORT);
	if (!ev)
		return;
	ev->sk = (__u64)sk;
	ev->tuple = tuple;
	snapshot_task(&ev->task);
	snapshot_sock(ev, sk, state);
	conn_attach(ev, sk);
	icmp_recall(ev);
	emit_stack(ctx, ev);
	emit_submit(ev, HOOK_ERROR_REPORT);
}

SEC("raw_tp/inet_sk_error_report")
int rst_error_report(struct bpf_raw_tracepoint_args *ctx)
{
	error_reported(ctx, (struct sock *)ctx->args[0]);
	return 0;
}

/* Before v5.14 there is no such tracepoint, e3ae2365efc1 ("net: sock: introduce sk_error_report"): this is the function
 * that it stands for on a socket without an upper protocol. */
SEC("fentry/sock_def_error_report")
int rst_fentry_sock_def_error_report(__u64 *ctx)
{
	error_reported(ctx, (struct sock *)ctx[0]);
	return 0;
}

SEC("kprobe/sock_def_error_report")
int rst_kprobe_sock_def_error_report(struct pt_regs *ctx)
{
	error_reported(ctx, (struct sock *)PT_REGS_PARM1(ctx));
	return 0;
}
