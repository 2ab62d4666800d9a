/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the segments of an established connection look like, so that a reset can be held against them (--fingerprint).
 *
 * tcp_probe is the first statement of tcp_rcv_established(): it sees each segment with its socket, the reset that will
 * end the connection too, in every kernel and tier. It is on every segment's way, which is why somebody has to ask.
 */
#include "conn.bpf.h"
#include "nested.bpf.h"

#define TCPOPT_NOP 1
#define TCPOPT_TIMESTAMP 8
#define TIMESTAMP_OPTION_BYTES 12 /* NOP NOP 8 10 and two times: as every stack writes it */

static __always_inline bool has_timestamps(struct sk_buff *skb)
{
	__u8 options[4] = {};

	bpf_probe_read_kernel(options, sizeof(options),
			      BPF_CORE_READ(skb, head) + BPF_CORE_READ(skb, transport_header) +
				      sizeof(struct rst_tcp));
	return options[0] == TCPOPT_NOP && options[1] == TCPOPT_NOP && options[2] == TCPOPT_TIMESTAMP;
}

static __always_inline void fingerprint_begin(__u64 key, const struct ev_segment *segment, bool timestamps)
{
	struct ev_fingerprint fresh = {
		.segments = 1,
		.ip_id = segment->ip_id,
		.window = segment->window,
		.ttl_first = segment->ttl,
		.ttl_last = segment->ttl,
		.ttl_min = segment->ttl,
		.ttl_max = segment->ttl,
		.has_timestamps = timestamps,
		.last_ns = bpf_ktime_get_boot_ns(),
	};

	bpf_map_update_elem(&fingerprints, &key, &fresh, BPF_ANY);
}

static __always_inline void fingerprint_step(struct ev_fingerprint *print, const struct ev_segment *segment)
{
	print->segments++;
	print->ip_id = segment->ip_id;
	print->window = segment->window;
	print->ttl_last = segment->ttl;
	if (segment->ttl < print->ttl_min)
		print->ttl_min = segment->ttl;
	if (segment->ttl > print->ttl_max)
		print->ttl_max = segment->ttl;
	print->last_ns = bpf_ktime_get_boot_ns();
}

SEC("raw_tp/tcp_probe")
int rst_probe(struct bpf_raw_tracepoint_args *ctx)
{
	struct sock *sk = (struct sock *)ctx->args[0];
	struct sk_buff *skb = (struct sk_buff *)ctx->args[1];
	struct percpu_note *note = note_here();
	struct ev_segment segment = {};
	struct ev_fingerprint *print;
	struct ev_tuple ignored = {};
	__u64 key = (__u64)sk;

	if (!note || !snapshot_segment(&segment, &ignored, skb))
		return 0;
	print = bpf_map_lookup_elem(&fingerprints, &key);
	if (segment.flags & SEG_RST) { /* kept apart from what it is held against */
		note->arrived_sk = key;
		note->arrived = segment;
		note->arrived_has_timestamps = has_timestamps(skb);
	} else if (print) {
		fingerprint_step(print, &segment);
	} else {
		fingerprint_begin(key, &segment, has_timestamps(skb));
	}
	return 0;
}
