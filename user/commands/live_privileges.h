/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What root can do, watching can do without. */
#ifndef RSTTRACE_LIVE_PRIVILEGES_H
#define RSTTRACE_LIVE_PRIVILEGES_H

#include <stdbool.h>

/* Keeps what is needed from now on; says so where that fails, and goes on. */
void live_drop_privileges(bool looks_into_processes);

#endif
