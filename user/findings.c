/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* See findings.h. A report with its incident takes eight times the room of the evidence that it is made from. */
#include "findings.h"

#include <errno.h>
#include <stdlib.h>

#include "explain/causes.h"
#include "explain/deadline.h"

static uint32_t silence_of(const struct ev_sock *sock)
{
	return sock->last_ack_ms < sock->last_received_ms ? sock->last_ack_ms : sock->last_received_ms;
}

/* The line of that process, when there is one. Few processes leak. */
static struct finding *find_process(const struct findings *findings, const struct cause *cause, uint32_t pid)
{
	for (size_t i = findings->count; pid && cause->is_per_process && i-- > 0;) {
		if (findings->rows[i].cause == cause && findings->rows[i].pid == pid)
			return &findings->rows[i];
	}
	return NULL;
}

static int make_room(struct findings *findings)
{
	size_t room = findings->room ? 2 * findings->room : 64;
	struct finding *rows;

	if (findings->count < findings->room)
		return 0;
	rows = realloc(findings->rows, room * sizeof(*rows));
	if (!rows)
		return -ENOMEM;
	findings->rows = rows;
	findings->room = room;
	return 0;
}

int findings_add(struct findings *findings, const struct report *report)
{
	const struct evidence *ev = &report->incident->evidence;
	uint32_t pid = report->owner.source != OWNER_UNKNOWN ? report->owner.pid : 0;
	struct finding *same = find_process(findings, report->cause, pid);
	uint32_t silence_ms = silence_of(&ev->sock);
	struct deadline deadline;
	int err;

	if (same) {
		same->count++;
		if (silence_ms > same->silence_ms) {
			same->evidence = *ev;
			same->silence_ms = silence_ms;
		}
		return 0;
	}
	err = make_room(findings);
	if (err)
		return err;
	deadline_find(ev, &deadline);
	findings->rows[findings->count++] = (struct finding){
		.evidence = *ev,
		.cause = report->cause,
		.in_ms = deadline.is_known ? deadline.in_ms : UINT64_MAX,
		.silence_ms = silence_ms,
		.count = 1,
		.pid = pid,
	};
	return 0;
}

static int by_end(const void *left, const void *right)
{
	const struct finding *a = left, *b = right;

	if (a->in_ms != b->in_ms)
		return a->in_ms < b->in_ms ? -1 : 1;
	if (a->cause != b->cause) /* rows of one table */
		return a->cause < b->cause ? -1 : 1;
	if (a->silence_ms != b->silence_ms)
		return a->silence_ms > b->silence_ms ? -1 : 1;
	return 0;
}

void findings_sort(struct findings *findings)
{
	if (findings->count)
		qsort(findings->rows, findings->count, sizeof(*findings->rows), by_end);
}

void findings_free(struct findings *findings)
{
	free(findings->rows);
	*findings = (struct findings){ 0 };
}
