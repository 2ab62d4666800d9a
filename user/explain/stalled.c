/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Fields and phrases of connections that live: when the kernel will give them up, and what hangs at a listener. */
#include <netinet/tcp.h>
#include <stdio.h>

#include "../util/text.h"
#include "deadline.h"
#include "getters.h"

#define NS_PER_MS 1000000ULL

/* False for anything but a living connection in trouble. */
static bool deadline_of(const struct report *report, struct deadline *ret_deadline)
{
	const struct evidence *ev = &report->incident->evidence;

	if (ev->hook != HOOK_ITERATOR || !report_connection(report))
		return false;
	deadline_find(ev, ret_deadline);
	return ret_deadline->trouble != TROUBLE_NONE;
}

static uint64_t end_wall_ns(const struct report *report, const struct deadline *deadline)
{
	return report->incident->time_wall_ns + deadline->in_ms * NS_PER_MS;
}

bool get_deadline(const struct report *report, struct field_value *ret_value)
{
	struct deadline deadline;

	return deadline_of(report, &deadline) && deadline.is_known && value_integer(ret_value, deadline.in_ms);
}

bool get_deadline_at(const struct report *report, struct field_value *ret_value)
{
	struct deadline deadline;

	if (!deadline_of(report, &deadline) || !deadline.is_known)
		return false;
	text_rfc3339(ret_value->text, sizeof(ret_value->text), end_wall_ns(report, &deadline));
	return value_string(ret_value, ret_value->text);
}

bool get_deadline_tries(const struct report *report, struct field_value *ret_value)
{
	struct deadline deadline;

	return deadline_of(report, &deadline) && value_integer(ret_value, deadline.tries);
}

bool get_deadline_tries_allowed(const struct report *report, struct field_value *ret_value)
{
	struct deadline deadline;

	return deadline_of(report, &deadline) && deadline.tries_allowed &&
	       value_integer(ret_value, deadline.tries_allowed);
}

bool get_deadline_setting(const struct report *report, struct field_value *ret_value)
{
	struct deadline deadline;

	return deadline_of(report, &deadline) && deadline.is_known && get_setting(report, ret_value);
}

/* "gives up at 12:01:07 by tcp_retries2 = 15": how long that is off is the line's first column. */
bool phrase_gives_up(const struct report *report, struct field_value *ret_value)
{
	struct deadline deadline;
	struct field_value limit;
	char clock[32];

	if (!deadline_of(report, &deadline) || !deadline.is_known || !phrase_limit(report, &limit))
		return false;
	text_clock(clock, sizeof(clock), end_wall_ns(report, &deadline), false);
	snprintf(ret_value->text, sizeof(ret_value->text), "the kernel gives up at %.8s by %.96s", clock, limit.string);
	return value_string(ret_value, ret_value->text);
}

/* Probes that are answered are not counted. */
bool phrase_try(const struct report *report, struct field_value *ret_value)
{
	static const char *const nouns[TROUBLE_MAX] = {
		[TROUBLE_CONNECTING] = "retransmit",
		[TROUBLE_RETRANSMITTING] = "retransmit",
		[TROUBLE_ZERO_WINDOW] = "probe",
		[TROUBLE_KEEPALIVE] = "keepalive probe",
	};
	struct deadline deadline;
	char *text = ret_value->text;
	size_t size = sizeof(ret_value->text);

	if (!deadline_of(report, &deadline) || !nouns[deadline.trouble] || !deadline.is_known)
		return false;
	if (deadline.tries_allowed)
		snprintf(text, size, "%s %u of %u", nouns[deadline.trouble], deadline.tries, deadline.tries_allowed);
	else
		snprintf(text, size, "%s %u", nouns[deadline.trouble], deadline.tries);
	return value_string(ret_value, text);
}

/* Whoever answers window probes is alive, and may keep its window shut for as long as it likes. */
bool phrase_answers(const struct report *report, struct field_value *ret_value)
{
	struct deadline deadline;

	return deadline_of(report, &deadline) && deadline.trouble == TROUBLE_ZERO_WINDOW && !deadline.is_known &&
	       value_string(ret_value, "the peer answers the probes, so the kernel does not give up");
}

bool phrase_close_waits(const struct report *report, struct field_value *ret_value)
{
	unsigned int count = report->count ? report->count : 1;

	if (report_state(report) != TCP_CLOSE_WAIT)
		return false;
	snprintf(ret_value->text, sizeof(ret_value->text), "%u connection%s", count, count == 1 ? "" : "s");
	return value_string(ret_value, ret_value->text);
}

static const struct ev_pending *listener_of(const struct report *report)
{
	const struct evidence *ev = &report->incident->evidence;

	return ev->hook == HOOK_ITERATOR && ev->flags & EV_PENDING && report_listener(report) ? &ev->pending : NULL;
}

bool get_stalled_requests(const struct report *report, struct field_value *ret_value)
{
	const struct ev_pending *listener = listener_of(report);

	return listener && value_integer(ret_value, listener->queue_length);
}

bool get_stalled_unanswered(const struct report *report, struct field_value *ret_value)
{
	const struct ev_pending *listener = listener_of(report);

	return listener && listener->queue_length >= listener->young &&
	       value_integer(ret_value, listener->queue_length - listener->young);
}

bool phrase_more_requests(const struct report *report, struct field_value *ret_value)
{
	const struct ev_pending *listener = listener_of(report);

	if (!listener || !listener->queue_length)
		return false;
	snprintf(ret_value->text, sizeof(ret_value->text), "%u more handshake%s behind it", listener->queue_length,
		 listener->queue_length == 1 ? "" : "s");
	return value_string(ret_value, ret_value->text);
}
