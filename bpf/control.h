/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What user space sets before load and reads at the end, besides evidence. Seen by both compilers. */
#ifndef RSTTRACE_CONTROL_H
#define RSTTRACE_CONTROL_H

#include "evidence.h"

/* Per CPU; the sums are printed at the end. */
enum counter {
	COUNTER_SENT = 0, /* records put into the ring buffer */
	COUNTER_LOST = 1, /* records that found no room in it */
	COUNTER_FILTERED = 2, /* deaths that the filters kept out */
	COUNTER_NESTED = 3, /* events that a hook's first program was skipped for, and the second one did */
	COUNTER_MAX
};

#define FILTER_MAX 16 /* ports, and prefixes, that one filter can hold */

struct filter_prefix {
	__u8 address[16];
	__u8 mask[16];
};

#endif
