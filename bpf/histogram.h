/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * How deaths are measured for `rsttrace hist`: into slots of powers of two, once for each key of the valve. Seen by
 * both compilers: the kernel measures the deaths that it counts, user space those that were streamed. Numbers of 32
 * bits may wrap around: who reads them reads how much they grew by.
 */
#ifndef RSTTRACE_HISTOGRAM_H
#define RSTTRACE_HISTOGRAM_H

#include "evidence.h"
#include "measure.h"

enum histogram {
	HISTOGRAM_LIFETIME, /* ms since the connection was opened */
	HISTOGRAM_IDLE, /* ms since the peer was last heard of */
	HISTOGRAM_RETRANSMITS, /* in the connection's life */
	HISTOGRAM_STUCK, /* ms since what the peer has not answered was sent; of those that asked again */
	HISTOGRAM_MAX
};

#define HISTOGRAM_SLOTS 32 /* slot 0: 0; slot n: 2^(n-1) to 2^n-1, the last all above */
#define HISTOGRAM_UNKNOWN (~(__u32)0)

/* What is the same for many connections to a few per cent is somebody's setting: lifetime and idle time are counted
 * once more in eighths of a slot, with where in it they were on average. */
#define HISTOGRAM_FINE 2 /* the first of enum histogram */
#define HISTOGRAM_FINE_FIRST 10 /* the slot of 512 ms */
#define HISTOGRAM_FINE_BITS 3
#define HISTOGRAM_FINE_SLOTS 128 /* up to 9 hours */
#define HISTOGRAM_OFFSET_BITS 6 /* of a place in a fine slot */

struct histogram_fine {
	__u32 deaths;
	__u32 offsets; /* the sum of them */
};

struct histograms {
	__u32 deaths; /* that were measured */
	__u32 pad;
	__u32 slots[HISTOGRAM_MAX][HISTOGRAM_SLOTS];
	struct histogram_fine fine[HISTOGRAM_FINE][HISTOGRAM_FINE_SLOTS];
};

#define HISTOGRAM_ADD(number, value) __sync_fetch_and_add(&(number), value)

#define HISTOGRAM_STATE_SYN_SENT 2
#define HISTOGRAM_STATE_LISTEN 10

MEASURE __u8 histogram_state(const struct evidence *ev)
{
	return ev->hook == HOOK_INET_SOCK_SET_STATE ? ev->sock.old_state : ev->sock.state;
}

/* Whether .sock is the connection's own, and not a listener's. */
MEASURE bool histogram_has_socket(const struct evidence *ev)
{
	return ev->flags & EV_SOCKET && !(ev->flags & EV_REQUEST) && histogram_state(ev) != HISTOGRAM_STATE_LISTEN;
}

MEASURE __u32 histogram_lifetime(const struct evidence *ev)
{
	__u64 opened_ns = ev->conn.opened_ns, ms = (ev->time_ns - opened_ns) / 1000000;

	if (!(ev->flags & (EV_CONN | EV_FORMER)) || !opened_ns || opened_ns > ev->time_ns)
		return HISTOGRAM_UNKNOWN;
	if (ev->flags & (EV_SOCKET | EV_REQUEST) && !histogram_has_socket(ev))
		return HISTOGRAM_UNKNOWN;
	return ms < HISTOGRAM_UNKNOWN ? ms : HISTOGRAM_UNKNOWN - 1;
}

MEASURE __u32 histogram_idle(const struct evidence *ev)
{
	__u32 data_ms = ev->sock.last_received_ms, ack_ms = ev->sock.last_ack_ms;

	if (!histogram_has_socket(ev))
		return HISTOGRAM_UNKNOWN;
	return data_ms < ack_ms ? data_ms : ack_ms;
}

/* As far as numbers tell, and not stacks: an unanswered SYN, data, window probes, keepalive probes. A SYN that is
 * refused was answered. */
