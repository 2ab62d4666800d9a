/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Getters of what is remembered of a connection or listener that had the port before. */
#include "../util/text.h"
#include "causes.h"
#include "getters.h"

static const struct former *former_of(const struct report *report)
{
	return report->incident->former.known ? &report->incident->former : NULL;
}

GETTER_INTEGER(get_former_pid, struct former, former_of(report), it->owner.pid,
	it->owner.source != OWNER_UNKNOWN)
GETTER_INTEGER(get_former_lasted, struct former, former_of(report), it->lasted_ns / 1000000, it->lasted_ns)
GETTER_INTEGER(get_former_was_listener, struct former, former_of(report), it->was_listener, true)

bool get_former_comm(const struct report *report, struct field_value *ret_value)
{
	const struct former *former = former_of(report);

	return former && former->owner.source != OWNER_UNKNOWN &&
	       value_comm(ret_value, &former->owner);
}

bool get_former_ended(const struct report *report, struct field_value *ret_value)
{
	const struct former *former = former_of(report);

	if (!former || former->ended_wall_ns == 0)
		return false;
	text_rfc3339(ret_value->text, sizeof(ret_value->text), former->ended_wall_ns);
	return value_string(ret_value, ret_value->text);
}

bool get_former_cause(const struct report *report, struct field_value *ret_value)
{
	const struct former *former = former_of(report);

	return former && value_string(ret_value, former->cause);
}
