/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* See otlp.h. Attributes have the names of OpenTelemetry's semantic conventions; what these lack is `rsttrace.` */
#include "otlp.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../explain/fields.h"

#ifndef RSTTRACE_VERSION
#define RSTTRACE_VERSION "0.1.0" /* for builds without the Makefile */
#endif

#define PREFIX "rsttrace."
#define KEY_BYTES 80

struct severity {
	int number;
	const char *text;
};

/* What somebody is to look at; what was shrugged off; what ended well. */
static const struct severity severities[KIND_MAX] = {
	[KIND_RST_SENT] = { 13, "WARN" },   [KIND_RST_RECEIVED] = { 13, "WARN" }, [KIND_TIMEOUT] = { 13, "WARN" },
	[KIND_ERROR] = { 13, "WARN" },	    [KIND_RST_IGNORED] = { 10, "INFO2" }, [KIND_DROPPED] = { 10, "INFO2" },
	[KIND_STALLED] = { 10, "INFO2" },   [KIND_RECOVERED] = { 9, "INFO" },
};

/* Paths that the conventions name otherwise, or, with NULL, have a place for outside the attributes. */
static const struct {
	const char *path, *name;
} conventions[] = {
	{ "v", NULL },
	{ "time", NULL },
	{ "why", NULL },
	{ "network.type", "network.type" },
	{ "network.local.address", "network.local.address" },
	{ "network.local.port", "network.local.port" },
	{ "network.peer.address", "network.peer.address" },
	{ "network.peer.port", "network.peer.port" },
	{ "process.pid", "process.pid" },
	{ "process.executable.name", "process.executable.name" },
	{ "process.user.id", "process.user.id" },
	{ "cgroup", "process.linux.cgroup" },
	{ "container.id", "container.id" },
	{ "container.runtime", "container.runtime.name" },
	{ "k8s.pod.uid", "k8s.pod.uid" },
	{ "tcp.errno", "error.type" },
};

/* false: it is no attribute. */
static bool key_of(const char *path, char key[KEY_BYTES])
{
	for (size_t i = 0; i < sizeof(conventions) / sizeof(*conventions); i++) {
		if (strcmp(conventions[i].path, path))
			continue;
		if (conventions[i].name)
			snprintf(key, KEY_BYTES, "%s", conventions[i].name);
		return conventions[i].name;
	}
	snprintf(key, KEY_BYTES, PREFIX "%s", path);
	return true;
}

static json_t *text_value(const char *text)
{
	return json_pack("{s:o}", "stringValue", export_string(text));
}

static json_t *list_value(const struct field_value *value)
{
	json_t *values = json_array();

	for (unsigned int i = 0; i < value->count; i++)
		json_array_append_new(values, text_value(value->strings[i]));
	return json_pack("{s:{s:o}}", "arrayValue", "values", values);
}

/* Integers have 64 bits, and are strings as protobuf's JSON wants them. */
static json_t *value_of(const struct field *field, const struct field_value *value)
{
	char number[24];

	switch (field->type) {
	case FIELD_INTEGER:
		snprintf(number, sizeof(number), "%" PRId64, value->integer);
		return json_pack("{s:s}", "intValue", number);
	case FIELD_BOOLEAN:
		return json_pack("{s:b}", "boolValue", (int)value->integer);
	case FIELD_STRING:
		return text_value(value->string);
	case FIELD_STRINGS:
		return list_value(value);
	}
	return NULL;
}

static json_t *attribute(const char *key, json_t *value)
{
	return json_pack("{s:s,s:o}", "key", key, "value", value);
}

static json_t *attributes_of(const struct report *report, const char *id)
{
	json_t *attributes = json_array();
	char key[KEY_BYTES];

	json_array_append_new(attributes, attribute("log.record.uid", text_value(id)));
	json_array_append_new(attributes, attribute("network.transport", text_value("tcp")));
	for (unsigned int i = 0; i < fields_count; i++) {
		struct field_value value = { 0 };

		if (fields[i].path && key_of(fields[i].path, key) && fields[i].get(report, &value))
			json_array_append_new(attributes, attribute(key, value_of(&fields[i], &value)));
	}
	return attributes;
}

char *otlp_record(const struct export_host *host, const struct report *report, const char *id)
{
	const struct severity *severity = &severities[report->kind];
	char happened[24], observed[24], *text;
	struct timespec now;
	json_t *record;

	(void)host; /* is in the prefix */
	clock_gettime(CLOCK_REALTIME, &now);
	snprintf(happened, sizeof(happened), "%" PRIu64, report->incident->time_wall_ns);
	snprintf(observed, sizeof(observed), "%" PRIu64, (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec);
	record = json_pack("{s:s,s:s,s:i,s:s,s:s,s:o,s:o}", "timeUnixNano", happened, "observedTimeUnixNano", observed,
			   "severityNumber", severity->number, "severityText", severity->text, "eventName",
			   "rsttrace.death", "body", text_value(report->why), "attributes", attributes_of(report, id));
	text = json_dumps(record, JSON_COMPACT);
	json_decref(record);
	return text;
}

/* As the protocol has it: these four mean "later", other errors mean "never". */
static enum ship judge(const struct http_answer *answer)
{
	switch (answer->status) {
	case 0:
	case 429:
	case 502:
	case 503:
	case 504:
		return SHIP_AGAIN;
	default:
		return answer->status / 100 == 2 ? SHIP_DONE : SHIP_REFUSED;
	}
}

/* Up to where the first record goes: whose records they are. */
static char *prefix_of(const struct export_host *host)
{
	static const char records[] = ",\"scopeLogs\":[{\"scope\":{\"name\":\"rsttrace\",\"version\":\""
				      RSTTRACE_VERSION "\"},\"logRecords\":[";
	json_t *resource = json_pack("{s:[o,o,o,o,o]}", "attributes",
				     attribute("service.name", text_value("rsttrace")),
				     attribute("service.version", text_value(RSTTRACE_VERSION)),
				     attribute("host.name", text_value(host->name)),
				     attribute("host.id", text_value(host->machine)),
				     attribute("os.type", text_value("linux")));
	char *text = json_dumps(resource, JSON_COMPACT), *prefix = NULL;

	json_decref(resource);
	if (text && asprintf(&prefix, "{\"resourceLogs\":[{\"resource\":%s%s", text, records) < 0)
		prefix = NULL;
	free(text);
	return prefix;
}

struct shipper_server otlp_server(const struct export_host *host)
{
	return (struct shipper_server){
		.name = "the OTLP collector",
		.prefix = prefix_of(host),
		.separator = ",",
		.suffix = "]}]}]}",
		.judge = judge,
	};
}
