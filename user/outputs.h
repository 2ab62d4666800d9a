/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The outputs that the command line asks for: opened, fed, flushed and closed together. */
#ifndef RSTTRACE_OUTPUTS_H
#define RSTTRACE_OUTPUTS_H

#include "cli.h"
#include "explain/report.h"

struct outputs;

/* The table on stdout where none is asked for. `standard` is written to in the place of stdout; NULL: stdout is not to
 * be written to, and no table is opened. 0, or a negative errno
 * with a sentence in message[size]. */
int outputs_open(const struct options *options, FILE *standard, struct outputs **ret_outputs, char *message,
		 size_t size);
/* Whether any of them goes to stdout. */
bool outputs_use_stdout(const struct options *options);
/* What follows is a new picture of the same: a table gets its header again. */
void outputs_begin(struct outputs *outputs);
/* Both: 0, or the negative errno of a write that failed (-EPIPE: the reader has gone). */
int outputs_report(struct outputs *outputs, const struct report *report);
int outputs_flush(struct outputs *outputs);
/* As outputs_flush(), and closes all but `standard`. NULL is fine. */
int outputs_close(struct outputs *outputs);

#endif
