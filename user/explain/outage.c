/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Outages that were survived: how long, how many retransmits; and the reason that MPTCP gives for a reset. */
#include <stdio.h>

#include "../util/text.h"
#include "getters.h"

#define NANOSECONDS_PER_MS 1000000

static const struct evidence *outage_of(const struct report *report)
{
	const struct evidence *evidence = &report->incident->evidence;

	return evidence->hook == HOOK_CONG_STATE && evidence->flags & EV_DETAIL ? evidence : NULL;
}

bool get_outage(const struct report *report, struct field_value *ret_value)
{
	const struct evidence *evidence = outage_of(report);

	if (!evidence || evidence->conn.first_retransmit_ns > evidence->time_ns)
		return false;
	return value_integer(ret_value,
			     (evidence->time_ns - evidence->conn.first_retransmit_ns) / NANOSECONDS_PER_MS);
}

/* Where the end was only found later, it is a limit. */
bool phrase_outage(const struct report *report, struct field_value *ret_value)
{
	char duration[32];

	if (!get_outage(report, ret_value))
		return false;
	text_duration(duration, sizeof(duration), (uint64_t)ret_value->integer * NANOSECONDS_PER_MS);
	snprintf(ret_value->text, sizeof(ret_value->text), "%s%s",
		 report->incident->evidence.detail.is_acked ? "" : "at most ", duration);
	return value_string(ret_value, ret_value->text);
}

bool get_outage_retransmits(const struct report *report, struct field_value *ret_value)
{
	const struct evidence *evidence = outage_of(report);

	return evidence && value_integer(ret_value, evidence->detail.timeouts);
}

bool phrase_outage_retransmits(const struct report *report, struct field_value *ret_value)
{
	if (!get_outage_retransmits(report, ret_value))
		return false;
	snprintf(ret_value->text, sizeof(ret_value->text), "%u retransmit%s",
		 (unsigned int)ret_value->integer, ret_value->integer == 1 ? "" : "s");
	return value_string(ret_value, ret_value->text);
}

/* Only what this end gives: when the peer's reset is seen, its option has not been read yet. */
bool get_mptcp_reset(const struct report *report, struct field_value *ret_value)
{
	const struct evidence *evidence = &report->incident->evidence;

	if (evidence->hook != HOOK_TCP_SEND_RESET || !evidence->sock.mptcp_reset)
		return false;
	return value_integer(ret_value, evidence->sock.mptcp_reset - 1);
}

bool phrase_mptcp_reset(const struct report *report, struct field_value *ret_value)
{
	static const char *const names[] = {
		"", "MPTCP-specific error", "lack of resources", "administratively prohibited",
		"too much outstanding data", "unacceptable performance", "middlebox interference",
	};

	if (!get_mptcp_reset(report, ret_value) || ret_value->integer >= (int)(sizeof(names) / sizeof(*names)))
		return false;
	return value_string(ret_value, names[ret_value->integer]);
}
