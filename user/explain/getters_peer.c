/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Getters of the other end's death, where that end is on this host too. */
#include <stdio.h>

#include "../util/text.h"
#include "causes.h"
#include "getters.h"

static const struct peer_end *peer_of(const struct report *report)
{
	return report->peer.cause ? &report->peer : NULL;
}

static const struct ev_task *peer_owner(const struct report *report)
{
	const struct peer_end *peer = peer_of(report);

	/* Who once had the port is told in that end's own sentence. */
	if (!peer || peer->owner.source == OWNER_UNKNOWN || peer->owner.source == OWNER_FORMER)
		return NULL;
	return &peer->owner;
}

bool get_peer_cause(const struct report *report, struct field_value *ret_value)
{
	const struct peer_end *peer = peer_of(report);

	return peer && value_string(ret_value, peer->cause->slug);
}

bool get_peer_certainty(const struct report *report, struct field_value *ret_value)
{
	const struct peer_end *peer = peer_of(report);

	return peer && value_string(ret_value, certainty_name(peer->certainty));
}

bool get_peer_why(const struct report *report, struct field_value *ret_value)
{
	const struct peer_end *peer = peer_of(report);

	return peer && value_string(ret_value, peer->why);
}

bool get_peer_pid(const struct report *report, struct field_value *ret_value)
{
	const struct ev_task *owner = peer_owner(report);

	return owner && value_integer(ret_value, owner->pid);
}

bool get_peer_comm(const struct report *report, struct field_value *ret_value)
{
	const struct ev_task *owner = peer_owner(report);

	if (!owner)
		return false;
	text_printable(ret_value->text, sizeof(ret_value->text), owner->comm, sizeof(owner->comm));
	return value_string(ret_value, ret_value->text);
}

bool get_peer_netns(const struct report *report, struct field_value *ret_value)
{
	const struct peer_end *peer = peer_of(report);

	return peer && peer->netns && value_integer(ret_value, peer->netns);
}

/* Longer than a field's own text: it is written when the other end is found. */
bool phrase_peer_end(const struct report *report, struct field_value *ret_value)
{
	const struct peer_end *peer = peer_of(report);

	return peer && value_string(ret_value, peer->story);
}
