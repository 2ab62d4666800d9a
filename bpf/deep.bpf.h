/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the programs of --deep share: the segment in an skb wherever that is on its way, what this CPU is receiving,
 * and the sockets behind listeners and minisocks.
 */
#ifndef RSTTRACE_DEEP_BPF_H
#define RSTTRACE_DEEP_BPF_H

#include "conn.bpf.h"
#include "filter.bpf.h"

#define FRAGMENT_OFFSET 0x1fff
#define MINISOCK_NS (60 * 1000000000ULL) /* TCP_TIMEWAIT_LEN: the longest that a minisock lives */

/* What has a hook of its own in this session: resets without a socket, REJECT, resets that a connection ignores, the
 * ends of handshakes. */
const volatile bool knob_deep_sees_no_socket = false;
const volatile bool knob_deep_sees_rejects = false;
const volatile bool knob_deep_sees_ignored = false;
const volatile bool knob_deep_sees_handshakes = false;
/* Addresses of reqsk_timer_handler() and tw_timer_handler(); 0: timers are not watched. */
const volatile __u64 knob_deep_request_timer = 0;
const volatile __u64 knob_deep_timewait_timer = 0;

/* What a hook leaves on this CPU for the next one. The trap: an skb stays noted when it is gone, and lists of skbs
 * are all noted before the first is delivered. So what is read from it counts only where its addresses fit. */
struct deep_note {
	__u64 received; /* skb that came up last */
	__u64 answered; /* ... and that tcp_send_reset told of */
	__u64 expiring; /* timer of a request, running */
	__u64 listener; /* of that request */
	struct ev_tuple request;
	struct ev_detail detail;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct deep_note);
} deep_notes SEC(".maps");

static __always_inline struct deep_note *deep_note_here(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&deep_notes, &zero);
}

struct wire {
	struct ev_segment segment;
	struct ev_tuple tuple; /* .local is the destination; .netns is not set */
};

/* A listener's socket, and how many segments it had dropped when one was told last. */
struct listener_sock {
	__u64 sk;
	__u32 drops;
	__u32 pad;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 8192);
	__type(key, struct listener_key);
	__type(value, struct listener_sock);
} listener_socks SEC(".maps");

static __always_inline void wire_tcp(struct wire *wire, const struct rst_tcp *tcp, __u32 length)
{
	__u32 header = (tcp->doff >> 4) * 4;

	wire->tuple.local_port = bpf_ntohs(tcp->dest);
	wire->tuple.peer_port = bpf_ntohs(tcp->source);
	wire->segment.seq = bpf_ntohl(tcp->seq);
	wire->segment.ack = bpf_ntohl(tcp->ack_seq);
	wire->segment.window = bpf_ntohs(tcp->window);
	wire->segment.flags = tcp->flags & SEGMENT_FLAGS;
	wire->segment.payload = length > header ? length - header : 0;
}

/* The TCP segment in an skb, found by its IP header alone: the transport header is not set on every way. False: not
 * TCP over IP, or not its first fragment. IPv6 extension headers are not followed. */
static __always_inline bool wire_read(struct wire *wire, struct sk_buff *skb)
{
	unsigned char *at = BPF_CORE_READ(skb, head);
	__u16 protocol = BPF_CORE_READ(skb, protocol);
	struct rst_tcp tcp = {};

	at += BPF_CORE_READ(skb, network_header);
	if (protocol == bpf_htons(ETH_P_IP)) {
		struct rst_ipv4 ip = {};
		__u32 header;

		bpf_probe_read_kernel(&ip, sizeof(ip), at);
		if (ip.protocol != IPPROTO_TCP || ip.frag_off & bpf_htons(FRAGMENT_OFFSET))
			return false;
		header = (ip.version_ihl & 15) * 4;
		bpf_probe_read_kernel(&tcp, sizeof(tcp), at + header);
		mapped_address(wire->tuple.local, ip.daddr);
		mapped_address(wire->tuple.peer, ip.saddr);
		wire->tuple.family = AF_INET;
		wire->segment.ttl = ip.ttl;
		wire->segment.ip_id = bpf_ntohs(ip.id);
		wire_tcp(wire, &tcp, bpf_ntohs(ip.tot_len) - header);
		return true;
	}
	if (protocol == bpf_htons(ETH_P_IPV6)) {
		struct rst_ipv6 ip = {};

		bpf_probe_read_kernel(&ip, sizeof(ip), at);
		if (ip.nexthdr != IPPROTO_TCP)
			return false;
		bpf_probe_read_kernel(&tcp, sizeof(tcp), at + sizeof(ip));
		__builtin_memcpy(wire->tuple.local, ip.daddr, 16);
		__builtin_memcpy(wire->tuple.peer, ip.saddr, 16);
		wire->tuple.family = AF_INET6;
		wire->segment.ttl = ip.hop_limit;
		wire_tcp(wire, &tcp, bpf_ntohs(ip.payload_len));
		return true;
	}
	return false;
}

