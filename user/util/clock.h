/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The clocks of this machine. */
#ifndef RSTTRACE_CLOCK_H
#define RSTTRACE_CLOCK_H

#include <stdint.h>
#include <time.h>

static inline int64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static inline int64_t monotonic_ms(void)
{
	return clock_ns(CLOCK_MONOTONIC) / 1000000;
}

#endif
