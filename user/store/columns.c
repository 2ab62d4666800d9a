/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The table of columns, in the order of the schema. */
#include "columns.h"

#include <string.h>

const struct column columns[] = {
	{ "time_ns", "time", STORED_TIME },
	{ "last_ns", "last_time", STORED_TIME },
	{ "count", "count", STORED_INTEGER },
	{ "kind", "kind", STORED_WORD },
	{ "cause", "cause", STORED_CAUSE },
	{ "certainty", "certainty", STORED_WORD },
	{ "missing", "missing", STORED_WORD },
	{ "sentence", "why", STORED_SENTENCE },
	{ "network", "network.type", STORED_WORD },
	{ "local_address", "network.local.address", STORED_ADDRESS },
	{ "local_port", "network.local.port", STORED_INTEGER },
	{ "peer_address", "network.peer.address", STORED_ADDRESS },
	{ "peer_port", "network.peer.port", STORED_INTEGER },
	{ "netns", "netns", STORED_INTEGER },
	{ "process", "process.pid", STORED_PROCESS },
	{ "process_source", "process.source", STORED_WORD },
	{ "user_stack", "process.stack", STORED_STACK },
	{ "state", "tcp.state", STORED_WORD },
	{ "errno", "tcp.errno", STORED_WORD },
	{ "unread_bytes", "tcp.unread_bytes", STORED_INTEGER },
	{ "unsent_bytes", "tcp.unsent_bytes", STORED_INTEGER },
	{ "unacked_bytes", "tcp.unacked_bytes", STORED_INTEGER },
	{ "received_bytes", "tcp.received_bytes", STORED_INTEGER },
	{ "acked_bytes", "tcp.acked_bytes", STORED_INTEGER },
	{ "age_ms", "tcp.age_ms", STORED_INTEGER },
	{ "idle_ms", "tcp.idle_ms", STORED_INTEGER },
	{ "silence_ms", "tcp.silence_ms", STORED_INTEGER },
	{ "rtt_us", "tcp.rtt_us", STORED_INTEGER },
	{ "min_rtt_us", "tcp.min_rtt_us", STORED_INTEGER },
	{ "retransmits", "tcp.retransmits", STORED_INTEGER },
	{ "retransmits_total", "tcp.retransmits_total", STORED_INTEGER },
	{ "timer", "timeout.timer", STORED_WORD },
	{ "tries", "timeout.tries", STORED_INTEGER },
	{ "tries_allowed", "timeout.tries_allowed", STORED_INTEGER },
	{ "elapsed_ms", "timeout.elapsed_ms", STORED_INTEGER },
	{ "limit_ms", "timeout.limit_ms", STORED_INTEGER },
	{ "setting", "timeout.setting", STORED_WORD },
	{ "hook", "kernel.hook", STORED_WORD },
	{ "reset_reason", "kernel.reset_reason", STORED_WORD },
	{ "drop_reason", "kernel.drop_reason", STORED_WORD },
	{ "kernel_stack", "kernel.stack", STORED_STACK },
};

const unsigned int columns_count = sizeof(columns) / sizeof(*columns);

const struct process_column process_columns[] = {
	{ "process.pid", "process.pid" },
	{ "nullif(process.name, '')", "process.executable.name" },
	{ "process.uid", "process.user.id" },
	{ "nullif(process.cgroup_number, 0)", "process.cgroup.id" },
	{ "cgroup.path", "cgroup" },
	{ "cgroup.container_id", "container.id" },
	{ "cgroup.container_runtime", "container.runtime" },
	{ "cgroup.pod_uid", "k8s.pod.uid" },
};

const unsigned int process_columns_count = sizeof(process_columns) / sizeof(*process_columns);

const struct field *field_find(const char *path)
{
	for (unsigned int i = 0; i < fields_count; i++) {
		if (fields[i].path && !strcmp(fields[i].path, path))
			return &fields[i];
	}
	return NULL;
}

bool field_has_column(const struct field *field)
{
	for (unsigned int i = 0; i < columns_count; i++) {
		if (!strcmp(columns[i].path, field->path))
			return true;
	}
	for (unsigned int i = 0; i < process_columns_count; i++) {
		if (!strcmp(process_columns[i].path, field->path))
			return true;
	}
	return !strcmp(field->path, "v"); /* of the JSON, not of the incident */
}
