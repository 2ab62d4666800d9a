/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The one file that knows that kernels differ.
 *
 * Each difference is an accessor. Existence is asked of the running kernel's BTF when the program is loaded
 * (bpf_core_*_exists), never of a version number, since distributions backport; the verifier prunes what does not
 * apply. CO-RE moves fields by itself; only changes of type, place or meaning stand here.
 */
#ifndef RSTTRACE_COMPAT_H
#define RSTTRACE_COMPAT_H

#include "vmlinux.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

/* An integer member of any width: sysctls of netns_ipv4 shrank from int to u8 between 5.12 and 5.15, sk_protocol
 * left a bit-field in 5.6. Zero where this kernel has no such member. */
#define READ_NUMBER(object, member)                                                                              \
	({                                                                                                       \
		__u64 number_ = 0;                                                                               \
		if (bpf_core_field_exists((object)->member))                                                     \
			number_ = BPF_CORE_READ_BITFIELD_PROBED(object, member);                                 \
		number_;                                                                                         \
	})

/* The tracepoint tcp_send_reset has a third argument, and fires for resets without a full socket, since the enum
 * exists: 19822a980e19 ("trace: tcp: fully support trace_tcp_send_reset"), v6.10, and the series that followed it. */
static __always_inline bool compat_has_reset_reason(void)
{
	return bpf_core_type_exists(enum sk_rst_reason);
}

/* tcp_reset(sk, skb) since 049fe386d353 ("tcp: parse mptcp options contained in reset packets"), v5.11; before that
 * tcp_reset(sk). User space counts the arguments in BTF and says so here. */
const volatile bool knob_tcp_reset_has_skb = false;

/* retrans_stamp counts microseconds on sockets with tcp_usec_ts, 614e8316aa4c ("tcp: add support for usec resolution
 * in TCP TS values"), v6.7; milliseconds otherwise. Returns milliseconds since it, 0 when nothing was retransmitted. */
static __always_inline __u32 compat_retransmit_elapsed_ms(struct tcp_sock *tp, __u64 monotonic_ns)
{
	__u32 stamp = BPF_CORE_READ(tp, retrans_stamp);

	if (!stamp)
		return 0;
	if (bpf_core_field_exists(tp->tcp_usec_ts) && BPF_CORE_READ_BITFIELD_PROBED(tp, tcp_usec_ts))
		return ((__u32)(monotonic_ns / 1000) - stamp) / 1000;
	return (__u32)(monotonic_ns / 1000000) - stamp;
}

/* A drop reason's number in this kernel, EVIDENCE_NO_REASON where it has none of that name: numbers move with every
 * release, and TCP-AO came with v6.7. */
