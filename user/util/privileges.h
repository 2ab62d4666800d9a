/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a process may do, once everything is open and attached. */
#ifndef RSTTRACE_PRIVILEGES_H
#define RSTTRACE_PRIVILEGES_H

#include <sys/capability.h>

/* Drops all but these; says so where that fails, and goes on. */
void privileges_keep(const cap_value_t *kept, int count);

#endif
