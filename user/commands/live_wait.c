/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* See live_wait.h. */
#include "live_wait.h"

#include <errno.h>

/* Longer than a record is held, its owner sought, and what was counted is left unread. */
#define AWAKE_MS 1500
#define SLEEP_MS 1000 /* a signal that comes just before a sleep is heard after it */
#define SCREEN_MS 200 /* a screen has a clock */

void live_wait_begin(struct live_wait *wait, struct session *session, const struct front *front, int output,
		     int64_t now_ms)
{
	*wait = (struct live_wait){
		.session = session,
		.fds = { { .fd = session_fd(session), .events = POLLIN },
			 front ? (struct pollfd){ .fd = front->keys, .events = POLLIN } :
				 (struct pollfd){ .fd = output } },
		.sleep_ms = front && front->keys >= 0 ? SCREEN_MS : SLEEP_MS,
		.heard_ms = now_ms,
	};
}

static void set_asleep(struct live_wait *wait, bool is_asleep)
{
	wait->is_asleep = is_asleep;
	session_set_asleep(wait->session, is_asleep);
}

int live_wait(struct live_wait *wait, uint64_t records, int64_t now_ms, int64_t left_ms)
{
	int64_t pause_ms = DRAIN_MS;

	if (records != wait->records) {
		wait->records = records;
		wait->heard_ms = now_ms;
	} else if (wait->is_asleep) {
		pause_ms = wait->sleep_ms;
	} else if (now_ms - wait->heard_ms >= AWAKE_MS) {
		set_asleep(wait, true);
		return 0; /* another drain finds what came before that */
	}
	if (poll(wait->fds, 2, left_ms < pause_ms ? left_ms : pause_ms) < 0 && errno != EINTR)
		return -errno;
	if (wait->is_asleep)
		set_asleep(wait, false);
	return wait->fds[1].revents & (POLLERR | POLLHUP) ? -EPIPE : 0;
}
