/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Copies what a hook can see into a record: addresses, segment, task, socket.
 *
 * The trap: not every `sk` is a full socket. A TIME_WAIT minisock and a request share only sock_common with it, and
 * MPTCP's own sockets are no tcp_sock. Ask snapshot_is_full() first, and read nothing else of the others.
 */
#ifndef RSTTRACE_SNAPSHOT_BPF_H
#define RSTTRACE_SNAPSHOT_BPF_H

#include "compat.h"
#include "evidence.h"
#include "maps.bpf.h"

#include <bpf/bpf_endian.h>

#define PF_EXITING 0x00000004
#define PF_KTHREAD 0x00200000
#define SOCK_DEAD_BIT 0
#define SOCK_DONE_BIT 1 /* the peer's FIN has come */
#define SOCK_LINGER_BIT 4
#define SOCK_KEEPOPEN_BIT 3
#define SEGMENT_FLAGS 0x1f
#define NEVER_MS (~0u)
#define TCP_CHRONO_RWND_LIMITED 2

static __always_inline bool snapshot_is_full(__u8 state)
{
	return state != TCP_TIME_WAIT && state != TCP_NEW_SYN_RECV;
}

static __always_inline bool snapshot_is_tcp(struct sock *sk)
{
	return READ_NUMBER(sk, sk_protocol) == IPPROTO_TCP;
}

static __always_inline void mapped_address(__u8 address[16], const void *four)
{
	__builtin_memset(address, 0, 10);
	address[10] = 0xff;
	address[11] = 0xff;
	__builtin_memcpy(address + 12, four, 4);
}

static __always_inline bool is_mapped(const __u8 address[16])
{
	for (__u32 i = 0; i < 10; i++) {
		if (address[i])
			return false;
	}
	return address[10] == 0xff && address[11] == 0xff;
}

/* Addresses, ports and namespace of any kind of socket. inet_sport outlives skc_num, which is 0 once the port was
 * put back (before the state changes to CLOSE); minisocks and requests have only skc_num. */
static __always_inline void snapshot_tuple(struct ev_tuple *tuple, struct sock *sk, __u8 state)
{
	struct sock_common *common = &sk->__sk_common;
	__u16 family = BPF_CORE_READ(common, skc_family);

	tuple->family = family;
	tuple->netns = compat_netns(BPF_CORE_READ(common, skc_net.net));
	tuple->peer_port = bpf_ntohs(BPF_CORE_READ(common, skc_dport));
	tuple->local_port = BPF_CORE_READ(common, skc_num);
	if (snapshot_is_full(state) && !tuple->local_port)
		tuple->local_port = bpf_ntohs(BPF_CORE_READ((struct inet_sock *)sk, inet_sport));
	if (family == AF_INET6) {
		BPF_CORE_READ_INTO((struct in6_addr *)tuple->local, common, skc_v6_rcv_saddr);
		BPF_CORE_READ_INTO((struct in6_addr *)tuple->peer, common, skc_v6_daddr);
	} else {
		__be32 local = BPF_CORE_READ(common, skc_rcv_saddr);
		__be32 peer = BPF_CORE_READ(common, skc_daddr);

		mapped_address(tuple->local, &local);
		mapped_address(tuple->peer, &peer);
	}
}

