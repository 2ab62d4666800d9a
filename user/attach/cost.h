/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What hooks cost, by the kernel's own run-time statistics, which it keeps only while somebody asks. */
#ifndef RSTTRACE_COST_H
#define RSTTRACE_COST_H

#include <stdint.h>

#include "session.h"

struct session_cost {
	uint64_t calls, ns; /* since the program was loaded, while somebody asked */
};

/* A file descriptor: until it is closed the kernel takes the time of every program's runs, which costs each some 20 ns
 * more. Or a negative errno. */
int session_cost_begin(void);
/* Of session_hook(i); zeroes where that is not attached. */
struct session_cost session_cost(const struct session *session, unsigned int i);

#endif
