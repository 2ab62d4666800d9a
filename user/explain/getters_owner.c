/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Getters of where the owner lives: cgroup, container, pod; and of what it was doing. */
#include <stdio.h>

#include "../util/text.h"
#include "causes.h"
#include "container.h"
#include "getters.h"

bool get_cgroup_path(const struct report *report, struct field_value *ret_value)
{
	return value_string(ret_value, report->cgroup);
}

bool get_container_id(const struct report *report, struct field_value *ret_value)
{
	struct container container;

	if (!report->cgroup || !container_of_cgroup(report->cgroup, &container))
		return false;
	text_printable(ret_value->text, sizeof(ret_value->text), container.id, sizeof(container.id));
	return value_string(ret_value, ret_value->text);
}

bool get_container_runtime(const struct report *report, struct field_value *ret_value)
{
	struct container container;

	return report->cgroup && container_of_cgroup(report->cgroup, &container) &&
	       value_string(ret_value, container.runtime);
}

bool get_pod(const struct report *report, struct field_value *ret_value)
{
	struct container container;

	if (!report->cgroup || !container_of_cgroup(report->cgroup, &container))
		return false;
	snprintf(ret_value->text, sizeof(ret_value->text), "%s", container.pod);
	return value_string(ret_value, ret_value->text);
}

/* Only where it is the owner's doing: the task in a system call on this socket may have come upon its death there. */
bool get_user_stack(const struct report *report, struct field_value *ret_value)
{
	const struct incident *incident = report->incident;

	if (report->owner.source == OWNER_UNKNOWN || report->owner.pid != incident->evidence.task.pid ||
	    (report->cause->owner != OWNER_IS_TASK && report->certainty != CERTAINTY_UNKNOWN))
		return false;
	ret_value->count = 0;
	for (unsigned int i = 0; i < incident->user_depth && i < EVIDENCE_USER_FRAMES; i++)
		ret_value->strings[ret_value->count++] = incident->user_frames[i] ? incident->user_frames[i] : "?";
	return ret_value->count > 0;
}
