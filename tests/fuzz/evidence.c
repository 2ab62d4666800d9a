/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A record of the kernel's, with anything in it: decoded, judged, written. A line of JSON must be JSON, and neither it
 * nor the table may speak to the terminal: names in it are what any user on the host, and any peer, chose.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../user/decode/decode.h"
#include "../../user/explain/explain.h"
#include "../../user/sinks/sink.h"

#define TCP_STATES 14

static const struct sink_options verbose = { .verbose = true, .kernel_stack = true, .user_stack = true, .utc = true };

static void name(struct ev_task *task)
{
	task->comm[sizeof(task->comm) - 1] = '\0';
	task->source = (uint8_t)(task->source % OWNER_MAX);
}

/* A record that decode takes, made of bytes that may be any: false where even that cannot be made of them. */
static bool make(const uint8_t *bytes, size_t size, struct evidence_stacked *ret_record)
{
	struct evidence_stacked made = { 0 };
	struct evidence *ev = &made.evidence;
	size_t length = size < sizeof(made) ? size : sizeof(made);

	memcpy(&made, bytes, length);
	ev->version = EVIDENCE_VERSION;
	ev->size = sizeof(made);
	ev->hook = (uint8_t)(ev->hook % HOOK_MAX);
	ev->stack_depth %= EVIDENCE_STACK_FRAMES + 1;
	ev->segment.conntrack = (uint8_t)(ev->segment.conntrack % CONNTRACK_MAX);
	ev->sock.state = (uint8_t)(ev->sock.state % TCP_STATES);
	ev->sock.old_state = (uint8_t)(ev->sock.old_state % TCP_STATES);
	name(&ev->task);
	name(&ev->conn.owner);
	if (ev->flags & EV_DETAIL)
		ev->detail.event = (uint8_t)(ev->detail.event % EVENT_MAX);
	ev->detail.user_depth = 0;
	return !decode_evidence(&made, sizeof(made), ret_record);
}

/* What the rest of the bytes, from the record's end, give in names. */
static void fill(struct incident *incident, const uint8_t *bytes, size_t size)
{
	static const char *const slugs[] = { NULL, "close-unread", "" };

	for (unsigned int i = 0; i < EVIDENCE_STACK_FRAMES && size >= SYMBOL_BYTES; i++) {
		memcpy(incident->frames[i], bytes, SYMBOL_BYTES - 1);
		bytes += SYMBOL_BYTES;
		size -= SYMBOL_BYTES;
	}
	if (size > SYMBOL_BYTES) {
		memcpy(incident->reason, bytes, SYMBOL_BYTES - 1);
		memcpy(incident->drop, bytes, SYMBOL_BYTES - 1);
		incident->former.known = bytes[0] & 1;
		incident->former.was_listener = bytes[0] & 2;
		incident->former.cause = slugs[bytes[0] / 4 % 2];
		memcpy(incident->former.owner.comm, bytes + 1, sizeof(incident->former.owner.comm) - 1);
	}
}

static char *written(const char *name, const struct report *report)
{
	const struct sink *sink = sink_find(name);
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	void *state = out ? sink->open(out, &verbose) : NULL;

	if (!state || sink->report(state, report))
		abort();
	sink->close(state);
	fclose(out);
	return text;
}

static void assert_printable(const char *text)
{
	for (; *text; text++) {
		if (((unsigned char)*text < ' ' && *text != '\n') || *text == 0x7f)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static struct incident incident;
	struct evidence_stacked record;
	struct report report;
	json_t *parsed;
	char *json, *table;

	decode_evidence(bytes, size, &record);
	if (!make(bytes, size, &record))
		return 0; /* a hook that is none */
	memset(&incident, 0, sizeof(incident));
	incident.evidence = record.evidence;
	incident.time_wall_ns = record.evidence.time_ns;
	incident.stack_depth = record.evidence.stack_depth;
	incident.end_frame = incident.stack_depth;
	memcpy(incident.stack, record.stack, sizeof(incident.stack));
	if (size > sizeof(record))
		fill(&incident, bytes + sizeof(record), size - sizeof(record));
	explain(&incident, &report);
	json = written("json", &report);
	table = written("table", &report);
	assert_printable(json);
	assert_printable(table);
	if (strchr(json, '\n') != json + strlen(json) - 1)
		abort();
	parsed = json_loads(json, 0, NULL);
	if (!json_is_object(parsed))
		abort();
	json_decref(parsed);
	free(json);
	free(table);
	return 0;
}
