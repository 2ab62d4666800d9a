/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A tracer that is attached needs few privileges any more. */
#ifndef RSTTRACE_LIVE_PRIVILEGES_H
#define RSTTRACE_LIVE_PRIVILEGES_H

#include <stdbool.h>

/* Everything is open and attached: what is left is reading maps. */
void drop_privileges(bool looks_into_processes);
/* Of what could not be opened: whether privileges or the kernel are to blame. */
int live_exit_status(int err);

#endif