/* As this host sees a segment that leaves it. */
static __always_inline void tuple_turn(struct ev_tuple *tuple)
{
	__u8 address[16];
	__u16 port = tuple->local_port;

	__builtin_memcpy(address, tuple->local, 16);
	__builtin_memcpy(tuple->local, tuple->peer, 16);
	__builtin_memcpy(tuple->peer, address, 16);
	tuple->local_port = tuple->peer_port;
	tuple->peer_port = port;
}

/* TCP takes .dev away before it looks at a segment; its route stays. */
static __always_inline __u32 skb_netns(struct sk_buff *skb)
{
	struct net_device *device = BPF_CORE_READ(skb, dev);
	struct dst_entry *route;

	if (!device) {
		route = (struct dst_entry *)(BPF_CORE_READ(skb, _skb_refdst) & ~1UL);
		if (!route)
			return 0;
		device = BPF_CORE_READ(route, dev);
	}
	return compat_netns(BPF_CORE_READ(device, nd_net.net));
}

static __always_inline bool is_same_connection(const struct ev_tuple *a, const struct ev_tuple *b)
{
	const __u32 *left = (const __u32 *)a->local, *right = (const __u32 *)b->local;

	for (__u32 i = 0; i < 8; i++) {
		if (left[i] != right[i])
			return false;
	}
	return a->local_port == b->local_port && a->peer_port == b->peer_port;
}

/* The segment that this CPU is receiving, if it belongs to that connection. */
static __always_inline bool deep_received(const struct ev_tuple *tuple, struct wire *wire)
{
	struct deep_note *note = deep_note_here();

	return note && note->received && wire_read(wire, (struct sk_buff *)note->received) &&
	       is_same_connection(&wire->tuple, tuple);
}

/* The minisock of a connection: its memory. The family is the socket's, which for IPv4 may be IPv6's. */
static __always_inline struct ev_conn *former_find(const struct ev_tuple *tuple)
{
	struct ev_tuple key = *tuple;
	struct ev_conn *former = bpf_map_lookup_elem(&formers, &key);

	if (!former && key.family == AF_INET) {
		key.family = AF_INET6;
		former = bpf_map_lookup_elem(&formers, &key);
	}
	if (former && !knob_deep_timewait_timer && bpf_ktime_get_boot_ns() - former->state_ns > MINISOCK_NS)
		return 0;
	return former;
}

static __always_inline struct listener_sock *listener_sock_find(const struct ev_tuple *tuple)
{
	struct listener_key key = { .netns = tuple->netns, .port = tuple->local_port };
	struct listener_sock *found;
	struct sock *sk;

	__builtin_memcpy(key.address, tuple->local, sizeof(key.address));
	found = bpf_map_lookup_elem(&listener_socks, &key);
	if (!found) {
		__builtin_memset(key.address + 12, 0, 4);
		found = bpf_map_lookup_elem(&listener_socks, &key);
	}
	if (!found) {
		__builtin_memset(key.address, 0, sizeof(key.address));
		found = bpf_map_lookup_elem(&listener_socks, &key);
	}
	if (!found)
		return 0;
	sk = (struct sock *)found->sk;
	return BPF_CORE_READ(sk, __sk_common.skc_state) == TCP_LISTEN ? found : 0;
}

static __always_inline void listener_sock_store(struct sock *sk)
{
	struct listener_sock value = { .sk = (__u64)sk };
	struct listener_key key = {};
	struct ev_tuple tuple = {};

	snapshot_tuple(&tuple, sk, TCP_LISTEN);
	__builtin_memcpy(key.address, tuple.local, sizeof(key.address));
	key.netns = tuple.netns;
	key.port = tuple.local_port;
	value.drops = BPF_CORE_READ(sk, sk_drops.counter);
	bpf_map_update_elem(&listener_socks, &key, &value, BPF_ANY);
}

/* The queues and settings of a listener. */
static __always_inline void deep_listener(struct ev_detail *detail, struct sock *listener)
{
	struct inet_connection_sock *icsk = (struct inet_connection_sock *)listener;
	struct net *net = BPF_CORE_READ(listener, __sk_common.skc_net.net);
	__u8 syncnt = BPF_CORE_READ(icsk, icsk_syn_retries);

	detail->queue_length = BPF_CORE_READ(icsk, icsk_accept_queue.qlen.counter);
	detail->defer_accept = BPF_CORE_READ(icsk, icsk_accept_queue.rskq_defer_accept);
	detail->drops = BPF_CORE_READ(listener, sk_drops.counter);
	detail->max_syn_backlog = READ_NUMBER(net, ipv4.sysctl_max_syn_backlog);
	detail->syncookies = READ_NUMBER(net, ipv4.sysctl_tcp_syncookies);
	detail->max_timeouts = syncnt ? syncnt : READ_NUMBER(net, ipv4.sysctl_tcp_synack_retries);
}

/* Which hooks this session has besides: join must not tell the same twice. */
static __always_inline __u32 deep_flags(void)
{
	return (knob_deep_sees_no_socket ? EV_SEES_NO_SOCKET : 0) |
	       (knob_deep_sees_rejects ? EV_SEES_REJECTS : 0) | (knob_deep_sees_ignored ? EV_SEES_IGNORED : 0);
}

#endif
