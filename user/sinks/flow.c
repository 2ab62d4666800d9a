/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Words into lines that are never wider than the terminal. Colours take no columns. */
#include "flow.h"

#include <string.h>

#include "../util/text.h"

static void put_spaces(struct flow *flow, unsigned int count)
{
	fprintf(flow->out, "%*s", (int)count, "");
	flow->column += count;
}

static bool is_continuation(char byte)
{
	return ((unsigned char)byte & 0xc0) == 0x80;
}

static size_t character_bytes(const char *text)
{
	size_t length = 1;

	while (is_continuation(text[length]))
		length++;
	return length;
}

/* As many characters as there is room for; the number of bytes that they take. */
static size_t fitting_bytes(const struct flow *flow, const char *text)
{
	size_t length = 0;

	if (flow->width == 0)
		return strlen(text);
	for (unsigned int column = flow->column; text[length] && column < flow->width; column++)
		length += character_bytes(text + length);
	return length;
}

void flow_line(struct flow *flow, unsigned int indent)
{
	fputc('\n', flow->out);
	flow->column = 0;
	flow->indent = indent;
	put_spaces(flow, indent);
}

void flow_end(struct flow *flow)
{
	fputc('\n', flow->out);
	flow->column = 0;
}

static void put_coloured(struct flow *flow, const char *text, const char *sgr)
{
	bool is_coloured = flow->colour && sgr;

	if (is_coloured)
		fprintf(flow->out, "\033[%sm", sgr);
	while (*text) {
		size_t length = fitting_bytes(flow, text);

		if (length == 0) {
			flow_line(flow, flow->indent);
			continue;
		}
		fwrite(text, 1, length, flow->out);
		text += length;
		if (*text)
			flow_line(flow, flow->indent);
		else
			flow->column += (unsigned int)text_columns(text - length);
	}
	if (is_coloured)
		fputs("\033[0m", flow->out);
}

void flow_piece(struct flow *flow, unsigned int gap, const char *text, const char *sgr)
{
	size_t columns = text_columns(text);

	if (flow->column > flow->indent && flow->width &&
	    flow->column + gap + columns > flow->width)
		flow_line(flow, flow->indent);
	else
		put_spaces(flow, gap);
	put_coloured(flow, text, sgr);
}

void flow_cell(struct flow *flow, unsigned int start, const char *text, const char *sgr)
{
	unsigned int gap = flow->column > 0;

	if (start > flow->column)
		gap = start - flow->column;
	flow_piece(flow, gap, text, sgr);
}

void flow_words(struct flow *flow, const char *text, const char *sgr)
{
	while (*text) {
		size_t length = strcspn(text, " ");
		char word[256];

		if (length > 0) {
			snprintf(word, sizeof(word), "%.*s", (int)length, text);
			flow_piece(flow, flow->column > flow->indent, word, sgr);
		}
		text += length + (text[length] == ' ');
	}
}
