/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Fields as a person reads them, alone and inside the sentences of the causes table. */
#include <stdio.h>
#include <string.h>

#include "../util/text.h"
#include "fields.h"

/* Text that grows up to size and is then cut, once: nothing is added behind a cut. */
struct writer {
	char *text;
	size_t size;
	size_t length;
	bool is_cut;
};

static bool is_continuation(char byte)
{
	return ((unsigned char)byte & 0xc0) == 0x80;
}

static void append(struct writer *writer, const char *bytes, size_t length)
{
	size_t room = writer->size - writer->length - 1;

	if (writer->is_cut)
		return;
	if (length > room) {
		writer->is_cut = true;
		length = room;
		/* a character is left out rather than halved */
		while (length > 0 && is_continuation(bytes[length]))
			length--;
	}
	memcpy(writer->text + writer->length, bytes, length);
	writer->length += length;
	writer->text[writer->length] = '\0';
}

static void append_strings(struct writer *writer, const struct field_value *value)
{
	char safe[4 * SYMBOL_BYTES];

	for (unsigned int i = 0; i < value->count; i++) {
		if (i > 0)
			append(writer, " < ", 3);
		text_printable(safe, sizeof(safe), value->strings[i], SYMBOL_BYTES);
		append(writer, safe, strlen(safe));
	}
}

static void integer_text(const struct field *field, int64_t integer, char *text, size_t size)
{
	static const uint32_t ns[] = {
		[UNIT_MILLISECONDS] = 1000000,
		[UNIT_MICROSECONDS] = 1000,
		[UNIT_NANOSECONDS] = 1,
	};

	switch (field->unit) {
	case UNIT_BYTES:
		text_bytes(text, size, (uint64_t)integer);
		break;
	case UNIT_MILLISECONDS:
	case UNIT_MICROSECONDS:
	case UNIT_NANOSECONDS:
		text_duration(text, size, (uint64_t)integer * ns[field->unit]);
		break;
	case UNIT_NONE:
		snprintf(text, size, "%lld", (long long)integer);
		break;
	}
}

/* What deaths that were counted by one key have in common (bpf/valve.h); a dot at the end: and all below it. */
static const char *const common[] = {
	"v", "time", "last_time", "count", "kind", "cause", "certainty", "ordinary", "missing", "why", "network.type",
	"process.pid", "process.executable.name", "process.user.id", "process.source", "process.cgroup.id", "cgroup",
	"container.", "k8s.", "netns", "tcp.state", "tcp.errno", "tcp.orphan", "segment.flags", "segment.conntrack",
	"former.pid", "former.executable.name", "former.was_listener", "kernel.",
};

static const char *const common_names[] = { "task", "exit", "conntrack", "former", "reject", "local", "peer" };

static bool is_common(const struct field *field, const struct incident *incident)
{
	const char *path = field->path;

	for (size_t i = 0; !path && i < sizeof(common_names) / sizeof(*common_names); i++) {
		if (!strcmp(field->name, common_names[i]))
			return true;
	}
	for (size_t i = 0; path && i < sizeof(common) / sizeof(*common); i++) {
		size_t length = strlen(common[i]);

		if (common[i][length - 1] == '.' ? !strncmp(path, common[i], length) : !strcmp(path, common[i]))
			return true;
	}
	return path && ((incident->common_port == COMMON_PORT_LOCAL && !strcmp(path, "network.local.port")) ||
			(incident->common_port == COMMON_PORT_PEER && !strcmp(path, "network.peer.port")));
}

bool field_get(const struct field *field, const struct report *report, struct field_value *ret_value)
{
	if (report->incident->count && !is_common(field, report->incident))
		return false;
	return field->get(report, ret_value);
}

bool field_text(const struct field *field, const struct report *report, char *text, size_t size)
{
	struct writer writer = { .text = text, .size = size };
	struct field_value value = { 0 };

	if (size == 0)
		return false;
	*text = '\0';
	if (!field_get(field, report, &value))
		return false;
	switch (field->type) {
	case FIELD_INTEGER:
		integer_text(field, value.integer, text, size);
		break;
	case FIELD_BOOLEAN:
		append(&writer, value.integer ? "yes" : "no", value.integer ? 3 : 2);
		break;
	case FIELD_STRING:
		append(&writer, value.string, strlen(value.string));
		break;
	case FIELD_STRINGS:
		append_strings(&writer, &value);
		break;
	}
	return true;
}

/* In a sentence on several deaths, for what differs among them. */
static const char *vague_word(const struct field *field)
{
	switch (field->unit) {
	case UNIT_BYTES:
		return "some bytes";
	case UNIT_MILLISECONDS:
	case UNIT_MICROSECONDS:
	case UNIT_NANOSECONDS:
		return "some time";
	case UNIT_NONE:
		break;
	}
	return "various";
}

static const struct field *find_name(const char *name, size_t length)
{
	for (unsigned int i = 0; i < fields_count; i++) {
		const char *candidate = fields[i].name;

		if (candidate && strlen(candidate) == length && !memcmp(candidate, name, length))
			return &fields[i];
	}
	return NULL;
}

/* False when the field has nothing to tell: not known, or "0 bytes" and the like, which an optional part omits. */
static bool append_field(struct writer *writer, const struct report *report, const char *name,
			 size_t length)
{
	const struct field *field = find_name(name, length);
	char text[256];

	if (!field || !field_text(field, report, text, sizeof(text))) {
		const char *word = field && report->incident->count ? vague_word(field) : "?";

		append(writer, word, strlen(word));
		return false;
	}
	append(writer, text, strlen(text));
	return strncmp(text, "0 ", 2) != 0;
}

/* Expands from `at` to `end`, which holds no brackets. False when a field in it has nothing to tell. */
static bool expand_plain(struct writer *writer, const struct report *report, const char *at,
			 const char *end)
{
	bool tells_all = true;

	while (at < end) {
		const char *close = *at == '{' ? memchr(at, '}', (size_t)(end - at)) : NULL;
		const char *next;

		if (close) {
			tells_all &= append_field(writer, report, at + 1, (size_t)(close - at - 1));
			at = close + 1;
			continue;
		}
		next = memchr(at + 1, '{', (size_t)(end - at - 1));
		next = next ? next : end;
		append(writer, at, (size_t)(next - at));
		at = next;
	}
	return tells_all;
}

void fields_expand(const char *pattern, const struct report *report, char *text, size_t size)
{
	struct writer writer = { .text = text, .size = size }, before;
	const char *open, *close;

	if (size == 0)
		return;
	*text = '\0';
	while ((open = strchr(pattern, '[')) && (close = strchr(open, ']'))) {
		expand_plain(&writer, report, pattern, open);
		before = writer;
		if (!expand_plain(&writer, report, open + 1, close)) {
			writer = before;
			text[writer.length] = '\0';
		}
		pattern = close + 1;
	}
	expand_plain(&writer, report, pattern, pattern + strlen(pattern));
}
