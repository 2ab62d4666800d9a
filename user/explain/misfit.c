/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * See misfit.h. Only what an honest peer cannot cause counts; the rest (IP id, window, options) is shown as evidence
 * and judged by people: Linux itself sends resets with IP id 0, another window and without timestamps.
 *
 * A path that changes moves the TTL by a hop or two, so a few are allowed (Weaver, Sommer and Paxson, NDSS 2009, use it
 * as corroboration; the tolerance is that of tools in the field, 3).
 */
#include "misfit.h"

#include <inttypes.h>
#include <stdio.h>

#define TTL_TOLERANCE 3
#define SEGMENTS_MIN 2 /* a habit, not an accident */
#define CLOCK_MS 10 /* last_sent_ms counts jiffies, 10 ms at worst */

bool misfit_is_observable(const struct evidence *ev)
{
	return ev->flags & EV_FINGERPRINT && ev->flags & EV_SEGMENT && ev->fingerprint.segments >= SEGMENTS_MIN;
}

static unsigned int ttl_distance(const struct evidence *ev)
{
	if (ev->segment.ttl < ev->fingerprint.ttl_min)
		return ev->fingerprint.ttl_min - ev->segment.ttl;
	if (ev->segment.ttl > ev->fingerprint.ttl_max)
		return ev->segment.ttl - ev->fingerprint.ttl_max;
	return 0;
}

/* It acknowledges what was sent less than the shortest round trip ago: the peer cannot have seen that yet. */
static bool is_too_soon(const struct evidence *ev)
{
	const struct ev_sock *sock = &ev->sock;

	return ev->segment.flags & SEG_ACK && ev->segment.ack == sock->snd_nxt && sock->unacked &&
	       sock->min_rtt_us != UINT32_MAX && sock->last_sent_ms != UINT32_MAX &&
	       ((uint64_t)sock->last_sent_ms + CLOCK_MS) * 1000 < sock->min_rtt_us;
}

bool misfit_describe(const struct evidence *ev, char *text, size_t size)
{
	const struct ev_fingerprint *print = &ev->fingerprint;

	if (!misfit_is_observable(ev))
		return false;
	if (ttl_distance(ev) > TTL_TOLERANCE && print->ttl_min == print->ttl_max)
		snprintf(text, size, "TTL %u, where %" PRIu32 " segments before it had %u", ev->segment.ttl,
			 print->segments, print->ttl_min);
	else if (ttl_distance(ev) > TTL_TOLERANCE)
		snprintf(text, size, "TTL %u, where %" PRIu32 " segments before it had %u to %u", ev->segment.ttl,
			 print->segments, print->ttl_min, print->ttl_max);
	else if (is_too_soon(ev))
		snprintf(text, size, "it answers data sent %u ms before, the shortest round trip is %.1f ms",
			 ev->sock.last_sent_ms, ev->sock.min_rtt_us / 1000.0);
	else
		return false;
	return true;
}