/* The TCP header of an skb that is on its way up, and the IP header before it. False: not TCP over IP. */
static __always_inline bool snapshot_segment(struct ev_segment *segment, struct ev_tuple *tuple, struct sk_buff *skb)
{
	unsigned char *head = BPF_CORE_READ(skb, head);
	__u32 network = BPF_CORE_READ(skb, network_header);
	__u32 transport = BPF_CORE_READ(skb, transport_header);
	struct rst_ipv6 ip = {};
	struct rst_tcp tcp = {};
	__u32 length;

	bpf_probe_read_kernel(&ip, sizeof(ip), head + network);
	/* REJECT builds its resets without options, and leaves the transport header at the network header. */
	if (transport == network)
		transport += ip.version_class[0] >> 4 == 4 ? sizeof(struct rst_ipv4) : sizeof(ip);
	bpf_probe_read_kernel(&tcp, sizeof(tcp), head + transport);
	if (ip.version_class[0] >> 4 == 4) {
		const struct rst_ipv4 *ip4 = (const struct rst_ipv4 *)&ip;

		if (ip4->protocol != IPPROTO_TCP)
			return false;
		mapped_address(tuple->local, ip4->daddr);
		mapped_address(tuple->peer, ip4->saddr);
		tuple->family = AF_INET;
		segment->ttl = ip4->ttl;
		segment->ip_id = bpf_ntohs(ip4->id);
		length = bpf_ntohs(ip4->tot_len);
	} else {
		__builtin_memcpy(tuple->local, ip.daddr, 16);
		__builtin_memcpy(tuple->peer, ip.saddr, 16);
		tuple->family = AF_INET6;
		segment->ttl = ip.hop_limit;
		length = bpf_ntohs(ip.payload_len) + sizeof(ip);
	}
	tuple->local_port = bpf_ntohs(tcp.dest);
	tuple->peer_port = bpf_ntohs(tcp.source);
	segment->seq = bpf_ntohl(tcp.seq);
	segment->ack = bpf_ntohl(tcp.ack_seq);
	segment->window = bpf_ntohs(tcp.window);
	segment->flags = tcp.flags & SEGMENT_FLAGS;
	length -= transport - network + (tcp.doff >> 4) * 4;
	segment->payload = (__s32)length > 0 ? length : 0;
	return true;
}

static __always_inline void snapshot_task(struct ev_task *task)
{
	struct task_struct *current = (struct task_struct *)bpf_get_current_task();
	__u64 id = bpf_get_current_pid_tgid();
	__u32 flags = BPF_CORE_READ(current, flags);

	task->pid = id >> 32;
	task->tid = id;
	task->uid = bpf_get_current_uid_gid();
	task->is_exiting = !!(flags & PF_EXITING);
	task->is_kthread = !!(flags & PF_KTHREAD);
	task->exit_code = 0;
	task->is_oom = 0;
	if (task->is_exiting) {
		task->exit_code = BPF_CORE_READ(current, exit_code);
		task->is_oom = !!BPF_CORE_READ(current, signal, oom_mm);
	}
	task->cgroup_id = bpf_get_current_cgroup_id();
	bpf_get_current_comm(task->comm, sizeof(task->comm));
}

static __always_inline __u32 jiffies_age_ms(__u32 stamp, __u32 jiffies)
{
	if (!stamp)
		return NEVER_MS;
	return (__u64)(jiffies - stamp) * 1000 / knob_hz;
}

/* Socket option where it is set, else the namespace's sysctl: what the kernel's own keepalive_*_when(),
 * tcp_write_timeout() do. */
static __always_inline void snapshot_limits(struct ev_limits *limits, struct sock *sk)
{
	struct inet_connection_sock *icsk = (struct inet_connection_sock *)sk;
	struct tcp_sock *tp = (struct tcp_sock *)sk;
	struct net *net = BPF_CORE_READ(sk, __sk_common.skc_net.net);
	__u32 option;

	limits->user_timeout_ms = BPF_CORE_READ(icsk, icsk_user_timeout);
	limits->retries2 = READ_NUMBER(net, ipv4.sysctl_tcp_retries2);
	limits->orphan_retries = READ_NUMBER(net, ipv4.sysctl_tcp_orphan_retries);
	limits->syn_linear_timeouts = READ_NUMBER(net, ipv4.sysctl_tcp_syn_linear_timeouts);
	limits->fin_timeout_s = READ_NUMBER(net, ipv4.sysctl_tcp_fin_timeout) / knob_hz;
	/* One after the other: what is kept for later takes of the 512 bytes of stack. */
	option = BPF_CORE_READ(icsk, icsk_syn_retries);
	limits->is_syncnt = !!option;
	limits->syn_retries = option ? option : READ_NUMBER(net, ipv4.sysctl_tcp_syn_retries);
	option = BPF_CORE_READ(tp, keepalive_time);
	limits->is_keepalive_option = !!option;
	limits->keepalive_time_s = (option ? option : READ_NUMBER(net, ipv4.sysctl_tcp_keepalive_time)) / knob_hz;
	option = BPF_CORE_READ(tp, keepalive_intvl);
	limits->is_keepalive_option |= !!option << 1;
	limits->keepalive_interval_s = (option ? option : READ_NUMBER(net, ipv4.sysctl_tcp_keepalive_intvl)) / knob_hz;
	option = BPF_CORE_READ(tp, keepalive_probes);
	limits->is_keepalive_option |= !!option << 2;
	limits->keepalive_probes = option ? option : READ_NUMBER(net, ipv4.sysctl_tcp_keepalive_probes);
}

