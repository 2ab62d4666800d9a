/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * ICMP errors about TCP segments: tcp_v4_err() and tcp_v6_err(), and what a socket is told of them.
 *
 * They kill only connections that are being opened; conn.bpf.c tells those deaths and asks here what is remembered.
 * An established connection stores the error (sk_err_soft), reports it where the application asked for that
 * (IP_RECVERR), takes a smaller path MTU from it, or ignores it: told from here, because no death follows.
 */
#include "icmp.bpf.h"
#include "filter.bpf.h"
#include "function.bpf.h"

#define SO_EE_ORIGIN_ICMP 2
#define SO_EE_ORIGIN_ICMP6 3
#define ICMP_DEST_UNREACH 3
#define ICMP_FRAG_NEEDED 4
#define ICMP_TIME_EXCEEDED 11
#define ICMP_PARAMETERPROB 12
#define ICMPV6_DEST_UNREACH 1
#define ICMPV6_PKT_TOOBIG 2
#define ICMPV6_TIME_EXCEED 3
#define ICMPV6_PARAMPROB 4

/* icmp_err_convert[] and tab_unreach[], net/ipv4/icmp.c and net/ipv6/icmp.c: the same from 5.10 to 7.2. */
const __u8 unreachable4[16] = { 101, 113, 92, 111, 90, 95, 101, 112, 64, 101, 113, 101, 113, 113, 113, 113 };
const __u8 unreachable6[8] = { 101, 13, 113, 113, 111, 13, 13, 71 };

#define EMSGSIZE 90
#define EHOSTUNREACH 113
#define EPROTO 71

/* 0: no error, or none that TCP heeds (redirect, source quench). */
static __always_inline __s32 icmp_errno(__u8 type, __u8 code)
{
	if (type == ICMP_DEST_UNREACH)
		return code < sizeof(unreachable4) ? unreachable4[code] : 0;
	if (type == ICMP_TIME_EXCEEDED)
		return EHOSTUNREACH;
	return type == ICMP_PARAMETERPROB ? EPROTO : 0;
}

static __always_inline __s32 icmp6_errno(__u8 type, __u8 code)
{
	if (type == ICMPV6_DEST_UNREACH)
		return code < sizeof(unreachable6) ? unreachable6[code] : EPROTO;
	if (type == ICMPV6_PKT_TOOBIG)
		return EMSGSIZE;
	if (type == ICMPV6_TIME_EXCEED)
		return EHOSTUNREACH;
	return type == ICMPV6_PARAMPROB ? EPROTO : 0;
}

static __always_inline bool icmp_is_too_big(const struct icmp_error *error)
{
	if (error->origin == SO_EE_ORIGIN_ICMP6)
		return error->type == ICMPV6_PKT_TOOBIG;
	return error->type == ICMP_DEST_UNREACH && error->code == ICMP_FRAG_NEEDED;
}

static __always_inline void icmp_remember(const struct ev_tuple *tuple, struct icmp_error *error)
{
	struct icmp_note *note = icmp_note_here();
	struct ev_tuple key;

	error->time_ns = bpf_ktime_get_boot_ns();
	icmp_key(&key, tuple);
	bpf_map_update_elem(&icmp_errors, &key, error, BPF_ANY);
	if (!note)
		return;
	note->tuple = *tuple;
	note->is_busy = true;
	note->is_told = false;
}

static __always_inline void icmp_quote(struct ev_tuple *tuple, struct icmp_error *error, struct sk_buff *skb,
				       const void *quoted)
{
	struct rst_tcp tcp = {};

	/* A router need not quote more than the ports and the sequence number (RFC 792). */
	bpf_probe_read_kernel(&tcp, 8, quoted);
	tuple->local_port = bpf_ntohs(tcp.source);
	tuple->peer_port = bpf_ntohs(tcp.dest);
	tuple->netns = compat_netns(BPF_CORE_READ(skb, dev, nd_net.net));
	error->seq = bpf_ntohl(tcp.seq);
	if (error->error)
		icmp_remember(tuple, error);
}

