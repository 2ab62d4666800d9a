/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A death as a row: what is asked for has a column, the rest is in `details`. */
#include "clickhouse.h"

#include <string.h>

#define TEXT "String"
#define PORT "UInt16"
#define NUMBER "Nullable(UInt64)" /* not known is not zero */
#define SMALL "Nullable(UInt32)"

const struct clickhouse_column clickhouse_columns[] = {
	{ "count", "UInt64", "count" },
	{ "kind", TEXT, "kind" },
	{ "cause", TEXT, "cause" },
	{ "certainty", TEXT, "certainty" },
	{ "missing", TEXT, "missing" },
	{ "why", TEXT, "why" },
	{ "network", TEXT, "network.type" },
	{ "local_address", TEXT, "network.local.address" },
	{ "local_port", PORT, "network.local.port" },
	{ "peer_address", TEXT, "network.peer.address" },
	{ "peer_port", PORT, "network.peer.port" },
	{ "netns", NUMBER, "netns" },
	{ "pid", SMALL, "process.pid" },
	{ "process", TEXT, "process.executable.name" },
	{ "uid", SMALL, "process.user.id" },
	{ "process_source", TEXT, "process.source" },
	{ "cgroup", TEXT, "cgroup" },
	{ "container_id", TEXT, "container.id" },
	{ "pod_uid", TEXT, "k8s.pod.uid" },
	{ "state", TEXT, "tcp.state" },
	{ "errno", TEXT, "tcp.errno" },
	{ "unread_bytes", NUMBER, "tcp.unread_bytes" },
	{ "unsent_bytes", NUMBER, "tcp.unsent_bytes" },
	{ "unacked_bytes", NUMBER, "tcp.unacked_bytes" },
	{ "received_bytes", NUMBER, "tcp.received_bytes" },
	{ "acked_bytes", NUMBER, "tcp.acked_bytes" },
	{ "age_ms", NUMBER, "tcp.age_ms" },
	{ "idle_ms", NUMBER, "tcp.idle_ms" },
	{ "silence_ms", NUMBER, "tcp.silence_ms" },
	{ "rtt_us", NUMBER, "tcp.rtt_us" },
	{ "retransmits", SMALL, "tcp.retransmits" },
	{ "timer", TEXT, "timeout.timer" },
	{ "elapsed_ms", NUMBER, "timeout.elapsed_ms" },
	{ "limit_ms", NUMBER, "timeout.limit_ms" },
	{ "setting", TEXT, "timeout.setting" },
	{ "hook", TEXT, "kernel.hook" },
	{ "reset_reason", TEXT, "kernel.reset_reason" },
	{ "drop_reason", TEXT, "kernel.drop_reason" },
};

const unsigned int clickhouse_columns_count = sizeof(clickhouse_columns) / sizeof(*clickhouse_columns);

static const char *column_of(const char *path)
{
	for (unsigned int i = 0; i < clickhouse_columns_count; i++) {
		if (!strcmp(clickhouse_columns[i].path, path))
			return clickhouse_columns[i].name;
	}
	return NULL;
}

static json_t *strings_of(const struct field_value *value)
{
	json_t *strings = json_array();

	for (unsigned int i = 0; i < value->count; i++)
		json_array_append_new(strings, export_string(value->strings[i]));
	return strings;
}

static json_t *value_of(const struct field *field, const struct field_value *value)
{
	switch (field->type) {
	case FIELD_INTEGER:
		return json_integer(value->integer);
	case FIELD_BOOLEAN:
		return json_boolean(value->integer);
	case FIELD_STRING:
		return export_string(value->string);
	case FIELD_STRINGS:
		return strings_of(value);
	}
	return NULL;
}

/* false: no memory. */
static bool fill(json_t *row, json_t *details, const struct report *report)
{
	for (unsigned int i = 0; i < fields_count; i++) {
		struct field_value value = { 0 };
		const char *name;

		if (!fields[i].path || !fields[i].get(report, &value))
			continue;
		name = column_of(fields[i].path);
		if (json_object_set_new(name ? row : details, name ? name : fields[i].path,
					value_of(&fields[i], &value)))
			return false;
	}
	return true;
}

char *clickhouse_row(const struct export_host *host, const struct report *report, const char *id)
{
	const json_int_t time_ns = (json_int_t)report->incident->time_wall_ns;
	json_t *row = json_pack("{s:s,s:o,s:s,s:I,s:I}", "id", id, "host", export_string(host->name), "machine",
				host->machine, "time", time_ns / 1000000000, "time_ns", time_ns);
	json_t *details = json_object();
	char *text = NULL, *inner = NULL;

	if (row && details && fill(row, details, report))
		inner = json_dumps(details, JSON_COMPACT);
	if (inner && !json_object_set_new(row, "details", json_string(inner)))
		text = json_dumps(row, JSON_COMPACT);
	free(inner);
	json_decref(details);
	json_decref(row);
	return text;
}
