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

#include "../../bpf/measure.h"

bool misfit_is_observable(const struct evidence *ev)
{
	return measure_has_fingerprint(ev);
}

bool misfit_describe(const struct evidence *ev, char *text, size_t size)
{
	const struct ev_fingerprint *print = &ev->fingerprint;

	if (!misfit_is_observable(ev))
		return false;
	if (measure_ttl_differs(ev) && print->ttl_min == print->ttl_max)
		snprintf(text, size, "TTL %u, where %" PRIu32 " segments before it had %u", ev->segment.ttl,
			 print->segments, print->ttl_min);
	else if (measure_ttl_differs(ev))
		snprintf(text, size, "TTL %u, where %" PRIu32 " segments before it had %u to %u", ev->segment.ttl,
			 print->segments, print->ttl_min, print->ttl_max);
	else if (measure_too_soon(ev))
		snprintf(text, size, "it answers data sent %u ms before, the shortest round trip is %.1f ms",
			 ev->sock.last_sent_ms, ev->sock.min_rtt_us / 1000.0);
	else
		return false;
	return true;
}
