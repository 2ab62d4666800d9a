/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Private to text*.c: what they write with. */
#ifndef RSTTRACE_REPORT_TEXT_PRIVATE_H
#define RSTTRACE_REPORT_TEXT_PRIVATE_H

#include "../sinks/flow.h"
#include "text.h"

#define HEADING "1"
#define DIM "2"
#define STORIES_SHOWN 8
#define EXAMPLES_MAX 24

struct writer {
	const struct digest *digest;
	struct archive *archive;
	const struct text_options *options;
	struct flow flow;
	int64_t examples[EXAMPLES_MAX]; /* shown already */
	unsigned int examples_count;
	char *message;
	size_t size;
};

/* Words, wrapped lines of which begin at `indent`. */
void text_part(struct writer *writer, unsigned int indent, const char *text, const char *sgr);
void text_heading(struct writer *writer, const char *text);
/* "x 12", "x 0.05", "new" */
void text_times(const struct digest *digest, int64_t deaths, int64_t before, char *text, size_t size);

/* "2026-01-02 10:40:05" */
void text_date(char *text, size_t size, int64_t time_ns, bool utc);

/* text_tables.c */
void text_groups(struct writer *writer);
/* Both: 0 or a negative errno. */
int text_timeline(struct writer *writer);
int text_examples(struct writer *writer);

#endif