static __always_inline void snapshot_sequence(struct ev_sock *out, struct tcp_sock *tp)
{
	__u32 write_seq = BPF_CORE_READ(tp, write_seq);

	out->rcv_nxt = BPF_CORE_READ(tp, rcv_nxt);
	out->snd_una = BPF_CORE_READ(tp, snd_una);
	out->snd_nxt = BPF_CORE_READ(tp, snd_nxt);
	out->unread = out->rcv_nxt - BPF_CORE_READ(tp, copied_seq);
	out->unsent = write_seq - out->snd_nxt;
	out->unacked = out->snd_nxt - out->snd_una;
	out->snd_wnd = BPF_CORE_READ(tp, snd_wnd);
	out->rcv_wnd = BPF_CORE_READ(tp, rcv_wnd);
	out->mss = BPF_CORE_READ(tp, mss_cache);
	out->packets_out = BPF_CORE_READ(tp, packets_out);
	out->bytes_received = BPF_CORE_READ(tp, bytes_received);
	out->bytes_acked = BPF_CORE_READ(tp, bytes_acked);
	out->linger2 = BPF_CORE_READ(tp, linger2);
}

static __always_inline void snapshot_timing(struct ev_sock *out, struct sock *sk)
{
	struct inet_connection_sock *icsk = (struct inet_connection_sock *)sk;
	struct tcp_sock *tp = (struct tcp_sock *)sk;
	__u32 jiffies = bpf_jiffies64();
	__u32 probe_age = jiffies_age_ms(READ_NUMBER(icsk, icsk_probes_tstamp), jiffies);

	out->retransmits = BPF_CORE_READ(icsk, icsk_retransmits);
	out->probes = BPF_CORE_READ(icsk, icsk_probes_out);
	out->backoff = BPF_CORE_READ(icsk, icsk_backoff);
	out->rto_ms = (__u64)BPF_CORE_READ(icsk, icsk_rto) * 1000 / knob_hz;
	out->total_retrans = BPF_CORE_READ(tp, total_retrans);
	out->srtt_us = BPF_CORE_READ(tp, srtt_us) >> 3;
	out->min_rtt_us = BPF_CORE_READ(tp, rtt_min.s[0].v);
	out->last_sent_ms = jiffies_age_ms(BPF_CORE_READ(tp, lsndtime), jiffies);
	out->last_received_ms = jiffies_age_ms(BPF_CORE_READ(icsk, icsk_ack.lrcvtime), jiffies);
	out->last_ack_ms = jiffies_age_ms(BPF_CORE_READ(tp, rcv_tstamp), jiffies);
	out->retransmit_elapsed_ms = compat_retransmit_elapsed_ms(tp, bpf_ktime_get_ns());
	out->probe_elapsed_ms = probe_age == NEVER_MS ? 0 : probe_age;
}

/* What `ss` calls rwnd_limited: the kernel's clock of data that the peer's window has no room for. */
static __always_inline void snapshot_window(struct evidence *ev, struct tcp_sock *tp)
{
	bool is_waiting = READ_NUMBER(tp, chrono_type) == TCP_CHRONO_RWND_LIMITED;
	__u64 limited = BPF_CORE_READ(tp, chrono_stat[TCP_CHRONO_RWND_LIMITED - 1]), waiting = 0;

	if (is_waiting)
		waiting = (__u32)bpf_jiffies64() - BPF_CORE_READ(tp, chrono_start);
	ev->window.limited_ms = (limited + waiting) * 1000 / knob_hz;
	ev->window.waiting_ms = is_waiting ? waiting * 1000 / knob_hz : NEVER_MS;
	ev->flags |= EV_WINDOW;
}

