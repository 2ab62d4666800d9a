/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* JSON of an incident as `rsttrace -v` would print it: a line, the sentence, a paragraph for each object. */
#include "evidence.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "../explain/fields.h"
#include "../util/text.h"

#define INDENT 4
#define PIECE_BYTES 256
#define STACK_SHOWN 6 /* innermost frames: those that decide */

struct writing {
	struct flow *flow;
	bool utc;
};

struct found {
	struct flow *flow;
	bool utc;
	bool is_found;
};

/* What the line shows. */
static const char *const shown[] = {
	"v", "time", "kind", "cause", "certainty", "why", "count", "netns", "ordinary", "network.", "process.",
	"cgroup", "kernel.stack", "former.", "peer_end.",
};

static bool is_shown(const char *path)
{
	for (size_t i = 0; i < sizeof(shown) / sizeof(*shown); i++) {
		size_t length = strlen(shown[i]);

		if (shown[i][length - 1] == '.' ? !strncmp(path, shown[i], length) : !strcmp(path, shown[i]))
			return true;
	}
	return false;
}

static const json_t *find(const json_t *object, const char *path)
{
	char key[64];

	for (const char *dot; (dot = strchr(path, '.')); path = dot + 1) {
		snprintf(key, sizeof(key), "%.*s", (int)(dot - path), path);
		object = json_object_get(object, key);
	}
	return json_object_get(object, path);
}

static const char *string_at(const json_t *root, const char *path)
{
	const char *string = json_string_value(find(root, path));

	return string ? string : "-";
}

static void end_text(const json_t *root, const char *end, char *text, size_t size)
{
	char path[64];
	const json_t *port;

	snprintf(path, sizeof(path), "network.%s.port", end);
	port = find(root, path);
	snprintf(path, sizeof(path), "network.%s.address", end);
	if (json_is_integer(port))
		snprintf(text, size, strchr(string_at(root, path), ':') ? "[%s]:%lld" : "%s:%lld",
			 string_at(root, path), (long long)json_integer_value(port));
	else
		snprintf(text, size, "%s", string_at(root, path));
}

static void write_line(const struct writing *writing, const json_t *root, int64_t time_ns)
{
	struct flow *flow = writing->flow;
	char text[PIECE_BYTES];
	const json_t *pid = find(root, "process.pid");

	flow_piece(flow, 0, text_clock(text, sizeof(text), time_ns, writing->utc), NULL);
	if (json_is_integer(pid)) {
		snprintf(text, sizeof(text), "%s[%lld]", string_at(root, "process.executable.name"),
			 (long long)json_integer_value(pid));
		flow_piece(flow, 1, text, NULL);
	}
	end_text(root, "local", text, sizeof(text));
	flow_piece(flow, 1, text, NULL);
	flow_piece(flow, 1, "with", NULL);
	end_text(root, "peer", text, sizeof(text));
	flow_piece(flow, 1, text, NULL);
	if (json_integer_value(find(root, "count")) > 1) {
		snprintf(text, sizeof(text), "(stands for %lld)", (long long)json_integer_value(find(root, "count")));
		flow_piece(flow, 1, text, NULL);
	}
	flow_line(flow, INDENT);
	snprintf(text, sizeof(text), "%s, %s:", string_at(root, "kind"), string_at(root, "certainty"));
	flow_words(flow, text, NULL);
	flow_words(flow, string_at(root, "why"), "1");
}

static bool value_text(const struct field *field, const json_t *value, char *text, size_t size)
{
	int64_t number = json_integer_value(value);

	if ((json_is_integer(value) && !number) || json_is_false(value))
		return false; /* that there was none needs no ink here */
	if (json_is_string(value))
		snprintf(text, size, "%s", json_string_value(value));
	else if (json_is_boolean(value))
		snprintf(text, size, "yes");
	else if (!json_is_integer(value))
		return false;
	else if (field->unit == UNIT_BYTES && number >= 0)
		text_bytes(text, size, number);
	else if (field->unit == UNIT_MILLISECONDS && number >= 0)
		text_duration(text, size, number * 1000000);
	else if (field->unit == UNIT_MICROSECONDS && number >= 0)
		text_duration(text, size, number * 1000);
	else
		snprintf(text, size, "%" PRId64, number);
	return true;
}

