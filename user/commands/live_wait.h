/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What live waits for between two drains: a timer while anything happens; while nothing does, the first record. */
#ifndef RSTTRACE_LIVE_WAIT_H
#define RSTTRACE_LIVE_WAIT_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

#include "../attach/session.h"
#include "front.h"

#define DRAIN_MS 50

struct live_wait {
	struct session *session;
	struct pollfd fds[2]; /* the ring buffer; the keys of a front, or the output, whose reader may go */
	int sleep_ms; /* at most */
	uint64_t records; /* had been read */
	int64_t heard_ms; /* CLOCK_MONOTONIC; when that was last another number */
	bool is_asleep; /* who makes a record wakes us */
};

/* `output`: a file descriptor, -1 = none. */
void live_wait_begin(struct live_wait *wait, struct session *session, const struct front *front, int output,
		     int64_t now_ms);
/* Until the next drain is due; not longer than `left_ms`. `records` have been read up to now. 0, -EPIPE: the reader of
 * the output has gone, or another negative errno. */
int live_wait(struct live_wait *wait, uint64_t records, int64_t now_ms, int64_t left_ms);

#endif