static __always_inline void icmp_enter4(__u64 address)
{
	struct sk_buff *skb = (struct sk_buff *)address;
	unsigned char *head = BPF_CORE_READ(skb, head), *data = BPF_CORE_READ(skb, data);
	struct icmp_error error = { .origin = SO_EE_ORIGIN_ICMP };
	struct ev_tuple tuple = { .family = AF_INET };
	struct rst_ipv4 outer = {}, inner = {};
	__u8 icmp[2] = {};

	bpf_probe_read_kernel(&outer, sizeof(outer), head + BPF_CORE_READ(skb, network_header));
	bpf_probe_read_kernel(icmp, sizeof(icmp), head + BPF_CORE_READ(skb, transport_header));
	bpf_probe_read_kernel(&inner, sizeof(inner), data);
	error.type = icmp[0];
	error.code = icmp[1];
	error.error = icmp_errno(icmp[0], icmp[1]);
	mapped_address(error.sender, outer.saddr);
	mapped_address(tuple.local, inner.saddr);
	mapped_address(tuple.peer, inner.daddr);
	icmp_quote(&tuple, &error, skb, data + (inner.version_ihl & 0xf) * 4);
}

static __always_inline void icmp_enter6(__u64 address, __u64 opt, __u64 type, __u64 code, __u64 offset)
{
	struct sk_buff *skb = (struct sk_buff *)address;
	unsigned char *head = BPF_CORE_READ(skb, head), *data = BPF_CORE_READ(skb, data);
	struct icmp_error error = { .origin = SO_EE_ORIGIN_ICMP6, .type = type, .code = code };
	struct ev_tuple tuple = { .family = AF_INET6 };
	struct rst_ipv6 outer = {}, inner = {};

	bpf_probe_read_kernel(&outer, sizeof(outer), head + BPF_CORE_READ(skb, network_header));
	bpf_probe_read_kernel(&inner, sizeof(inner), data);
	error.error = icmp6_errno(type, code);
	__builtin_memcpy(error.sender, outer.saddr, sizeof(error.sender));
	__builtin_memcpy(tuple.local, inner.saddr, sizeof(tuple.local));
	__builtin_memcpy(tuple.peer, inner.daddr, sizeof(tuple.peer));
	icmp_quote(&tuple, &error, skb, data + (__s32)offset);
}

/* The socket with these addresses, if it is still the one that was remembered. */
static __always_inline struct sock *icmp_socket(const struct ev_tuple *key, __u8 *ret_state)
{
	struct ev_tuple now = {}, now_key;
	struct sock *sk;
	__u64 *address;

	address = bpf_map_lookup_elem(&icmp_sockets, key);
	if (!address)
		return 0;
	sk = (struct sock *)*address;
	*ret_state = BPF_CORE_READ(sk, __sk_common.skc_state);
	if (!snapshot_is_full(*ret_state))
		return 0;
	snapshot_tuple(&now, sk, *ret_state);
	icmp_key(&now_key, &now);
	for (__u32 i = 0; i < sizeof(now_key) / 4; i++) {
		if (((__u32 *)&now_key)[i] != ((const __u32 *)key)[i])
			return 0;
	}
	return sk;
}

static __always_inline void icmp_emit(const struct ev_tuple *tuple, const struct icmp_error *error, struct sock *sk,
				      __u8 state, __s32 result)
{
	struct evidence *ev;

	if (!filter_wants(tuple))
		return;
	ev = emit_reserve(sizeof(struct evidence), HOOK_ICMP);
	if (!ev)
		return;
	ev->tuple = *tuple;
	ev->segment.seq = error->seq;
	ev->flags = EV_DETAIL;
	ev->detail.result = result;
	if (sk) {
		ev->sk = (__u64)sk;
		snapshot_sock(ev, sk, state);
		conn_attach(ev, sk);
		if (icmp_is_too_big(error))
			ev->icmp.path_mtu = BPF_CORE_READ((struct inet_connection_sock *)sk, icsk_pmtu_cookie);
	}
	icmp_fill(ev, error);
	emit_submit(ev, HOOK_ICMP);
}

