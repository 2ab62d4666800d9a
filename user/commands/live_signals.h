/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* How SIGINT and SIGTERM end what watches: a write to a reader that does not read must end too, but one that is only
 * slow shall get the rest. */
#ifndef RSTTRACE_LIVE_SIGNALS_H
#define RSTTRACE_LIVE_SIGNALS_H

#include <stdbool.h>

void live_signals_catch(void);
bool live_signals_stop(void); /* whether one has come */
void live_signals_patience(void); /* after one: the reader reads on, and gets as long again for the next write */

#endif
