/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The names of kinds, certainties and owner sources, as outputs and options spell them. They are part of JSON. */
#include "report.h"

static const char *const kind_names[KIND_MAX] = {
	[KIND_RST_SENT] = "rst-sent",
	[KIND_RST_RECEIVED] = "rst-received",
	[KIND_RST_IGNORED] = "rst-ignored",
	[KIND_TIMEOUT] = "timeout",
	[KIND_ERROR] = "error",
	[KIND_DROPPED] = "dropped",
	[KIND_RECOVERED] = "recovered",
	[KIND_STALLED] = "stalled",
};

static const char *const certainty_names[CERTAINTY_MAX] = {
	[CERTAINTY_CERTAIN] = "certain",
	[CERTAINTY_LIKELY] = "likely",
	[CERTAINTY_PARTIAL] = "partial",
	[CERTAINTY_UNKNOWN] = "unknown",
};

static const char *const owner_source_names[OWNER_MAX] = {
	[OWNER_UNKNOWN] = "unknown",   [OWNER_SYSCALL] = "syscall", [OWNER_CONNECT] = "connect",
	[OWNER_LISTENER] = "listener", [OWNER_FORMER] = "former",   [OWNER_ACCEPT] = "accept",
	[OWNER_SCAN] = "scan",	       [OWNER_SHARED] = "unknown", [OWNER_READ] = "read",
};

/* for IPv6, for IPv4 */
static const char *const hook_names[HOOK_MAX][2] = {
	[HOOK_TCP_SEND_RESET] = { "tcp_send_reset", "tcp_send_reset" },
	[HOOK_TCP_RECEIVE_RESET] = { "tcp_receive_reset", "tcp_receive_reset" },
	[HOOK_INET_SOCK_SET_STATE] = { "inet_sock_set_state", "inet_sock_set_state" },
	[HOOK_FN_SEND_RESET] = { "tcp_v6_send_reset", "tcp_v4_send_reset" },
	[HOOK_FN_TCP_RESET] = { "tcp_reset", "tcp_reset" },
	[HOOK_NF_SEND_RESET] = { "nf_send_reset6", "nf_send_reset" },
	[HOOK_ICMP] = { "tcp_v6_err", "tcp_v4_err" },
	[HOOK_CONNECT] = { "tcp_v6_connect", "tcp_v4_connect" },
	[HOOK_CONN_REQUEST] = { "tcp_conn_request", "tcp_conn_request" },
	[HOOK_SYN_RECV_SOCK] = { "tcp_v6_syn_recv_sock", "tcp_v4_syn_recv_sock" },
	[HOOK_CHECK_REQ] = { "tcp_check_req", "tcp_check_req" },
	[HOOK_REQUEST_TIMER] = { "reqsk_timer_handler", "reqsk_timer_handler" },
	[HOOK_REQUEST_DROP] = { "inet_csk_reqsk_queue_drop_and_put", "inet_csk_reqsk_queue_drop_and_put" },
	[HOOK_REQ_ERR] = { "tcp_req_err", "tcp_req_err" },
	[HOOK_TIMEWAIT] = { "tcp_timewait_state_process", "tcp_timewait_state_process" },
	[HOOK_TIMEWAIT_TIMER] = { "tw_timer_handler", "tw_timer_handler" },
	[HOOK_TIMEWAIT_ALLOC] = { "inet_twsk_alloc", "inet_twsk_alloc" },
	[HOOK_CHALLENGE_ACK] = { "tcp_send_challenge_ack", "tcp_send_challenge_ack" },
	[HOOK_VALIDATE_INCOMING] = { "tcp_validate_incoming", "tcp_validate_incoming" },
	[HOOK_HASH] = { "tcp_hash", "tcp_hash" },
	[HOOK_ERROR_REPORT] = { "inet_sk_error_report", "inet_sk_error_report" },
	[HOOK_CONG_STATE] = { "tcp_cong_state_set", "tcp_cong_state_set" },
	[HOOK_NET_DEV_QUEUE] = { "net_dev_queue", "net_dev_queue" },
	[HOOK_KFREE_SKB] = { "kfree_skb", "kfree_skb" },
	[HOOK_CONSUME_SKB] = { "consume_skb", "consume_skb" },
	[HOOK_TIMER_CANCEL] = { "timer_cancel", "timer_cancel" },
	[HOOK_TIMER_EXPIRE] = { "timer_expire_entry", "timer_expire_entry" },
	[HOOK_ITERATOR] = { "bpf_iter_tcp", "bpf_iter_tcp" },
};

/* A number may come from a recording made by a newer version: it is not an index until it was checked. */
static const char *name_of(const char *const *names, unsigned int count, unsigned int number)
{
	return number < count && names[number] ? names[number] : "unknown";
}

const char *kind_name(enum kind kind)
{
	return name_of(kind_names, KIND_MAX, (unsigned int)kind);
}

const char *certainty_name(enum certainty certainty)
{
	return name_of(certainty_names, CERTAINTY_MAX, (unsigned int)certainty);
}

const char *owner_source_name(enum owner_source source)
{
	return name_of(owner_source_names, OWNER_MAX, (unsigned int)source);
}

const char *hook_name(enum evidence_hook hook, bool is_ipv4)
{
	const char *name = (unsigned int)hook < HOOK_MAX ? hook_names[hook][is_ipv4] : NULL;

	return name ? name : "unknown";
}