static __always_inline bool snapshot_is_linger_zero(struct sock *sk)
{
	return BPF_CORE_READ(sk, __sk_common.skc_flags) >> SOCK_LINGER_BIT & 1 && !BPF_CORE_READ(sk, sk_lingertime);
}

static __always_inline void snapshot_ownership(struct ev_sock *out, struct sock *sk)
{
	struct socket *socket = BPF_CORE_READ(sk, sk_socket);
	__u64 flags = BPF_CORE_READ(sk, __sk_common.skc_flags);

	out->err = BPF_CORE_READ(sk, sk_err);
	out->err_soft = BPF_CORE_READ(sk, sk_err_soft);
	out->shutdown = READ_NUMBER(sk, sk_shutdown);
	out->is_dead = flags >> SOCK_DEAD_BIT & 1;
	out->is_linger = flags >> SOCK_LINGER_BIT & 1;
	out->is_keepalive = flags >> SOCK_KEEPOPEN_BIT & 1;
	out->is_linger_zero = snapshot_is_linger_zero(sk);
	out->has_socket = !!socket;
	out->has_file = socket && BPF_CORE_READ(socket, file);
	out->is_owned = !!BPF_CORE_READ(sk, sk_lock.owned);
	/* SYN and FIN take a sequence number each, but are no data. */
	if (flags >> SOCK_DONE_BIT & 1 && out->unread)
		out->unread--;
	if (out->unacked && !out->unsent &&
	    (out->state == TCP_SYN_SENT || out->state == TCP_FIN_WAIT1 || out->state == TCP_CLOSING ||
	     out->state == TCP_LAST_ACK))
		out->unacked--;
}

/* What valve_is_plain_close() and valve_key_close() ask of a socket in CLOSE, and no more. */
static __always_inline void snapshot_close(struct ev_sock *out, struct sock *sk)
{
	struct tcp_sock *tp = (struct tcp_sock *)sk;
	__u64 flags = BPF_CORE_READ(sk, __sk_common.skc_flags);
	struct socket *socket = BPF_CORE_READ(sk, sk_socket);

	out->state = TCP_CLOSE;
	out->shutdown = READ_NUMBER(sk, sk_shutdown);
	out->has_file = socket && BPF_CORE_READ(socket, file);
	out->is_owned = !!BPF_CORE_READ(sk, sk_lock.owned);
	out->is_dead = flags >> SOCK_DEAD_BIT & 1;
	out->is_mptcp = compat_is_mptcp(tp);
	out->mptcp_reset = compat_mptcp_reset(tp);
	out->is_linger_zero = flags >> SOCK_LINGER_BIT & 1 && !BPF_CORE_READ(sk, sk_lingertime);
	out->unread = BPF_CORE_READ(tp, rcv_nxt) - BPF_CORE_READ(tp, copied_seq);
	if (flags >> SOCK_DONE_BIT & 1 && out->unread)
		out->unread--;
}

/* A full TCP socket. */
static __always_inline void snapshot_sock(struct evidence *ev, struct sock *sk, __u8 state)
{
	struct ev_sock *out = &ev->sock;

	ev->flags |= EV_SOCKET;
	out->state = state;
	out->is_mptcp = compat_is_mptcp((struct tcp_sock *)sk);
	out->mptcp_reset = compat_mptcp_reset((struct tcp_sock *)sk);
	if (state == TCP_LISTEN) {
		out->ack_backlog = BPF_CORE_READ(sk, sk_ack_backlog);
		out->max_ack_backlog = BPF_CORE_READ(sk, sk_max_ack_backlog);
	}
	snapshot_sequence(out, (struct tcp_sock *)sk);
	snapshot_ownership(out, sk);
	snapshot_timing(out, sk);
	snapshot_window(ev, (struct tcp_sock *)sk);
	snapshot_limits(&out->limits, sk);
}

#endif
