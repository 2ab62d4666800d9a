/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* See join.h. The memory is a ring of the last deaths and closed listeners: small, and looked through from the
 * youngest, because only resets without a socket ask. */
#include "join.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "frames.h"

#define MEMORY 4096
#define GRAVE_NS (20 * 60 * 1000000000ULL) /* a peer that hears nothing retransmits for 15 minutes by default */
#define TCP_LISTEN_STATE 10
#define TCP_SYN_SENT_STATE 2

struct grave {
	struct ev_tuple tuple;
	struct former former;
};

struct join {
	struct join_names names;
	int64_t wall_offset_ns;
	struct grave graves[MEMORY];
	uint64_t graves_count; /* ever made */
};

struct join *join_new(const struct join_names *names, int64_t wall_offset_ns)
{
	struct join *join = calloc(1, sizeof(*join));

	if (!join)
		return NULL;
	join->names = *names;
	join->wall_offset_ns = wall_offset_ns;
	return join;
}

static bool is_any(const uint8_t address[16])
{
	static const uint8_t none[16], any4[16] = { [10] = 0xff, [11] = 0xff };

	return !memcmp(address, none, 16) || !memcmp(address, any4, 16);
}

/* A listener's grave covers its port on its address, for whoever connects or was connected to it (never for the answer
 * to a connect() of this host). A connection's grave is its own four-tuple. Except for new connects only for a while:
 * ports come back, and an ordinary end leaves no grave. */
static bool covers(const struct grave *grave, const struct evidence *ev, uint64_t now_wall_ns)
{
	const struct ev_tuple *tuple = &ev->tuple;

	bool is_syn = ev->segment.flags & SEG_SYN, is_answer = is_syn && ev->segment.flags & SEG_ACK;

	if (is_answer && grave->former.was_listener)
		return false;
	if ((!is_syn || is_answer) && now_wall_ns - grave->former.ended_wall_ns > GRAVE_NS)
		return false;
	if (grave->tuple.netns != tuple->netns || grave->tuple.local_port != tuple->local_port)
		return false;
	if (!is_any(grave->tuple.local) && memcmp(grave->tuple.local, tuple->local, 16))
		return false;
	return grave->former.was_listener || (grave->tuple.peer_port == tuple->peer_port &&
					      !memcmp(grave->tuple.peer, tuple->peer, 16));
}

static void find_former(const struct join *join, const struct evidence *ev, uint64_t now_wall_ns,
			struct former *ret_former)
{
	uint64_t oldest = join->graves_count > MEMORY ? join->graves_count - MEMORY : 0;

	for (uint64_t i = join->graves_count; i > oldest; i--) {
		const struct grave *grave = &join->graves[(i - 1) % MEMORY];

		if (covers(grave, ev, now_wall_ns)) {
			*ret_former = grave->former;
			return;
		}
	}
}

static void bury(struct join *join, const struct incident *incident, const char *cause)
{
	struct grave *grave = &join->graves[join->graves_count++ % MEMORY];
	const struct evidence *ev = &incident->evidence;

	memset(grave, 0, sizeof(*grave));
	grave->tuple = ev->tuple;
	grave->former.known = true;
	grave->former.was_listener = ev->sock.old_state == TCP_LISTEN_STATE;
	grave->former.ended_wall_ns = incident->time_wall_ns;
	grave->former.cause = cause;
	grave->former.owner = ev->conn.owner;
	/* The task on the CPU is the owner where it closes, and that may be because it ends. */
	if (ev->task.is_exiting && ev->task.pid == ev->conn.owner.pid) {
		grave->former.has_exited = true;
		grave->former.owner.exit_code = ev->task.exit_code;
		grave->former.owner.is_oom = ev->task.is_oom;
	}
	if (ev->conn.opened_ns)
		grave->former.lasted_ns = ev->time_ns - ev->conn.opened_ns;
}

static void name_frames(const struct join *join, const struct evidence_stacked *record, struct incident *incident)
{
	incident->stack_depth = record->evidence.stack_depth;
	memcpy(incident->stack, record->stack, sizeof(incident->stack));
	for (unsigned int i = 0; i < incident->stack_depth; i++) {
		const char *name = join->names.symbol(join->names.context, record->stack[i]);

		snprintf(incident->frames[i], SYMBOL_BYTES, "%s", name ? name : "");
	}
	frames_delimit(incident);
}

void join_user(const struct join *join, const struct ev_user_frame *frames, unsigned int depth,
	       struct incident *incident)
{
	if (!join->names.user_frame)
		return;
	incident->user_depth = depth;
	for (unsigned int i = 0; i < depth; i++)
		incident->user_frames[i] = join->names.user_frame(join->names.context, &frames[i]);
}

enum join_result join_record(struct join *join, const struct evidence_stacked *record, struct incident *ret_incident)
{
	const struct evidence *ev = &record->evidence;
	const char *reason = NULL;

	if (ev->hook == HOOK_OWNER)
		return JOIN_OWNER;
	memset(ret_incident, 0, sizeof(*ret_incident));
	ret_incident->evidence = *ev;
	ret_incident->time_wall_ns = ev->time_ns + join->wall_offset_ns;
	name_frames(join, record, ret_incident);
	if (ev->reason != EVIDENCE_NO_REASON)
		reason = join->names.reason(join->names.context, ev->reason);
	snprintf(ret_incident->reason, sizeof(ret_incident->reason), "%s", reason ? reason : "");
	if (ev->hook == HOOK_INET_SOCK_SET_STATE && ev->sock.old_state == TCP_LISTEN_STATE) {
		bury(join, ret_incident, NULL);
		return JOIN_REMEMBERED;
	}
	/* tcp_reset() runs, and its tracepoint fires, also for data after close(): no reset arrived. The reset that
	 * this end sends for it follows, and is the death. */
	if (ev->hook == HOOK_TCP_RECEIVE_RESET && ev->sock.state != TCP_SYN_SENT_STATE &&
	    (frames_hold(ret_incident) & FRAME(RCV_STATE_PROCESS)) &&
	    !(frames_hold(ret_incident) & FRAME(VALIDATE_INCOMING)))
		return JOIN_REMEMBERED;
	if (!(ev->flags & EV_SOCKET) && ev->flags & EV_SEGMENT)
		find_former(join, ev, ret_incident->time_wall_ns, &ret_incident->former);
	return JOIN_INCIDENT;
}

void join_verdict(struct join *join, const struct incident *incident, const char *cause)
{
	if (incident->evidence.flags & EV_SOCKET)
		bury(join, incident, cause);
}

void join_free(struct join *join)
{
	free(join);
}
