/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Every map and every knob. Knobs are constants that user space sets before load; the verifier prunes by them. */
#ifndef RSTTRACE_MAPS_BPF_H
#define RSTTRACE_MAPS_BPF_H

#include "evidence.h"
#include "control.h"

#include <bpf/bpf_helpers.h>

/* 4 MiB hold 9,800 records of a socket or 40,000 without one: what a storm on one core makes in twice the time that
 * user space leaves between two drains. */
#define RING_BYTES (4u << 20)
#define RING_WAKE_BYTES (RING_BYTES / 8)

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, RING_BYTES);
} events SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, COUNTER_MAX);
	__type(key, __u32);
	__type(value, __u64);
} counters SEC(".maps");

/* What is remembered of each socket. Keyed by address, since 5.10 has no sk_storage in tracepoints and raw_tp has
 * none anywhere; LRU, so that memory is bounded whatever happens. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 65536);
	__type(key, __u64);
	__type(value, struct ev_conn);
} conns SEC(".maps");

struct listener_key {
	__u8 address[16];
	__u32 netns;
	__u32 port;
};

struct listener {
	struct ev_task owner;
	__u64 sk;
};

/* Who listens where: accepted sockets inherit their owner from here. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 8192);
	__type(key, struct listener_key);
	__type(value, struct listener);
} listeners SEC(".maps");

/* Connections whose full socket has become a FIN_WAIT2 or TIME_WAIT minisock, which knows no owner. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, struct ev_tuple);
	__type(value, struct ev_conn);
} formers SEC(".maps");

/* What segments of a connection look like; --fingerprint. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 65536);
	__type(key, __u64); /* of the socket */
	__type(value, struct ev_fingerprint);
} fingerprints SEC(".maps");

/* What one hook leaves on this CPU for the next hook of the same event. */
struct percpu_note {
	__u64 destroyed_sk; /* tcp_destroy_sock comes before tcp_send_reset when an orphan gets data */
	struct ev_conn destroyed;
	__u64 arrived_sk; /* tcp_reset(sk, skb) comes before tcp_receive_reset(sk) */
	struct ev_segment arrived;
	__u64 arrived_has_timestamps; /* of --fingerprint alone */
	__u64 sending_sk; /* tcp_send_active_reset() is entered before, and traced after, the transmission */
	__u64 sending_ns;
	__u64 closing_sk; /* inet_twsk_alloc(sk): its kretprobe does not get the argument */
	__s64 refused_reason; /* why TCP does not take a signature: of the tracepoint that goes on with BODY_HASH */
	__u64 stopping; /* pid and tid of the last task that closed a listener here */
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct percpu_note);
} notes SEC(".maps");

/* User space fills it before anything is attached. */
struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, BODY_MAX);
	__type(key, __u32);
	__type(value, __u32);
} bodies SEC(".maps");

/* A record that is too large for the stack, and goes nowhere near the ring buffer. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct evidence);
} scratch SEC(".maps");

const volatile __u32 knob_hz = 250; /* jiffies a second */
const volatile __u32 knob_filter_netns = 0; /* inode number, 0 = all */
const volatile __u32 knob_filter_ports_count = 0;
const volatile __u16 knob_filter_ports[FILTER_MAX] = {};
const volatile __u32 knob_filter_prefixes_count = 0;
const volatile struct filter_prefix knob_filter_prefixes[FILTER_MAX] = {};
const volatile bool knob_fingerprint = false; /* the look of segments is remembered */
const volatile bool knob_sees_icmp = false; /* inet_sk_error_report is there */
const volatile bool knob_sees_accept = false; /* who accepts a connection is */
const volatile bool knob_sees_connect = false; /* the results of tcp_v4_connect() and tcp_v6_connect() are */
const volatile bool knob_user_stack = false; /* somebody asked who in the program closed it */
/* The tracepoint tcp_send_reset is silent for resets without a full socket: the function hooks report those. */
const volatile bool knob_functions_see_no_socket = false;

/* Somebody asked by cause or kind, so that ordinary events are told too: those of every connection cost too much to be
 * reported for nobody. */
const volatile bool knob_tells_ordinary = false;

#endif