/* "tcp.peer_window_bytes" is "peer window", behind "tcp:". */
static void label_text(const struct field *field, char *label, size_t size)
{
	static const char *const endings[] = {
		[UNIT_NONE] = "", [UNIT_BYTES] = "_bytes", [UNIT_MILLISECONDS] = "_ms", [UNIT_MICROSECONDS] = "_us",
		[UNIT_NANOSECONDS] = "_ns",
	};
	const char *dot = strchr(field->path, '.'), *name = dot ? dot + 1 : field->path;
	size_t length = strlen(name), ending = strlen(endings[field->unit]);

	if (length > ending && !strcmp(name + length - ending, endings[field->unit]))
		length -= ending;
	snprintf(label, size, "%.*s", (int)length, name);
	for (char *at = label; *at; at++) {
		if (*at == '_' || *at == '.')
			*at = ' ';
	}
}

/* A piece is written when the next one is known, because the comma between them belongs to it. */
static void write_fields(const struct writing *writing, const json_t *root)
{
	char piece[PIECE_BYTES] = "", label[48], value[160], group[32], last[32] = "";
	struct flow *flow = writing->flow;

	for (unsigned int i = 0; i < fields_count; i++) {
		const char *path = fields[i].path;

		if (!path || is_shown(path) || !value_text(&fields[i], find(root, path), value, sizeof(value)))
			continue;
		snprintf(group, sizeof(group), "%.*s", strchr(path, '.') ? (int)strcspn(path, ".") : 0, path);
		label_text(&fields[i], label, sizeof(label));
		if (*piece && *group && !strcmp(group, last)) {
			strcat(piece, ",");
			flow_piece(flow, flow->column > INDENT, piece, "2");
		} else {
			if (*piece)
				flow_piece(flow, flow->column > INDENT, piece, "2");
			flow_line(flow, INDENT);
			snprintf(piece, sizeof(piece), "%s%s", group, *group ? ":" : "");
			flow_piece(flow, 0, piece, "2");
		}
		snprintf(last, sizeof(last), "%s", group);
		snprintf(piece, sizeof(piece), "%s %s", label, value);
	}
	if (*piece)
		flow_piece(flow, flow->column > INDENT, piece, "2");
}

static void write_stack(const struct writing *writing, const json_t *root)
{
	const json_t *stack = find(root, "kernel.stack");
	size_t count = json_array_size(stack);

	if (!count)
		return;
	flow_line(writing->flow, INDENT);
	flow_words(writing->flow, "kernel path:", "2");
	for (size_t i = 0; i < count && i < STACK_SHOWN; i++) {
		flow_words(writing->flow, json_string_value(json_array_get(stack, i)) ?: "?", "2");
		if (i + 1 < count)
			flow_words(writing->flow, "<", "2");
	}
	if (count > STACK_SHOWN)
		flow_words(writing->flow, "...", "2");
}

int evidence_write_json(int64_t time_ns, const char *json, bool utc, struct flow *flow)
{
	const struct writing writing = { flow, utc };
	json_t *root = json_loads(json, 0, NULL);

	if (!root)
		return -EBADMSG;
	flow->indent = INDENT;
	write_line(&writing, root, time_ns);
	write_fields(&writing, root);
	write_stack(&writing, root);
	flow_end(flow);
	json_decref(root);
	return 0;
}

static int write(void *context, int64_t time_ns, const char *json)
{
	struct found *found = context;

	found->is_found = true;
	return evidence_write_json(time_ns, json, found->utc, found->flow);
}

int evidence_write(struct archive *archive, int64_t time_ns, bool utc, struct flow *flow, char *message, size_t size)
{
	const struct archive_wanted wanted = { .from_ns = time_ns, .to_ns = time_ns + 1 };
	struct found found = { .flow = flow, .utc = utc };
	int err = archive_incidents(archive, &wanted, write, &found, message, size);

	if (!err && !found.is_found) {
		snprintf(message, size, "an incident has left the database meanwhile");
		return -ENOENT;
	}
	return err;
}