/* What becomes of an error that kills: conn.bpf.c. A packet that was too big changes nothing, unless
 * tcp_simple_retransmit() tells it. */
static __always_inline void icmp_exit(__u64 returned)
{
	struct icmp_note *note = icmp_note_here();
	__s32 result = (__s32)returned;
	struct icmp_error *error, copy;
	struct sock *sk = 0;
	struct ev_tuple key;
	__u8 state = 0;

	if (!note || !note->is_busy)
		return;
	note->is_busy = false;
	icmp_key(&key, &note->tuple);
	error = bpf_map_lookup_elem(&icmp_errors, &key);
	if (!error)
		return;
	copy = *error;
	if (result) /* -ENOENT: there is no such connection */
		bpf_map_delete_elem(&icmp_errors, &key);
	if (!knob_asks_icmp || note->is_told)
		return;
	if (!result)
		sk = icmp_socket(&key, &state);
	if (sk && (state == TCP_SYN_SENT || state == TCP_SYN_RECV || state == TCP_CLOSE))
		return;
	if (!result && !sk && icmp_is_too_big(&copy))
		return;
	if (sk && icmp_is_too_big(&copy) &&
	    copy.seq - BPF_CORE_READ((struct tcp_sock *)sk, snd_una) <=
		    BPF_CORE_READ((struct tcp_sock *)sk, snd_nxt) - BPF_CORE_READ((struct tcp_sock *)sk, snd_una))
		return;
	icmp_emit(&note->tuple, &copy, sk, state, result);
}

FUNCTION_ENTER(tcp_v4_err, icmp_enter4, 1)
FUNCTION_EXIT(tcp_v4_err, icmp_exit)
FUNCTION_ENTER(tcp_v6_err, icmp_enter6, 5)
FUNCTION_EXIT(tcp_v6_err, icmp_exit)

/* tcp_v4_mtu_reduced() calls it once the path MTU of a connection has shrunk, at once or when the socket is unlocked.
 * (Probing for a larger MTU does too when it fails: then no packet was too big for a router.) */
static __always_inline void icmp_shrunk(__u64 address)
{
	struct sock *sk = (struct sock *)address;
	__u8 state = BPF_CORE_READ(sk, __sk_common.skc_state);
	struct ev_tuple tuple = {}, key;
	struct icmp_error *error, copy;

	if (!knob_asks_icmp)
		return;
	snapshot_tuple(&tuple, sk, state);
	icmp_key(&key, &tuple);
	error = bpf_map_lookup_elem(&icmp_errors, &key);
	if (!error || !icmp_is_too_big(error))
		return;
	copy = *error;
	bpf_map_delete_elem(&icmp_errors, &key);
	icmp_told();
	icmp_emit(&tuple, &copy, sk, state, 0);
}

FUNCTION_ENTER(tcp_simple_retransmit, icmp_shrunk, 1)

SEC("raw_tp/neigh_timer_handler")
int rst_neigh_timer_handler(struct bpf_raw_tracepoint_args *ctx)
{
	struct neighbour *neighbour = (struct neighbour *)ctx->args[0];
	struct neighbour_key key = {};
	__u64 now_ns = bpf_ktime_get_boot_ns();
	__be32 four;

	if (!(READ_NUMBER(neighbour, nud_state) & NUD_FAILED))
		return 0;
	key.netns = compat_netns(BPF_CORE_READ(neighbour, dev, nd_net.net));
	if (BPF_CORE_READ(neighbour, tbl, family) == AF_INET) {
		bpf_probe_read_kernel(&four, sizeof(four), neighbour->primary_key);
		mapped_address(key.address, &four);
	} else {
		bpf_probe_read_kernel(key.address, sizeof(key.address), neighbour->primary_key);
	}
	bpf_map_update_elem(&failed_neighbours, &key, &now_ns, BPF_ANY);
	return 0;
}
