/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* See wording.h. A field that the line itself tells, or that has a line of its own, is not told again as evidence. */
#include "wording.h"

#include <string.h>

#include "../explain/fields.h"
#include "../util/text.h"

#define DIM "2"

#define USER_TEXT_BYTES 256 /* a frame of a program's stack, escaped */
#define EVIDENCE_BYTES 512 /* one field: its label, its value, a comma */

/* Fields that stand in the line itself, or have a line of their own; a dot at the end: and all below it. */
static const char *const shown_paths[] = {
	"v",	 "time",	  "kind",	 "certainty",		"missing",
	"why",	 "network.",	  "process.pid", "process.executable.", "kernel.stack",
	"count", "process.stack",
};

const struct ev_task *wording_task(const struct report *report, bool *ret_is_former)
{
	const struct former *former = &report->incident->former;
	const struct ev_task *task = &report->owner;

	*ret_is_former = task->source == OWNER_FORMER;
	if (task->source == OWNER_UNKNOWN && former->known) {
		task = &former->owner;
		*ret_is_former = true;
	}
	return task->source == OWNER_UNKNOWN ? NULL : task;
}

void wording_process(const struct report *report, char *text, size_t size)
{
	char comm[4 * EVIDENCE_COMM_BYTES + 1];
	const struct ev_task *task;
	bool is_former;

	task = wording_task(report, &is_former);
	if (!task) {
		snprintf(text, size, "-");
		return;
	}
	text_printable(comm, sizeof(comm), task->comm, sizeof(task->comm));
	snprintf(text, size, is_former ? "(%s[%u])" : "%s[%u]", comm, task->pid);
}

const char *wording_phrase(const struct report *report, const char *name, char *text, size_t size)
{
	char pattern[32];

	snprintf(pattern, sizeof(pattern), "[{%s}]", name);
	fields_expand(pattern, report, text, size);
	return *text ? text : "-";
}

static const struct field *field_of(const char *path)
{
	for (unsigned int i = 0; i < fields_count; i++)
		if (fields[i].path && strcmp(fields[i].path, path) == 0)
			return &fields[i];
	return NULL;
}

bool wording_field(const char *path, const struct report *report, char *text, size_t size)
{
	const struct field *field = field_of(path);

	return field && field_text(field, report, text, size);
}

static void put_indent(struct flow *flow, unsigned int indent)
{
	flow->indent = indent;
	flow_piece(flow, indent, "", NULL);
	flow->indent = indent + 2;
}

static bool is_shown(const char *path)
{
	for (size_t i = 0; i < sizeof(shown_paths) / sizeof(*shown_paths); i++) {
		const char *shown = shown_paths[i];
		size_t length = strlen(shown);

		if (shown[length - 1] == '.' ? !strncmp(path, shown, length) : !strcmp(path, shown))
			return true;
	}
	return false;
}

/* "tcp.peer_window_bytes" in the group "tcp" is "peer window". */
static void label_of(const struct field *field, size_t group_length, char *label, size_t size)
{
	static const char *const suffixes[] = {
		[UNIT_NONE] = "",
		[UNIT_BYTES] = "_bytes",
		[UNIT_MILLISECONDS] = "_ms",
		[UNIT_MICROSECONDS] = "_us",
		[UNIT_NANOSECONDS] = "_ns",
	};
	const char *name = field->path + group_length + (field->path[group_length] == '.');
	size_t length = strlen(name), suffix_length = strlen(suffixes[field->unit]);

	if (length > suffix_length && !strcmp(name + length - suffix_length, suffixes[field->unit]))
		length -= suffix_length;
	snprintf(label, size, "%.*s", (int)length, name);
	for (char *at = label; *at; at++)
		if (*at == '_' || *at == '.')
			*at = ' ';
}

/* "tcp" of "tcp.state"; 0 for a path without a dot. */
static size_t group_length(const char *path)
{
	return strchr(path, '.') ? strcspn(path, ".") : 0;
}

static bool is_same_group(const char *path, const char *other)
{
	size_t length = group_length(path);

	return length == group_length(other) && memcmp(path, other, length) == 0;
}

/* The beginning of a paragraph: the group's name, once. */
static void begin_group(struct flow *flow, unsigned int indent, const char *path)
{
	char name[32];

	put_indent(flow, indent);
	if (group_length(path) == 0)
		return;
	snprintf(name, sizeof(name), "%.*s:", (int)group_length(path), path);
	flow_piece(flow, 0, name, DIM);
}

/* One paragraph per object of the JSON form: "tcp: state ESTABLISHED, unread 128 bytes, ...". A piece is written
 * when the next one is known, because the comma between them belongs to it. */
void wording_evidence(struct flow *flow, unsigned int indent, const struct report *report)
{
	const char *group = NULL;
	char piece[EVIDENCE_BYTES] = "";

	for (unsigned int i = 0; i < fields_count; i++) {
		const struct field *field = &fields[i];
		char label[48], value[EVIDENCE_BYTES - sizeof(label) - 2];
		bool is_next;

		if (!field->path || is_shown(field->path) ||
		    !field_text(field, report, value, sizeof(value)))
			continue;
		is_next = group && is_same_group(group, field->path);
		if (is_next)
			strcat(piece, ",");
		if (group)
			flow_piece(flow, flow->column > indent, piece, DIM);
		if (group && !is_next)
			flow_end(flow);
		if (!is_next)
			begin_group(flow, indent, field->path);
		group = field->path;
		label_of(field, group_length(group), label, sizeof(label));
		snprintf(piece, sizeof(piece), "%s %s", label, value);
	}
	if (group) {
		flow_piece(flow, flow->column > indent, piece, DIM);
		flow_end(flow);
	}
}

void wording_stack(struct flow *flow, unsigned int indent, const struct report *report,
		   const char *path, const char *label)
{
	char text[EVIDENCE_STACK_FRAMES * (SYMBOL_BYTES + 3) +
		  EVIDENCE_USER_FRAMES * USER_TEXT_BYTES];

	if (!wording_field(path, report, text, sizeof(text)))
		return;
	put_indent(flow, indent);
	flow_piece(flow, 0, label, DIM);
	flow_words(flow, text, DIM);
	flow_end(flow);
}
