/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Getters of what a reset that arrived is held against, and of what connection tracking made of a segment. */
#include "getters.h"

static const struct ev_fingerprint *print_of(const struct report *report)
{
	const struct evidence *ev = &report->incident->evidence;

	return ev->flags & EV_FINGERPRINT ? &ev->fingerprint : NULL;
}

#define PRINT(getter, member)                                                       \
	bool getter(const struct report *report, struct field_value *ret_value)     \
	{                                                                           \
		const struct ev_fingerprint *print = print_of(report);              \
                                                                                    \
		return print && value_integer(ret_value, print->member);            \
	}

PRINT(get_print_segments, segments)
PRINT(get_print_ttl, ttl_last)
PRINT(get_print_ttl_min, ttl_min)
PRINT(get_print_ttl_max, ttl_max)
PRINT(get_print_ip_id, ip_id)
PRINT(get_print_window, window)
PRINT(get_print_timestamps, has_timestamps)
PRINT(get_reset_timestamps, reset_has_timestamps)

/* Since anything was heard of the peer: data, or an acknowledgement. */
bool get_silence(const struct report *report, struct field_value *ret_value)
{
	const struct ev_sock *sock = report_connection(report);
	uint32_t heard;

	if (!sock || (sock->last_received_ms == UINT32_MAX && sock->last_ack_ms == UINT32_MAX))
		return false;
	heard = sock->last_received_ms < sock->last_ack_ms ? sock->last_received_ms : sock->last_ack_ms;
	return value_integer(ret_value, heard);
}

/* Where a reset's sequence number stands against the next one expected: an exact one ends the connection (RFC 5961
 * section 3.2). */
bool get_seq_offset(const struct report *report, struct field_value *ret_value)
{
	const struct evidence *ev = &report->incident->evidence;
	const struct ev_sock *sock = report_connection(report);

	if (!sock || !(ev->flags & EV_SEGMENT) || ev->hook != HOOK_TCP_RECEIVE_RESET)
		return false;
	ret_value->integer = (int32_t)(ev->segment.seq - sock->rcv_nxt);
	return true;
}

bool get_conntrack(const struct report *report, struct field_value *ret_value)
{
	static const char *const names[CONNTRACK_MAX] = {
		[CONNTRACK_INVALID] = "INVALID",	 [CONNTRACK_UNTRACKED] = "UNTRACKED",
		[CONNTRACK_NEW] = "NEW",		 [CONNTRACK_ESTABLISHED] = "ESTABLISHED",
		[CONNTRACK_RELATED] = "RELATED",
	};
	const struct evidence *ev = &report->incident->evidence;

	if (!(ev->flags & EV_SEGMENT) || ev->segment.conntrack >= CONNTRACK_MAX)
		return false;
	return value_string(ret_value, names[ev->segment.conntrack]);
}
