/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Fields and phrases of handshakes on the passive side: of a request, and of the listener that it is for. */
#include <stdio.h>

#include "getters.h"

static const struct evidence *detail_of(const struct report *report)
{
	const struct evidence *ev = &report->incident->evidence;

	return ev->flags & EV_DETAIL && ev->flags & EV_SOCKET && report_listener(report) ? ev : NULL;
}

static const struct evidence *request_of(const struct report *report)
{
	const struct evidence *ev = detail_of(report);

	return ev && ev->flags & EV_REQUEST ? ev : NULL;
}

bool get_synack_timeouts(const struct report *report, struct field_value *ret_value)
{
	const struct evidence *ev = request_of(report);

	return ev && value_integer(ret_value, ev->detail.timeouts);
}

bool get_synack_timeouts_allowed(const struct report *report, struct field_value *ret_value)
{
	const struct evidence *ev = request_of(report);

	return ev && ev->detail.max_timeouts && value_integer(ret_value, ev->detail.max_timeouts);
}

bool get_is_acked(const struct report *report, struct field_value *ret_value)
{
	const struct evidence *ev = request_of(report);

	return ev && value_integer(ret_value, ev->detail.is_acked);
}

bool get_requests(const struct report *report, struct field_value *ret_value)
{
	const struct evidence *ev = detail_of(report);

	return ev && value_integer(ret_value, ev->detail.queue_length);
}

bool get_syn_backlog(const struct report *report, struct field_value *ret_value)
{
	const struct evidence *ev = detail_of(report);

	return ev && ev->detail.max_syn_backlog && value_integer(ret_value, ev->detail.max_syn_backlog);
}

/* The timer runs out once for the SYN-ACK itself and once for each time that it was sent again. */
bool phrase_synacks(const struct report *report, struct field_value *ret_value)
{
	const struct evidence *ev = request_of(report);
	unsigned int sent = ev ? ev->detail.timeouts + 1U : 0;

	if (!ev)
		return false;
	snprintf(ret_value->text, sizeof(ret_value->text), "%u SYN-ACK%s", sent, sent == 1 ? "" : "s");
	return value_string(ret_value, ret_value->text);
}

bool phrase_acked(const struct report *report, struct field_value *ret_value)
{
	const struct evidence *ev = request_of(report);

	return ev && ev->detail.is_acked &&
	       value_string(ret_value, "its last ACK had come, but found the accept queue full");
}

bool phrase_requests(const struct report *report, struct field_value *ret_value)
{
	const struct evidence *ev = detail_of(report);

	if (!ev)
		return false;
	snprintf(ret_value->text, sizeof(ret_value->text), "%u handshake%s under way", ev->detail.queue_length,
		 ev->detail.queue_length == 1 ? "" : "s");
	return value_string(ret_value, ret_value->text);
}

/* tcp_check_req() refuses for the sequence number (tcp_in_window) or for a time stamp, for nothing else. */
bool phrase_refused(const struct report *report, struct field_value *ret_value)
{
	const struct evidence *ev = request_of(report);
	uint32_t offset = ev ? ev->segment.seq - ev->sock.rcv_nxt : 0;

	if (!ev || !(ev->flags & EV_SEGMENT))
		return false;
	if (offset + ev->segment.payload <= ev->sock.rcv_wnd)
		return value_string(ret_value, "an unacceptable time stamp");
	return value_string(ret_value, "a sequence number outside the window");
}

bool phrase_request_ack(const struct report *report, struct field_value *ret_value)
{
	const struct evidence *ev = detail_of(report);
	int32_t offset = ev ? (int32_t)(ev->segment.ack - ev->sock.snd_nxt) : 0;

	if (!ev || ev->detail.event != EVENT_MISMATCH || !(ev->flags & EV_SEGMENT) || !offset)
		return false;
	snprintf(ret_value->text, sizeof(ret_value->text), "%u %s what the SYN-ACK asked for",
		 offset < 0 ? -(uint32_t)offset : (uint32_t)offset, offset < 0 ? "below" : "above");
	return value_string(ret_value, ret_value->text);
}