#define COMPAT_DROP_REASON(name)                                                                                 \
	(bpf_core_enum_value_exists(enum skb_drop_reason, SKB_DROP_REASON_##name) ?                              \
		 (__s32)bpf_core_enum_value(enum skb_drop_reason, SKB_DROP_REASON_##name) :                      \
		 EVIDENCE_NO_REASON)

/* Whether more than one holds the socket's file: processes that inherited it, descriptors, threads in a call on it.
 * f_ref has come for f_count with 90ee6ed776c0 ("fs: port files to file_ref"), v6.13, and counts from zero. */
static __always_inline bool compat_is_shared(struct sock *sk)
{
	struct file *file = BPF_CORE_READ(sk, sk_socket, file);

	if (bpf_core_field_exists(file->f_ref))
		return BPF_CORE_READ(file, f_ref.refcnt.counter) > 0;
	return BPF_CORE_READ(file, f_count.counter) > 1;
}

/* The two timers of a connection. Since v6.19 sk_timer is a union
 * with the retransmission timer: it still exists, and is another one. */
static __always_inline struct timer_list *compat_keepalive_timer(struct sock *sk)
{
	struct inet_connection_sock *icsk = (struct inet_connection_sock *)sk;

	if (bpf_core_field_exists(icsk->icsk_keepalive_timer))
		return (void *)((char *)icsk +
				bpf_core_field_offset(struct inet_connection_sock, icsk_keepalive_timer));
	return (void *)((char *)sk + bpf_core_field_offset(struct sock, sk_timer));
}

static __always_inline struct timer_list *compat_write_timer(struct sock *sk)
{
	struct inet_connection_sock *icsk = (struct inet_connection_sock *)sk;

	if (bpf_core_field_exists(icsk->icsk_retransmit_timer))
		return (void *)((char *)icsk +
				bpf_core_field_offset(struct inet_connection_sock, icsk_retransmit_timer));
	return (void *)((char *)sk + bpf_core_field_offset(struct sock, tcp_retransmit_timer));
}

/* When the write timer really acts, in jiffies: as long as there is icsk_timeout (it went
 * between v6.14 and v6.18) the timer could fire before, only to be armed again. */
static __always_inline unsigned long compat_write_expires(struct sock *sk)
{
	struct inet_connection_sock *icsk = (struct inet_connection_sock *)sk;

	if (bpf_core_field_exists(icsk->icsk_timeout))
		return BPF_CORE_READ(icsk, icsk_timeout);
	return BPF_CORE_READ(compat_write_timer(sk), expires);
}

#define TCP_RTO_MAX_MS 120000 /* a constant where there is no icsk_rto_max */

static __always_inline __u32 compat_rto_max_ms(struct inet_connection_sock *icsk, __u32 hz)
{
	if (bpf_core_field_exists(icsk->icsk_rto_max))
		return (__u64)BPF_CORE_READ(icsk, icsk_rto_max) * 1000 / hz;
	return TCP_RTO_MAX_MS;
}

/* What MPTCP keeps of a subflow; NULL for what is none. CONFIG_MPTCP kernels only. */
static __always_inline struct mptcp_subflow_context *compat_subflow(struct tcp_sock *tp)
{
	if (!bpf_core_field_exists(tp->is_mptcp) || !BPF_CORE_READ_BITFIELD_PROBED(tp, is_mptcp))
		return NULL;
	return BPF_CORE_READ((struct inet_connection_sock *)tp, icsk_ulp_data);
}

/* A subflow whose peer speaks MPTCP too: one that fell back to TCP at connect() stays marked in tcp_sock. */
static __always_inline bool compat_is_mptcp(struct tcp_sock *tp)
{
	struct mptcp_subflow_context *subflow = compat_subflow(tp);

	return subflow && (READ_NUMBER(subflow, mp_capable) || READ_NUMBER(subflow, mp_join));
}

/* A subflow that the kernel added to a connection: whoever runs then is not its owner. */
static __always_inline bool compat_is_joining(struct tcp_sock *tp)
{
	struct mptcp_subflow_context *subflow = compat_subflow(tp);

	return subflow && READ_NUMBER(subflow, request_join);
}

/* Before v6.12 the reset reason of the kernel does not say it. */
static __always_inline __u8 compat_mptcp_reset(struct tcp_sock *tp)
{
	struct mptcp_subflow_context *subflow = compat_subflow(tp);

	return subflow ? READ_NUMBER(subflow, reset_reason) + 1 : 0;
}

struct user_registers {
	__u64 ip, sp, bp;
	bool is_new; /* of a program that execve() has just put there */
};

/*
 * The registers with which the task on the CPU entered the kernel, at the top of its kernel stack:
 * bpf_task_pt_regs() came with dd6e10fbd9fb, v5.15. How large that stack is, and whether room is kept above them
 * (FRED: 65c9cc9e2c14 ("x86/fred: Reserve space for the FRED stack frame"), v6.9), is the build's business; `ip`, which
 * the kernel's own walk gave, tells whether they were found. Zeros where not, and on other machines than x86-64.
 */
static __always_inline void compat_user_registers(struct user_registers *registers, __u64 ip)
{
#ifdef __TARGET_ARCH_x86
	const __u32 stack_bytes = 16384;
	struct task_struct *current = (struct task_struct *)bpf_get_current_task();
	char *top = (char *)BPF_CORE_READ(current, stack) + stack_bytes;
	struct pt_regs regs;

	for (__u32 room = 0; room <= 16; room += 16) {
		if (bpf_probe_read_kernel(&regs, sizeof(regs), top - room - sizeof(regs)) || regs.ip != ip)
			continue;
		registers->ip = regs.ip;
		registers->sp = regs.sp;
		registers->bp = regs.bp;
		registers->is_new = regs.orig_ax == 59 || regs.orig_ax == 322; /* execve, execveat */
		return;
	}
#endif
}

/* The network namespace's inode number. */
static __always_inline __u32 compat_netns(struct net *net)
{
	return net ? BPF_CORE_READ(net, ns.inum) : 0;
}

/* Kernels without CONFIG_NETFILTER have no hooks in a namespace, those without CONFIG_NF_CONNTRACK no verdict in a
 * segment. */
static __always_inline bool compat_has_netfilter(struct net *net)
{
	return bpf_core_field_exists(net->nf);
}

static __always_inline bool compat_has_conntrack(struct sk_buff *skb)
{
	return bpf_core_field_exists(skb->_nfct);
}

/* IPv6 took the verdict away before TCP saw the segment, until b0e214d21203 ("netfilter: keep conntrack reference until
 * IPsecv6 policy checks are done"), v6.4. That left no mark in BTF; what came later and did is proof enough. */
static __always_inline bool compat_keeps_conntrack(bool is_ipv6)
{
	return !is_ipv6 || compat_has_reset_reason();
}

#endif
