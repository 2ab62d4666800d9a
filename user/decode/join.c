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
#define TCP_SYN_RECV_STATE 3
#define TCP_FIN_WAIT2_STATE 5

struct grave {
	struct ev_tuple tuple;
	struct former former;
};

#define REJECTS 256
#define REJECT_NS 1000000000ULL /* from the rule to the socket that it resets, both on this host */

#define RESETS 64
#define RESET_NS 10000000ULL /* from tcp_reset() to the end of its segment, in one softirq */

struct sight {
	struct ev_tuple tuple;
	uint64_t time_ns;
};

struct join {
	struct join_names names;
	int64_t wall_offset_ns;
	struct grave graves[MEMORY];
	uint64_t graves_count; /* ever made */
	struct sight rejects[REJECTS];
	uint64_t rejects_count; /* ever seen */
	struct sight resets[RESETS];
	uint64_t resets_count; /* ever received */
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

/* A request whose listener is closed: who that was is remembered by its port. */
static bool has_lost_listener(const struct evidence *ev)
{
	return ev->flags & EV_REQUEST && ev->flags & EV_SOCKET && ev->sock.state != TCP_LISTEN_STATE;
}

/* What a hook saw happen to a segment ends no connection; what ended a handshake had no socket to remember. */
static bool leaves_grave(const struct evidence *ev)
{
	/* A minisock that ends before its time leaves a peer that still knows the connection. */
	if (ev->flags & EV_TIMEWAIT)
		return ev->flags & EV_DETAIL && ev->detail.event == EVENT_GONE;
	return ev->flags & EV_SOCKET && !(ev->flags & EV_DETAIL) && ev->hook >= HOOK_TCP_SEND_RESET &&
	       ev->hook <= HOOK_INET_SOCK_SET_STATE;
}

static void remember_reject(struct join *join, const struct evidence *ev)
{
	join->rejects[join->rejects_count++ % REJECTS] = (struct sight){ ev->tuple, ev->time_ns };
}

/* The rule answers in the name of the other end: its ends are those of the socket, exchanged. It comes first, since
 * the reset is built before it is received. */
static bool is_rejected_here(const struct join *join, const struct evidence *ev)
{
	uint64_t oldest = join->rejects_count > REJECTS ? join->rejects_count - REJECTS : 0;

	for (uint64_t i = join->rejects_count; i > oldest; i--) {
		const struct sight *reject = &join->rejects[(i - 1) % REJECTS];

		if (ev->time_ns - reject->time_ns > REJECT_NS)
			break;
		if (reject->tuple.netns == ev->tuple.netns && reject->tuple.local_port == ev->tuple.peer_port &&
		    reject->tuple.peer_port == ev->tuple.local_port &&
		    !memcmp(reject->tuple.local, ev->tuple.peer, sizeof(ev->tuple.peer)) &&
		    !memcmp(reject->tuple.peer, ev->tuple.local, sizeof(ev->tuple.local)))
			return true;
	}
	return false;
}

static void remember_reset(struct join *join, const struct evidence *ev)
{
	join->resets[join->resets_count++ % RESETS] = (struct sight){ ev->tuple, ev->time_ns };
}

/* Whether that reset has just ended its socket: then it did its work before it was dropped. */
static bool has_reset_socket(const struct join *join, const struct evidence *ev)
{
	uint64_t oldest = join->resets_count > RESETS ? join->resets_count - RESETS : 0;

	for (uint64_t i = join->resets_count; i > oldest; i--) {
		const struct sight *reset = &join->resets[(i - 1) % RESETS];

		if (ev->time_ns - reset->time_ns > RESET_NS)
			break;
		if (reset->tuple.netns == ev->tuple.netns && reset->tuple.local_port == ev->tuple.local_port &&
		    reset->tuple.peer_port == ev->tuple.peer_port &&
		    !memcmp(reset->tuple.local, ev->tuple.local, sizeof(ev->tuple.local)) &&
		    !memcmp(reset->tuple.peer, ev->tuple.peer, sizeof(ev->tuple.peer)))
			return true;
	}
	return false;
}

/* What tcp_v4_rcv() and tcp_check_req() say of a reset that ended a handshake or minisock, or left a handshake alone:
 * the reasons came with v6.15. Those of segments that a check refused are others. */
static bool is_drop_by_request(const char *drop)
{
	static const char *const drops[] = { "", "NOT_SPECIFIED", "TCP_OVERWINDOW", "TCP_RFC7323_PAWS",
					     "TCP_RFC7323_TSECR" };

	for (unsigned int i = 0; i < sizeof(drops) / sizeof(*drops); i++) {
		if (!strcmp(drop, drops[i]))
			return true;
	}
	return false;
}

/* It waited for a neighbour's address, and whoever runs now only brought that. */
#define PARKED (FRAME(NEIGH_UPDATE) | FRAME(NEIGH_UPDATE_INNER))

/* Some hooks of --deep see more than one thing, and what another hook has told already; the way through the kernel
 * says so. */
static bool is_told_elsewhere(const struct join *join, const struct incident *incident)
{
	const frame_set passive = FRAME(V4_SEND_RESET) | FRAME(V6_SEND_RESET);
	const frame_set copies = FRAME(QUEUE_PURGE) | FRAME(QUEUE_PURGE_REASON) | FRAME(PACKET_RCV) |
				 FRAME(TPACKET_RCV) | FRAME(RAW_LOCAL_DELIVER) | FRAME(RAWV6_LOCAL_DELIVER);
	const struct evidence *ev = &incident->evidence;
	frame_set frames = frames_hold(incident);

	switch (ev->hook) {
	case HOOK_NET_DEV_QUEUE:
		if (frames & FRAME(HARD_START_XMIT)) /* a device on top of another: the upper one had it */
			return true;
		if (frames & PARKED) /* its builder is no longer to be seen; for TCP's own another hook has told it */
			return !(ev->flags & (EV_RAW_SOCKET | EV_FORWARDED));
		if (frames & FRAMES_OF_REJECT)
			return ev->flags & EV_SEES_REJECTS;
		if (frames & passive) /* tcp_send_reset fires for every full socket */
			return ev->flags & EV_SEES_NO_SOCKET || frames & (FRAME(V4_DO_RCV) | FRAME(V6_DO_RCV) |
									  FRAME(CHECK_REQ));
		return frames & FRAME(SEND_ACTIVE_RESET);
	case HOOK_KFREE_SKB:
		if (frames & copies) /* of a program that looks on */
			return true;
		if (frames & FRAME(VALIDATE_INCOMING) && ev->flags & EV_SEES_IGNORED)
			return true;
		/* A reset of a child of Fast Open, whose handshake was not over */
		if (frames & FRAME(RCV_STATE_PROCESS) && !(frames & FRAME(VALIDATE_INCOMING)) &&
		    !(ev->flags & EV_OUTGOING) && has_reset_socket(join, ev))
			return true;
		/* ... that met a handshake or minisock */
		return ev->segment.flags & SEG_RST && !(ev->flags & (EV_OUTGOING | EV_TIMEWAIT)) &&
		       is_drop_by_request(incident->drop) &&
		       !(frames & (FRAME(V4_DO_RCV) | FRAME(V6_DO_RCV) | FRAME(NF_HOOK_SLOW) | FRAME(NFT_DO_CHAIN)));
	case HOOK_TIMER_CANCEL:
		if (frames & (FRAME(MOD_TIMER) | FRAME(MOD_TIMER_1) | FRAME(RUN_TIMERS) | FRAME(EXPIRE_TIMERS) |
			      FRAME(HASHDANCE)))
			return true;
		/* Data or a SYN in FIN_WAIT2 is answered with a reset, which another hook tells. */
		if (ev->flags & EV_TIMEWAIT)
			return ev->sock.state == TCP_FIN_WAIT2_STATE && frames & FRAME(TIMEWAIT_DESCHEDULE) &&
			       !(frames & FRAME(TIMEWAIT_PROCESS));
		/* Refused with a reset, which tcp_send_reset tells. */
		return frames & FRAME(CHECK_REQ) && ev->flags & EV_SEGMENT && !(ev->segment.flags & SEG_RST);
	}
	return false;
}

/* A dying socket reports its error too, and its death is told by other hooks. */
static bool is_report_of_death(const struct incident *incident)
{
	return incident->evidence.hook == HOOK_ERROR_REPORT &&
	       !(frames_hold(incident) & (FRAME(V4_ERR) | FRAME(V6_ERR) | FRAMES_OF_TLS));
}

/* Who had the connection before is asked for resets that no socket answers for; a REJECT rule asks for no socket. */
static bool is_orphaned(const struct incident *incident)
{
	const struct evidence *ev = &incident->evidence;

	if (ev->flags & (EV_SOCKET | EV_OUTGOING) || !(ev->flags & EV_SEGMENT))
		return false;
	if (ev->hook == HOOK_NF_SEND_RESET || frames_hold(incident) & FRAMES_OF_REJECT)
		return false;
	return ev->hook != HOOK_KFREE_SKB || !strcmp(incident->drop, "NO_SOCKET");
}

static const char *reason_name(const struct join *join, const struct evidence *ev, bool is_drop)
{
	const char *(*name)(void *, int32_t) = is_drop ? join->names.drop : join->names.reason;
	const char *text = ev->reason == EVIDENCE_NO_REASON || !name ? NULL : name(join->names.context, ev->reason);

	return text ? text : "";
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
	bool is_drop = ev->hook == HOOK_KFREE_SKB || ev->hook == HOOK_HASH;

	if (ev->hook == HOOK_OWNER)
		return JOIN_OWNER;
	if (ev->hook == HOOK_ITERATOR) /* no event; none of ours gets here */
		return JOIN_REMEMBERED;
	memset(ret_incident, 0, sizeof(*ret_incident));
	ret_incident->evidence = *ev;
	ret_incident->time_wall_ns = ev->time_ns + join->wall_offset_ns;
	name_frames(join, record, ret_incident);
	snprintf(is_drop ? ret_incident->drop : ret_incident->reason, SYMBOL_BYTES, "%s",
		 reason_name(join, ev, is_drop));
	if (ev->flags & EV_QUIET_END)
		return JOIN_QUIET;
	if (is_told_elsewhere(join, ret_incident))
		return JOIN_REMEMBERED;
	if (ev->hook == HOOK_NET_DEV_QUEUE && frames_hold(ret_incident) & PARKED)
		memset(&ret_incident->evidence.task, 0, sizeof(ret_incident->evidence.task));
	if (ev->hook == HOOK_INET_SOCK_SET_STATE && ev->sock.old_state == TCP_LISTEN_STATE) {
		bury(join, ret_incident, NULL);
		return JOIN_REMEMBERED;
	}
	/* tcp_reset() runs, and its tracepoint fires, also for data after close(): no reset arrived. The reset that
	 * this end sends for it follows, and is the death. */
	if (ev->hook == HOOK_TCP_RECEIVE_RESET && ev->sock.state != TCP_SYN_SENT_STATE &&
	    ev->sock.state != TCP_SYN_RECV_STATE &&
	    (frames_hold(ret_incident) & FRAME(RCV_STATE_PROCESS)) &&
	    !(frames_hold(ret_incident) & FRAME(VALIDATE_INCOMING)))
		return JOIN_REMEMBERED;
	if (is_report_of_death(ret_incident))
		return JOIN_REMEMBERED;
	if (ev->hook == HOOK_NF_SEND_RESET)
		remember_reject(join, ev);
	if (ev->hook == HOOK_TCP_RECEIVE_RESET) {
		remember_reset(join, ev);
		ret_incident->is_rejected_here = is_rejected_here(join, ev);
	}
	/* MPTCP closes a subflow with broken data before it resets the peer: that reset is the death. */
	if (ev->hook == HOOK_INET_SOCK_SET_STATE && frames_hold(ret_incident) & FRAME(MPTCP_DATA))
		return JOIN_REMEMBERED;
	if (is_orphaned(ret_incident) || has_lost_listener(ev))
		find_former(join, ev, ret_incident->time_wall_ns, &ret_incident->former);
	return JOIN_INCIDENT;
}

/* Who had the very connection before is known of the example alone; who had the port, of all. */
void join_count(const struct join *join, struct incident *incident, uint64_t count, uint64_t first_ns,
		uint64_t last_ns)
{
	incident->count = count;
	incident->evidence.time_ns = first_ns;
	incident->time_wall_ns = first_ns + join->wall_offset_ns;
	incident->last_ns = last_ns;
	incident->last_wall_ns = last_ns + join->wall_offset_ns;
	incident->is_rejected_here = false;
	if (!incident->former.was_listener)
		memset(&incident->former, 0, sizeof(incident->former));
}

void join_verdict(struct join *join, const struct incident *incident, const char *cause)
{
	if (leaves_grave(&incident->evidence))
		bury(join, incident, cause);
}

void join_set_clock(struct join *join, int64_t wall_offset_ns)
{
	join->wall_offset_ns = wall_offset_ns;
}

void join_free(struct join *join)
{
	free(join);
}
