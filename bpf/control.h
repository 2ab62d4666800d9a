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
	COUNTER_COUNTED = 4, /* deaths that were counted rather than streamed */
	COUNTER_MAX
};

/* Programs that others go on with by a tail call, so that the kernel checks them once. None that may be interrupted by
 * itself: from v6.13 on a program may have one stack for each CPU, however often it is entered there. */
enum body { BODY_HASH, BODY_MAX };

/* The valve: deaths that one CPU may stream in VALVE_WINDOW_MS; what comes beyond is counted by its key. */
#define VALVE_RECORDS 1024
#define VALVE_WINDOW_MS 160 /* long: a burst of a thousand is told one by one */
#define VALVE_KEYS 4096
#define VALVE_SPARE_KEYS 256 /* without ports, when those are used up */

/* --deep: what to tell of the segments that are dropped for one reason. */
enum deep_drop {
	DROP_TELL_RESETS = 1 << 0,
	DROP_TELL_ALL = 1 << 1, /* but resets */
	DROP_TELL_LAST_ACK = 1 << 2, /* the last of a handshake, when its listener is full */
	DROP_TELL_COOKIE = 1 << 3, /* ... if it brought a SYN cookie */
	DROP_TELL_NO_CHILD = 1 << 4, /* the last of a handshake, whether its listener is full or not */
};

#define DROP_REASONS_MAX 256

/* --deep: functions in which segments are dropped without a reason. */
enum deep_function {
	DEEP_TCP_V4_RCV,
	DEEP_TCP_V6_RCV,
	DEEP_TCP_V4_DO_RCV,
	DEEP_TCP_V6_DO_RCV,
	DEEP_NF_HOOK_SLOW,
	DEEP_COOKIE_V4_CHECK,
	DEEP_COOKIE_V6_CHECK,
	DEEP_FUNCTIONS_MAX
};

#define FILTER_MAX 16 /* ports, and prefixes, that one filter can hold */

struct filter_prefix {
	__u8 address[16];
	__u8 mask[16];
};

#endif
