/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What is remembered of ICMP errors and of neighbours that did not answer, until a connection dies of them.
 *
 * By addresses, because an ICMP error that is stored on a socket (sk_err_soft) leaves no trace of type, code and
 * sender there; by the addresses in the packet that it quotes, whose family is the wire's and not the socket's.
 */
#ifndef RSTTRACE_ICMP_BPF_H
#define RSTTRACE_ICMP_BPF_H

#include "conn.bpf.h"

#define NUD_FAILED 0x20
#define NEIGHBOUR_FRESH_NS 1000000000ULL /* the error comes in the same softirq */

struct icmp_error {
	__u64 time_ns;
	__u32 seq; /* of the segment that it quotes */
	__s32 error; /* errno, as the kernel converts it */
	__u8 origin; /* SO_EE_ORIGIN_* */
	__u8 type;
	__u8 code;
	__u8 pad[5];
	__u8 sender[16];
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct ev_tuple);
	__type(value, struct icmp_error);
} icmp_errors SEC(".maps");

/* Which socket has these addresses: only where somebody asks for ICMP errors that kill nothing. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, struct ev_tuple);
	__type(value, __u64);
} icmp_sockets SEC(".maps");

/* The ICMP error that this CPU is at: from the entry of tcp_v4_err() to its end. */
struct icmp_note {
	struct ev_tuple tuple;
	__u8 is_busy;
	__u8 is_told; /* what came of it has been told */
	__u8 pad[2];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct icmp_note);
} icmp_notes SEC(".maps");

struct neighbour_key {
	__u8 address[16];
	__u32 netns;
};

/* When neighbours failed. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct neighbour_key);
	__type(value, __u64);
} failed_neighbours SEC(".maps");

/* Somebody asks for what is quiet: ICMP errors that kill nothing are told, and sockets kept by their addresses. */
const volatile bool knob_asks_icmp = false;
const volatile bool knob_sees_neighbours = false;

static __always_inline struct icmp_note *icmp_note_here(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&icmp_notes, &zero);
}

static __always_inline void icmp_told(void)
{
	struct icmp_note *note = icmp_note_here();

	if (note)
		note->is_told = true;
}

static __always_inline void icmp_key(struct ev_tuple *key, const struct ev_tuple *tuple)
{
	*key = *tuple;
	key->family = 0;
	key->pad = 0;
}

static __always_inline void icmp_know_socket(struct sock *sk, int state)
{
	struct ev_tuple tuple = {}, key;
	__u64 address = (__u64)sk;

	snapshot_tuple(&tuple, sk, state);
	icmp_key(&key, &tuple);
	bpf_map_update_elem(&icmp_sockets, &key, &address, BPF_ANY);
}

static __always_inline void icmp_fill(struct evidence *ev, const struct icmp_error *error)
{
	ev->conn.icmp_ns = error->time_ns;
	ev->conn.icmp_errno = error->error;
	ev->conn.icmp_origin = error->origin;
	ev->conn.icmp_type = error->type;
	ev->conn.icmp_code = error->code;
	__builtin_memcpy(ev->icmp.sender, error->sender, sizeof(ev->icmp.sender));
	ev->flags |= EV_ICMP;
}

/* Into the record of a socket's death, after its own memory: the last ICMP error about a segment that it still waits
 * for an answer to. One that was about anything else has nothing to do with it, and may have been forged. */
static __always_inline void icmp_recall(struct evidence *ev)
{
	struct icmp_error *error;
	struct ev_tuple key;

	icmp_key(&key, &ev->tuple);
	error = bpf_map_lookup_elem(&icmp_errors, &key);
	if (!error || error->time_ns < ev->conn.opened_ns ||
	    error->seq - ev->sock.snd_una > ev->sock.snd_nxt - ev->sock.snd_una)
		return;
	icmp_fill(ev, error);
}

static __always_inline bool neighbour_has_failed(const struct neighbour_key *key)
{
	__u64 *failed_ns = bpf_map_lookup_elem(&failed_neighbours, key);

	return failed_ns && bpf_ktime_get_boot_ns() - *failed_ns < NEIGHBOUR_FRESH_NS;
}

/* The gateway of the socket's route, if there is one. */
static __always_inline bool neighbour_gateway(struct neighbour_key *key, struct sock *sk)
{
	struct dst_entry *route = BPF_CORE_READ(sk, sk_dst_cache);
	struct rtable *route4 = (struct rtable *)route;
	__be32 four;

	if (!route)
		return false;
	if (BPF_CORE_READ(sk, __sk_common.skc_family) == AF_INET6) {
		BPF_CORE_READ_INTO((struct in6_addr *)key->address, (struct rt6_info *)route, rt6i_gateway);
		return true;
	}
	if (BPF_CORE_READ(route4, rt_gw_family) == AF_INET6) {
		BPF_CORE_READ_INTO((struct in6_addr *)key->address, route4, rt_gw6);
		return true;
	}
	four = BPF_CORE_READ(route4, rt_gw4);
	mapped_address(key->address, &four);
	return BPF_CORE_READ(route4, rt_gw_family) == AF_INET;
}

static __always_inline void neighbour_observe(struct evidence *ev, struct sock *sk)
{
	struct neighbour_key key = { .netns = ev->tuple.netns };

	if (!knob_sees_neighbours)
		return;
	ev->flags |= EV_SEES_NEIGHBOURS;
	__builtin_memcpy(key.address, ev->tuple.peer, sizeof(key.address));
	if (neighbour_has_failed(&key) || (neighbour_gateway(&key, sk) && neighbour_has_failed(&key)))
		ev->flags |= EV_NEIGHBOUR_FAILED;
}

#endif
