/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Private to fields.c and the files that its rows call: one getter per field. A getter returns false when the
 * evidence does not hold its value; it never fills in a default.
 */
#ifndef RSTTRACE_GETTERS_H
#define RSTTRACE_GETTERS_H

#include "fields.h"

typedef bool field_getter(const struct report *report, struct field_value *ret_value);

/* getters.c: values that stand in the evidence as they are */
field_getter get_version, get_time, get_kind, get_cause, get_certainty, get_missing, get_why,
	get_count, get_last_time;
field_getter get_network_type, get_local_address, get_local_port, get_peer_address, get_peer_port;
field_getter get_pid, get_comm, get_uid, get_source, get_cgroup, get_netns;
field_getter get_state, get_errno, get_age, get_closed_for, get_idle, get_last_sent, get_last_received;
field_getter get_unread, get_unsent, get_unacked, get_received, get_acked, get_rtt, get_min_rtt,
	get_rto;
field_getter get_mss, get_peer_window, get_window_limited, get_zero_window;
field_getter get_retransmits, get_retransmits_total, get_retransmit_runs, get_probes, get_backoff;
field_getter get_orphan, get_soft_errno, get_linger2, get_queue_length, get_queue_limit;
field_getter get_segment_flags, get_segment_seq, get_segment_ack, get_segment_window,
	get_segment_payload;
field_getter get_segment_ttl, get_segment_ip_id, get_icmp_type, get_icmp_code, get_icmp_errno;
field_getter get_hook, get_reset_reason, get_stack;
field_getter get_drop_reason, get_ordinary;

/* getters_former.c: who had the connection, or listened, before */
field_getter get_former_pid, get_former_comm, get_former_ended, get_former_lasted, get_former_cause;
field_getter get_former_was_listener;

/* getters_owner.c: where the owner lives */
field_getter get_cgroup_path, get_container_id, get_container_runtime, get_pod;
field_getter get_user_stack;

/* getters_reset.c: what a reset that arrived is held against */
field_getter get_silence, get_print_segments, get_print_ttl, get_print_ttl_min, get_print_ttl_max, get_print_ip_id,
	get_print_window, get_print_timestamps, get_reset_timestamps, get_seq_offset, get_conntrack;

/* getters_peer.c: the other end of the connection */
field_getter get_peer_cause, get_peer_certainty, get_peer_why, get_peer_pid, get_peer_comm, get_peer_netns;
field_getter phrase_peer_end;
field_getter get_icmp_sender, get_path_mtu;

/* timeout.c: the dissection of a timer that gave up */
field_getter get_timer, get_tries, get_tries_allowed, get_elapsed, get_setting, get_limit_ms;
field_getter phrase_limit, phrase_keepalive;

/* stalled.c: connections that live, and when the kernel gives them up */
field_getter get_deadline, get_deadline_at, get_deadline_tries, get_deadline_tries_allowed, get_deadline_setting;
field_getter get_stalled_requests, get_stalled_unanswered;
field_getter phrase_gives_up, phrase_try, phrase_answers, phrase_close_waits, phrase_more_requests;

/* phrases.c: text for sentences only */
field_getter phrase_retransmits, phrase_probes, phrase_local, phrase_peer, phrase_former;
field_getter phrase_former_ended, phrase_former_how, phrase_exit, phrase_icmp, phrase_ack_offset;
field_getter phrase_backlog, phrase_task, phrase_misfit, phrase_conntrack, phrase_after_reset;
field_getter phrase_icmp_ignored, phrase_soft_error, phrase_reject;
field_getter phrase_seq_offset;

/* outage.c: outages that were survived, and what MPTCP says of a reset */
field_getter get_outage, get_outage_retransmits, get_mptcp_reset;
field_getter phrase_outage, phrase_outage_retransmits, phrase_mptcp_reset;
field_getter phrase_dropper;

/* The socket when it is, or was until this event, a connection: a listener's counters mean something else. */
const struct ev_sock *report_connection(const struct report *report);
const struct ev_sock *report_listener(const struct report *report);
/* What was remembered of the socket, NULL = nothing. */
const struct ev_conn *report_conn(const struct report *report);
/* The same, where it remembers an ICMP error. */
const struct ev_conn *report_icmp(const struct report *report);
/* The state in which it happened: inet_sock_set_state fires when the socket has left it. */
unsigned int report_state(const struct report *report);
bool report_has_peer(const struct report *report);

/* handshake.c: a listener's handshakes and what ended one */
field_getter get_synack_timeouts, get_synack_timeouts_allowed, get_is_acked, get_requests, get_syn_backlog;
field_getter phrase_synacks, phrase_acked, phrase_requests, phrase_refused, phrase_request_ack;

static inline bool value_integer(struct field_value *ret_value, uint64_t integer)
{
	ret_value->integer = (int64_t)integer;
	return true;
}

static inline bool value_string(struct field_value *ret_value, const char *string)
{
	ret_value->string = string;
	return string && *string;
}

/* "ECONNRESET", or the number when the C library has no name for it. */
bool value_errno(struct field_value *ret_value, int error);
bool value_comm(struct field_value *ret_value, const struct ev_task *task);

/* Defines a getter of a number: the part of the evidence that must be there, its value, whether it is a value. */
#define GETTER_INTEGER(getter, type, part, value, is_known)                                                      \
	bool getter(const struct report *report, struct field_value *ret_value)                                  \
	{                                                                                                        \
		const type *it = part;                                                                           \
                                                                                                                 \
		return it && (is_known) && value_integer(ret_value, value);                                      \
	}

#endif
