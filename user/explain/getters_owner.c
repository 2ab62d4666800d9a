/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Getters of where the owner lives: cgroup, container, pod. */
#include <stdio.h>

#include "../util/text.h"
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
