/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* How a socket stands that `rsttrace stalled` came upon: what it waits for, and since when. */
#include "facts_stalled.h"

#include <stdbool.h>

#include "deadline.h"

#define NEVER UINT32_MAX
#define LEAK_MS 60000 /* a program that was told of the end and does nothing for so long has forgotten */
#define PILE 64 /* so many handshakes hang in a queue that is not full, too, only when nobody answers */

static void set(struct facts *facts, fact_set fact, bool holds)
{
	facts->known |= fact;
	if (holds)
		facts->holds |= fact;
}

/* Nothing came from the peer for so long; what never came is not known to be missing. */
static bool is_silent_for(const struct ev_sock *sock, uint32_t ms)
{
	uint32_t heard_ms = sock->last_ack_ms < sock->last_received_ms ? sock->last_ack_ms : sock->last_received_ms;

	return heard_ms != NEVER && heard_ms >= ms;
}

/* Most of them had a SYN-ACK that nobody answered: clients that are there answer the first. A few do not even then,
 * so there must be many, or the queue full of them. */
static bool is_pile(const struct evidence *ev)
{
	uint32_t requests = ev->pending.queue_length, young = ev->pending.young;

	return requests && young <= requests / 2 && (requests >= PILE || requests >= ev->sock.max_ack_backlog);
}

/* A window that has just shut is no trouble yet, nor is a SYN or segment on its first way. */
static bool is_probed(const struct evidence *ev, const struct deadline *deadline)
{
	return deadline->trouble == TROUBLE_ZERO_WINDOW &&
	       (ev->pending.write_event != PENDING_PROBE || ev->sock.probes || ev->sock.backoff);
}

void facts_observe_stalled(const struct incident *incident, struct facts *facts)
{
	const struct evidence *ev = &incident->evidence;
	bool is_stalled = ev->hook == HOOK_ITERATOR && ev->flags & EV_SOCKET && ev->flags & EV_PENDING;
	bool is_listener = facts->holds & FACT(IS_LISTEN);
	struct deadline deadline = { 0 };
	uint32_t leak_ms = incident->silence_ms < LEAK_MS ? incident->silence_ms : LEAK_MS;

	set(facts, FACT(STALLED), is_stalled);
	if (!is_stalled)
		return;
	if (!is_listener)
		deadline_find(ev, &deadline);
	set(facts, FACT(UNANSWERED), (deadline.trouble == TROUBLE_RETRANSMITTING ||
				      deadline.trouble == TROUBLE_CONNECTING) && deadline.tries);
	set(facts, FACT(PROBED), is_probed(ev, &deadline));
	set(facts, FACT(KEEPALIVE_PROBED), deadline.trouble == TROUBLE_KEEPALIVE);
	/* One without a struct socket waits for accept(): it has no application yet. Or has none any more. */
	set(facts, FACT(SILENT), !is_listener && !ev->sock.is_keepalive && ev->sock.has_socket &&
					 is_silent_for(&ev->sock, incident->silence_ms));
	set(facts, FACT(LEAKED), facts->holds & FACT(IS_CLOSE_WAIT) && ev->sock.has_socket &&
					 is_silent_for(&ev->sock, leak_ms));
	set(facts, FACT(SYN_PILE), is_listener && is_pile(ev));
}
