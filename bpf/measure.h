/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Numbers of a record into yes or no. Seen by both compilers: user space makes facts of these, the valve makes the key
 * that a death is counted by, and two deaths with one key must get one verdict.
 *
 * Without branches: for the verifier, each would double the ways through all that follows.
 */
#ifndef RSTTRACE_MEASURE_H
#define RSTTRACE_MEASURE_H

#include "evidence.h"

#define MEASURE static inline __attribute__((always_inline))

#define TTL_TOLERANCE 3
#define FINGERPRINT_SEGMENTS_MIN 2 /* a habit, not an accident */
#define CLOCK_MS 10 /* last_sent_ms counts jiffies, 10 ms at worst */

/* Longer than any conversation pauses for by itself, and than a slow answer takes. */
#define IDLE_MS 1000

/* Numbers that the compiler cannot see through, and so does not turn into branches. One after the other: 512 bytes of
 * stack are soon full of what was read early. */
#define MEASURE_OPAQUE(number) __asm__ volatile("" : "+r"(number) : : "memory")

/* All of these are 0 or 1. */
MEASURE __u64 measure_any(__u64 number)
{
	MEASURE_OPAQUE(number);
	return (number | -number) >> 63;
}

MEASURE __u64 measure_none(__u64 number)
{
	return measure_any(number) ^ 1;
}

/* Of numbers below 2^62, negative ones too. */
MEASURE __u64 measure_less(__s64 a, __s64 b)
{
	__u64 difference = a - b;

	MEASURE_OPAQUE(difference);
	return difference >> 63;
}

/* Sequence numbers are compared modulo 2^32 (RFC 9293 section 3.4). */
MEASURE __u64 measure_after(__u32 a, __u32 b)
{
	__u64 difference = (__u32)(b - a);

	MEASURE_OPAQUE(difference);
	return difference >> 31;
}

MEASURE __u64 measure_in_flight(__u32 ack, const struct ev_sock *sock)
{
	return measure_after(ack, sock->snd_una) & (measure_after(ack, sock->snd_nxt) ^ 1);
}

/* tcp_write_timeout(): in SYN_SENT the number of tries and the user timeout both end it, whichever comes first;
 * afterwards a user timeout replaces the number of tries. */
MEASURE __u64 measure_by_user_timeout(const struct ev_sock *sock, __u64 is_syn_sent)
{
	const struct ev_limits *limits = &sock->limits;
	__u64 has_tries = measure_less(sock->retransmits, limits->syn_retries + limits->syn_linear_timeouts);

	return measure_any(limits->user_timeout_ms) & ((is_syn_sent ^ 1) | has_tries);
}

/* Room for the next segment: a window of a few bytes only is as good as shut (RFC 9293 section 3.8.6.2.1). */
MEASURE __u64 measure_window_open(const struct ev_sock *sock)
{
	__s64 room = (__s64)sock->snd_wnd - sock->unacked;
	__u64 is_small = measure_less(room, sock->unsent) & measure_less(room, sock->mss);

	return measure_any(sock->snd_wnd) & (is_small ^ 1);
}

MEASURE __u64 measure_window_shut(const struct ev_sock *sock)
{
	return measure_none(sock->snd_wnd | sock->retransmits);
}

MEASURE __u64 measure_is_idle(__u32 silence_ms, const struct ev_sock *sock)
{
	return measure_less(IDLE_MS - 1, silence_ms) & measure_less(sock->srtt_us / 1000, silence_ms / 4);
}

/* The reset answers something of ours. One that comes by itself is the peer's own doing. */
MEASURE __u64 measure_after_idle(const struct ev_sock *sock)
{
	return measure_any(sock->unacked | sock->probes) & measure_is_idle(sock->last_received_ms, sock) &
	       measure_is_idle(sock->last_ack_ms, sock);
}

/* tcp_conn_request() asks for the queue of handshakes first. It is full when it holds as many as the backlog, since
 * 3479c7549fb1 ("tcp/dccp: allow a connection when sk_max_ack_backlog is zero"), v6.14, one more: at that length, an
 * accept queue that is full decides. */
MEASURE __u64 measure_syn_queue_full(const struct evidence *ev)
{
	const struct ev_detail *detail = &ev->detail;
	__u64 has_room = measure_less(ev->sock.ack_backlog, (__u64)ev->sock.max_ack_backlog + 1);
	__u64 is_longer = measure_less(ev->sock.max_ack_backlog, detail->queue_length);
	__u64 is_as_long = measure_none(ev->sock.max_ack_backlog ^ detail->queue_length);

	return measure_none(detail->syncookies) & (is_longer | (is_as_long & has_room));
}

MEASURE __u64 measure_syn_backlog_spent(const struct ev_detail *detail)
{
	__s64 free = (__s64)detail->max_syn_backlog - detail->queue_length;

	return measure_none(detail->syncookies) & measure_less(free, detail->max_syn_backlog >> 2);
}

MEASURE __u64 measure_has_fingerprint(const struct evidence *ev)
{
	return measure_none(~ev->flags & (EV_FINGERPRINT | EV_SEGMENT)) &
	       measure_less(FINGERPRINT_SEGMENTS_MIN - 1, ev->fingerprint.segments);
}

MEASURE __u64 measure_ttl_differs(const struct evidence *ev)
{
	return measure_less(ev->segment.ttl + TTL_TOLERANCE, ev->fingerprint.ttl_min) |
	       measure_less(ev->fingerprint.ttl_max + TTL_TOLERANCE, ev->segment.ttl);
}

/* It acknowledges what was sent less than the shortest round trip ago: the peer cannot have seen that yet. */
MEASURE __u64 measure_too_soon(const struct evidence *ev)
{
	const struct ev_sock *sock = &ev->sock;
	__u64 least_us = ((__u64)sock->last_sent_ms + CLOCK_MS) * 1000;

	return measure_any(ev->segment.flags & SEG_ACK) & measure_none(ev->segment.ack ^ sock->snd_nxt) &
	       measure_any(sock->unacked) & measure_any((__u32)~sock->min_rtt_us) &
	       measure_any((__u32)~sock->last_sent_ms) & measure_less(least_us, sock->min_rtt_us);
}

#endif
