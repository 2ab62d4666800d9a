/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Words into lines that are never wider than the terminal; private to the sinks that write for people. */
#ifndef RSTTRACE_FLOW_H
#define RSTTRACE_FLOW_H

#include <stdbool.h>
#include <stdio.h>

struct flow {
	FILE *out;
	unsigned int width; /* columns, 0 = without end */
	unsigned int indent; /* where the next line begins; less than width */
	unsigned int column; /* where the next character goes */
	bool colour;
};

/* The text as one piece, `gap` spaces behind what stands before it, or first on a new line when it does not fit.
 * It is broken only when it is wider than a line. `sgr` is its colour as in ESC [ sgr m, NULL = none. */
void flow_piece(struct flow *flow, unsigned int gap, const char *text, const char *sgr);
/* The same, beginning at column `start` or one space behind what already reaches there. */
void flow_cell(struct flow *flow, unsigned int start, const char *text, const char *sgr);
/* Each word of the text as a piece. */
void flow_words(struct flow *flow, const char *text, const char *sgr);
/* Ends the line; what follows begins at `indent`. */
void flow_line(struct flow *flow, unsigned int indent);
/* Ends the last line. */
void flow_end(struct flow *flow);

#endif
