/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Symbols that are read by another thread, beside everything else that a start is made of: it takes as long as all the
 * rest. */
#ifndef RSTTRACE_SYMBOLS_READING_H
#define RSTTRACE_SYMBOLS_READING_H

#include "symbols.h"

struct symbols_reading;

/* NULL: there is no thread to be had. */
struct symbols_reading *symbols_reading_begin(void);
/* Waits for the end; returns as symbols_load(). NULL is fine: they are read now. */
int symbols_reading_end(struct symbols_reading *reading, struct symbols **ret_symbols);

#endif