MEASURE __u32 histogram_stuck(const struct evidence *ev)
{
	const struct ev_sock *sock = &ev->sock;

	if (!histogram_has_socket(ev))
		return HISTOGRAM_UNKNOWN;
	if (histogram_state(ev) == HISTOGRAM_STATE_SYN_SENT)
		return ev->hook == HOOK_TCP_RECEIVE_RESET ? HISTOGRAM_UNKNOWN : histogram_lifetime(ev);
	if (sock->probe_elapsed_ms && !sock->retransmits)
		return sock->probe_elapsed_ms;
	if (sock->retransmit_elapsed_ms)
		return sock->retransmit_elapsed_ms;
	return sock->probes ? histogram_idle(ev) : HISTOGRAM_UNKNOWN;
}

MEASURE __u32 histogram_value(const struct evidence *ev, enum histogram which)
{
	if (which == HISTOGRAM_LIFETIME)
		return histogram_lifetime(ev);
	if (which == HISTOGRAM_IDLE)
		return histogram_idle(ev);
	if (which == HISTOGRAM_STUCK)
		return histogram_stuck(ev);
	return histogram_has_socket(ev) ? ev->sock.total_retrans : HISTOGRAM_UNKNOWN;
}

/* floor(log2(value)) + 1, 0 for 0 */
MEASURE __u32 histogram_slot(__u32 value)
{
	__u64 rest = value, slot = 0, step;

	step = measure_any(rest >> 16) << 4;
	slot += step;
	rest >>= step;
	step = measure_any(rest >> 8) << 3;
	slot += step;
	rest >>= step;
	step = measure_any(rest >> 4) << 2;
	slot += step;
	rest >>= step;
	step = measure_any(rest >> 2) << 1;
	slot += step;
	rest >>= step;
	slot += (rest >> 1) + measure_any(value);
	return slot - (slot >> 5);
}

/* In the first octave a fine slot has 2^HISTOGRAM_OFFSET_BITS places, of 1 ms; the others are scaled down to that. */
MEASURE void histogram_count_fine(struct histogram_fine fine[HISTOGRAM_FINE_SLOTS], __u32 value, __u32 slot)
{
	__u32 octave = slot - HISTOGRAM_FINE_FIRST, place = value >> (octave & 31), at;

	if (slot < HISTOGRAM_FINE_FIRST || octave >= HISTOGRAM_FINE_SLOTS >> HISTOGRAM_FINE_BITS)
		return;
	at = octave << HISTOGRAM_FINE_BITS | (place >> HISTOGRAM_OFFSET_BITS & ((1 << HISTOGRAM_FINE_BITS) - 1));
	MEASURE_OPAQUE(at);
	at &= HISTOGRAM_FINE_SLOTS - 1;
	HISTOGRAM_ADD(fine[at].deaths, 1);
	HISTOGRAM_ADD(fine[at].offsets, place & ((1 << HISTOGRAM_OFFSET_BITS) - 1));
}

/* Of one death; `ev` has more than EVIDENCE_BARE_BYTES. */
MEASURE void histogram_count(struct histograms *histograms, const struct evidence *ev, enum histogram which)
{
	__u32 value = histogram_value(ev, which), slot = histogram_slot(value);

	if (value == HISTOGRAM_UNKNOWN)
		return;
	MEASURE_OPAQUE(slot);
	slot &= HISTOGRAM_SLOTS - 1;
	HISTOGRAM_ADD(histograms->slots[which & 3][slot], 1);
	if (which < HISTOGRAM_FINE)
		histogram_count_fine(histograms->fine[which & 1], value, slot);
}

MEASURE void histograms_count(struct histograms *histograms, const struct evidence *ev)
{
	for (__u32 which = 0; which < HISTOGRAM_MAX; which++)
		histogram_count(histograms, ev, which);
	HISTOGRAM_ADD(histograms->deaths, 1);
}

#endif
