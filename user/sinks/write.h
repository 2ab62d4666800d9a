/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Private to the sinks that write text: one incident goes out in one piece. */
#ifndef RSTTRACE_WRITE_H
#define RSTTRACE_WRITE_H

#include <stddef.h>
#include <stdio.h>

/* At once on a terminal, else when the buffer of `out` is full. 0, or a negative errno (-EPIPE: no reader). */
int write_text(FILE *out, const char *text, size_t size);

#endif
