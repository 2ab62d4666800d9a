/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The programs as rows, and which of them a kernel gets. */
#include "programs.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include <bpf/libbpf.h>

#include "symbols.h"

const struct program_row program_rows[] = {
	{ "rst_send_reset", "tcp_send_reset", TIER_TRACEPOINT, 0, NULL,
	  "resets that this host sends" },
	{ "rst_receive_reset", "tcp_receive_reset", TIER_TRACEPOINT, 0, NULL,
	  "resets that end a connection here" },
	{ "rst_set_state", "inet_sock_set_state", TIER_TRACEPOINT, 0, NULL,
	  "timeouts, ICMP errors, owners" },
	{ "rst_send_reset_nested", "tcp_send_reset", TIER_TRACEPOINT, 0, NULL,
	  "the same inside another event" },
	{ "rst_receive_reset_nested", "tcp_receive_reset", TIER_TRACEPOINT, 0, NULL,
	  "the same inside another event" },
	{ "rst_set_state_nested", "inet_sock_set_state", TIER_TRACEPOINT, 0, NULL,
	  "the same inside another event" },
	{ "rst_error_report", "inet_sk_error_report", TIER_TRACEPOINT, 0, NULL,
	  "type and code of ICMP errors" },
	{ "rst_retransmit_skb", "tcp_retransmit_skb", TIER_TRACEPOINT, 0, NULL,
	  "retransmit episodes" },
	{ "rst_retransmit_synack", "tcp_retransmit_synack", TIER_TRACEPOINT, 0, NULL,
	  "unanswered SYN-ACKs" },
	{ "rst_module_load", "module_load", TIER_TRACEPOINT, 0, NULL,
	  "functions and names that come with a module" },
	{ "rst_destroy_sock", "tcp_destroy_sock", TIER_TRACEPOINT, 0, NULL,
	  "the end of a socket's memory" },
	{ "rst_neigh_timer_handler", "neigh_timer_handler", TIER_TRACEPOINT, 0, NULL,
	  "ARP and neighbour discovery that failed" },
	{ "rst_fentry_tcp_reset", "tcp_reset", TIER_FENTRY, 0, NULL,
	  "the segment of a reset received" },
	{ "rst_fentry_send_active_reset", "tcp_send_active_reset", TIER_FENTRY, 0, NULL,
	  "when a socket gave up" },
	{ "rst_fentry_v4_send_reset", "tcp_v4_send_reset", TIER_FENTRY, PROGRAM_BEFORE_6_10, NULL,
	  "resets without a socket, IPv4" },
	{ "rst_fentry_v6_send_reset", "tcp_v6_send_reset", TIER_FENTRY, PROGRAM_BEFORE_6_10, NULL,
	  "resets without a socket, IPv6" },
	{ "rst_kprobe_tcp_reset", "tcp_reset", TIER_KPROBE, 0, NULL,
	  "the segment of a reset received" },
	{ "rst_kprobe_send_active_reset", "tcp_send_active_reset", TIER_KPROBE, 0, NULL,
	  "when a socket gave up" },
	{ "rst_kprobe_v4_send_reset", "tcp_v4_send_reset", TIER_KPROBE, PROGRAM_BEFORE_6_10, NULL,
	  "resets without a socket, IPv4" },
	{ "rst_kprobe_v6_send_reset", "tcp_v6_send_reset", TIER_KPROBE, PROGRAM_BEFORE_6_10, NULL,
	  "resets without a socket, IPv6" },
	{ "rst_probe", "tcp_probe", TIER_TRACEPOINT, PROGRAM_FINGERPRINT, NULL,
	  "TTL, IP id and window of a connection's segments, to hold a reset against" },
	{ "rst_scan_files", "bpf_iter_task_file", TIER_TRACEPOINT, PROGRAM_ITERATOR, NULL,
	  "owners of sockets that were open before the start" },
	{ "rst_fexit_inet_csk_accept", "inet_csk_accept", TIER_FENTRY, 0, NULL,
	  "who accepted a connection, where that is not who listens" },
	/* handshakes on the passive side */
	{ "rst_fentry_tcp_check_req", "tcp_check_req", TIER_FENTRY, 0, NULL,
	  "segments that end a handshake, or do not fit it" },
	{ "rst_fexit_tcp_check_req", "tcp_check_req", TIER_FENTRY, 0, NULL,
	  "the same, at its end" },
	{ "rst_fentry_tcp_reqsk_send_challenge_ack", "tcp_reqsk_send_challenge_ack", TIER_FENTRY, 0, NULL,
	  "resets that a handshake challenges" },
	{ "rst_fentry_reqsk_timer_handler", "reqsk_timer_handler", TIER_FENTRY, 0, NULL,
	  "handshakes given up" },
	{ "rst_fexit_reqsk_timer_handler", "reqsk_timer_handler", TIER_FENTRY, 0, NULL,
	  "the same, at its end" },
	{ "rst_fentry_tcp_req_err", "tcp_req_err", TIER_FENTRY, 0, NULL,
	  "handshakes that an ICMP error ends" },
	{ "rst_fexit_tcp_req_err", "tcp_req_err", TIER_FENTRY, 0, NULL,
	  "the same, at its end" },
	{ "rst_fentry_inet_csk_reqsk_queue_drop_and_put", "inet_csk_reqsk_queue_drop_and_put", TIER_FENTRY, 0, NULL,
	  "handshakes whose listener is gone" },
	{ "rst_fentry_tcp_conn_request", "tcp_conn_request", TIER_FENTRY, 0, NULL,
	  "SYNs that a listener drops" },
	{ "rst_fexit_tcp_conn_request", "tcp_conn_request", TIER_FENTRY, 0, NULL,
	  "the same, at its end" },
	{ "rst_fentry_tcp_v4_syn_recv_sock", "tcp_v4_syn_recv_sock", TIER_FENTRY, 0, NULL,
	  "finished handshakes that make no socket, IPv4" },
	{ "rst_fexit_tcp_v4_syn_recv_sock", "tcp_v4_syn_recv_sock", TIER_FENTRY, 0, NULL,
	  "the same, at its end" },
	{ "rst_fentry_tcp_v6_syn_recv_sock", "tcp_v6_syn_recv_sock", TIER_FENTRY, 0, NULL,
	  "finished handshakes that make no socket, IPv6" },
	{ "rst_fexit_tcp_v6_syn_recv_sock", "tcp_v6_syn_recv_sock", TIER_FENTRY, 0, NULL,
	  "the same, at its end" },
	{ "rst_fentry_cookie_v4_check", "cookie_v4_check", TIER_FENTRY, 0, NULL,
	  "SYN cookies that are not valid, IPv4" },
	{ "rst_fexit_cookie_v4_check", "cookie_v4_check", TIER_FENTRY, 0, NULL,
	  "the same, at its end" },
	{ "rst_fentry_cookie_v6_check", "cookie_v6_check", TIER_FENTRY, 0, NULL,
	  "SYN cookies that are not valid, IPv6" },
	{ "rst_fexit_cookie_v6_check", "cookie_v6_check", TIER_FENTRY, 0, NULL,
	  "the same, at its end" },
	{ "rst_kprobe_tcp_check_req", "tcp_check_req", TIER_KPROBE, 0, NULL,
	  "segments that end a handshake, or do not fit it" },
	{ "rst_kretprobe_tcp_check_req", "tcp_check_req", TIER_KPROBE, 0, NULL,
	  "the same, at its end" },
	{ "rst_kprobe_tcp_reqsk_send_challenge_ack", "tcp_reqsk_send_challenge_ack", TIER_KPROBE, 0, NULL,
	  "resets that a handshake challenges" },
	{ "rst_kprobe_reqsk_timer_handler", "reqsk_timer_handler", TIER_KPROBE, 0, NULL,
	  "handshakes given up" },
	{ "rst_kretprobe_reqsk_timer_handler", "reqsk_timer_handler", TIER_KPROBE, 0, NULL,
	  "the same, at its end" },
	{ "rst_kprobe_tcp_req_err", "tcp_req_err", TIER_KPROBE, 0, NULL,
	  "handshakes that an ICMP error ends" },
	{ "rst_kretprobe_tcp_req_err", "tcp_req_err", TIER_KPROBE, 0, NULL,
	  "the same, at its end" },
	{ "rst_kprobe_inet_csk_reqsk_queue_drop_and_put", "inet_csk_reqsk_queue_drop_and_put", TIER_KPROBE, 0, NULL,
	  "handshakes whose listener is gone" },
	{ "rst_kprobe_tcp_conn_request", "tcp_conn_request", TIER_KPROBE, 0, NULL,
	  "SYNs that a listener drops" },
	{ "rst_kretprobe_tcp_conn_request", "tcp_conn_request", TIER_KPROBE, 0, NULL,
	  "the same, at its end" },
	{ "rst_kprobe_tcp_v4_syn_recv_sock", "tcp_v4_syn_recv_sock", TIER_KPROBE, 0, NULL,
	  "finished handshakes that make no socket, IPv4" },
	{ "rst_kretprobe_tcp_v4_syn_recv_sock", "tcp_v4_syn_recv_sock", TIER_KPROBE, 0, NULL,
	  "the same, at its end" },
	{ "rst_kprobe_tcp_v6_syn_recv_sock", "tcp_v6_syn_recv_sock", TIER_KPROBE, 0, NULL,
	  "finished handshakes that make no socket, IPv6" },
	{ "rst_kretprobe_tcp_v6_syn_recv_sock", "tcp_v6_syn_recv_sock", TIER_KPROBE, 0, NULL,
	  "the same, at its end" },
	{ "rst_kprobe_cookie_v4_check", "cookie_v4_check", TIER_KPROBE, 0, NULL,
	  "SYN cookies that are not valid, IPv4" },
	{ "rst_kretprobe_cookie_v4_check", "cookie_v4_check", TIER_KPROBE, 0, NULL,
	  "the same, at its end" },
	{ "rst_kprobe_cookie_v6_check", "cookie_v6_check", TIER_KPROBE, 0, NULL,
	  "SYN cookies that are not valid, IPv6" },
	{ "rst_kretprobe_cookie_v6_check", "cookie_v6_check", TIER_KPROBE, 0, NULL,
	  "the same, at its end" },
	/* REJECT, ICMP, connect() */
	{ "rst_kprobe_nf_send_reset", "nf_send_reset", TIER_KPROBE, PROGRAM_ANY_FUNCTION_TIER, "nf_reject_ipv4",
	  "resets that REJECT rules send, IPv4" },
	{ "rst_kretprobe_nf_send_reset", "nf_send_reset", TIER_KPROBE, PROGRAM_ANY_FUNCTION_TIER, "nf_reject_ipv4",
	  "the same where a checksum was looked at" },
	{ "rst_kprobe_nf_send_reset6", "nf_send_reset6", TIER_KPROBE, PROGRAM_ANY_FUNCTION_TIER, "nf_reject_ipv6",
	  "resets that REJECT rules send, IPv6" },
	{ "rst_kretprobe_nf_send_reset6", "nf_send_reset6", TIER_KPROBE, PROGRAM_ANY_FUNCTION_TIER,
	  "nf_reject_ipv6", "the same where a checksum was looked at" },
	{ "rst_kprobe_nf_reject_skb_v4_tcp_reset", "nf_reject_skb_v4_tcp_reset", TIER_KPROBE, PROGRAM_ANY_FUNCTION_TIER,
	  "nf_reject_ipv4", "where those are, IPv4" },
	{ "rst_kretprobe_nf_reject_skb_v4_tcp_reset", "nf_reject_skb_v4_tcp_reset", TIER_KPROBE, PROGRAM_ANY_FUNCTION_TIER,
	  "nf_reject_ipv4", "the same on bridges and devices, IPv4" },
	{ "rst_kprobe_nf_reject_skb_v6_tcp_reset", "nf_reject_skb_v6_tcp_reset", TIER_KPROBE, PROGRAM_ANY_FUNCTION_TIER,
	  "nf_reject_ipv6", "where those are, IPv6" },
	{ "rst_kretprobe_nf_reject_skb_v6_tcp_reset", "nf_reject_skb_v6_tcp_reset", TIER_KPROBE, PROGRAM_ANY_FUNCTION_TIER,
	  "nf_reject_ipv6", "the same on bridges and devices, IPv6" },
	{ "rst_fentry_sock_def_error_report", "sock_def_error_report", TIER_FENTRY, PROGRAM_BEFORE_5_14, NULL,
	  "errors that a connection survives" },
	{ "rst_kprobe_sock_def_error_report", "sock_def_error_report", TIER_KPROBE, PROGRAM_BEFORE_5_14, NULL,
	  "errors that a connection survives" },
	{ "rst_fentry_tcp_v4_err", "tcp_v4_err", TIER_FENTRY, 0, NULL,
	  "ICMP errors and who sent them" },
	{ "rst_fexit_tcp_v4_err", "tcp_v4_err", TIER_FENTRY, 0, NULL,
	  "ICMP errors that kill nothing" },
	{ "rst_fentry_tcp_v6_err", "tcp_v6_err", TIER_FENTRY, 0, NULL,
	  "ICMPv6 errors and who sent them" },
	{ "rst_fexit_tcp_v6_err", "tcp_v6_err", TIER_FENTRY, 0, NULL,
	  "ICMPv6 errors that kill nothing" },
	{ "rst_kprobe_tcp_v4_err", "tcp_v4_err", TIER_KPROBE, 0, NULL,
	  "ICMP errors and who sent them" },
	{ "rst_kretprobe_tcp_v4_err", "tcp_v4_err", TIER_KPROBE, 0, NULL,
	  "ICMP errors that kill nothing" },
	{ "rst_kprobe_tcp_v6_err", "tcp_v6_err", TIER_KPROBE, 0, NULL,
	  "ICMPv6 errors and who sent them" },
	{ "rst_kretprobe_tcp_v6_err", "tcp_v6_err", TIER_KPROBE, 0, NULL,
	  "ICMPv6 errors that kill nothing" },
	{ "rst_fentry_tcp_simple_retransmit", "tcp_simple_retransmit", TIER_FENTRY, 0, NULL,
	  "path MTU updates" },
	{ "rst_kprobe_tcp_simple_retransmit", "tcp_simple_retransmit", TIER_KPROBE, 0, NULL,
	  "path MTU updates" },
	{ "rst_fexit_tcp_v4_connect", "tcp_v4_connect", TIER_FENTRY, 0, NULL,
	  "why connect() failed on this host, IPv4" },
	{ "rst_fexit_tcp_v6_connect", "tcp_v6_connect", TIER_FENTRY, 0, NULL,
	  "why connect() failed on this host, IPv6" },
	{ "rst_kprobe_tcp_v4_connect", "tcp_v4_connect", TIER_KPROBE, 0, NULL,
	  "where connect() was to go, IPv4" },
	{ "rst_kretprobe_tcp_v4_connect", "tcp_v4_connect", TIER_KPROBE, 0, NULL,
	  "why connect() failed on this host, IPv4" },
	{ "rst_kprobe_tcp_v6_connect", "tcp_v6_connect", TIER_KPROBE, 0, NULL,
	  "where connect() was to go, IPv6" },
	{ "rst_kretprobe_tcp_v6_connect", "tcp_v6_connect", TIER_KPROBE, 0, NULL,
	  "why connect() failed on this host, IPv6" },
	{ "rst_fentry_tcp_timewait_state_process", "tcp_timewait_state_process", TIER_FENTRY, 0, NULL,
	  "resets that meet TIME_WAIT" },
	{ "rst_fexit_tcp_timewait_state_process", "tcp_timewait_state_process", TIER_FENTRY, 0, NULL,
	  "resets that TIME_WAIT ignores" },
	{ "rst_fentry_inet_twsk_deschedule_put", "inet_twsk_deschedule_put", TIER_FENTRY, 0, NULL,
	  "resets that end TIME_WAIT, SYNs that recycle it" },
	{ "rst_fentry_tw_timer_handler", "tw_timer_handler", TIER_FENTRY, 0, NULL,
	  "peers that never sent their FIN" },
	{ "rst_fexit_inet_twsk_alloc", "inet_twsk_alloc", TIER_FENTRY, 0, NULL,
	  "overflow of the TIME_WAIT table" },
	{ "rst_fentry_tcp_validate_incoming", "tcp_validate_incoming", TIER_FENTRY, PROGRAM_DEEP, NULL,
	  "resets that meet a connection" },
	{ "rst_fexit_tcp_validate_incoming", "tcp_validate_incoming", TIER_FENTRY, PROGRAM_DEEP, NULL,
	  "resets that a connection ignores" },
	{ "rst_kprobe_tcp_timewait_state_process", "tcp_timewait_state_process", TIER_KPROBE, 0, NULL,
	  "resets that meet TIME_WAIT" },
	{ "rst_kretprobe_tcp_timewait_state_process", "tcp_timewait_state_process", TIER_KPROBE, 0, NULL,
	  "resets that TIME_WAIT ignores" },
	{ "rst_kprobe_inet_twsk_deschedule_put", "inet_twsk_deschedule_put", TIER_KPROBE, 0, NULL,
	  "resets that end TIME_WAIT, SYNs that recycle it" },
	{ "rst_kprobe_tw_timer_handler", "tw_timer_handler", TIER_KPROBE, 0, NULL,
	  "peers that never sent their FIN" },
	{ "rst_kprobe_inet_twsk_alloc", "inet_twsk_alloc", TIER_KPROBE, PROGRAM_DEEP, NULL,
	  "closes that need a TIME_WAIT" },
	{ "rst_kretprobe_inet_twsk_alloc", "inet_twsk_alloc", TIER_KPROBE, PROGRAM_DEEP, NULL,
	  "overflow of the TIME_WAIT table" },
	{ "rst_kprobe_tcp_validate_incoming", "tcp_validate_incoming", TIER_KPROBE, PROGRAM_DEEP, NULL,
	  "resets that meet a connection" },
	{ "rst_kretprobe_tcp_validate_incoming", "tcp_validate_incoming", TIER_KPROBE, PROGRAM_DEEP, NULL,
	  "resets that a connection ignores" },
	{ "rst_kprobe_tcp_send_challenge_ack", "tcp_send_challenge_ack", TIER_KPROBE,
	  PROGRAM_DEEP | PROGRAM_ANY_FUNCTION_TIER, NULL,
	  "which of those were challenged" },

	{ "rst_outage_retransmit", "tcp_retransmit_skb", TIER_TRACEPOINT, PROGRAM_RECOVERED, NULL,
	  "outages that were survived: their begin" },
	{ "rst_outage_set_state", "inet_sock_set_state", TIER_TRACEPOINT, PROGRAM_RECOVERED, NULL,
	  "outages that were survived: their end, late" },
	{ "rst_outage_cong_state", "tcp_cong_state_set", TIER_TRACEPOINT, PROGRAM_RECOVERED, NULL,
	  "outages that were survived: their end" },

	{ "rst_hash_bad_header", "tcp_hash_bad_header", TIER_TRACEPOINT, PROGRAM_IF_THERE, NULL,
	  "segments without the right signature" },
	{ "rst_hash_md5_required", "tcp_hash_md5_required", TIER_TRACEPOINT, PROGRAM_IF_THERE, NULL,
	  "segments without the right signature" },
	{ "rst_hash_md5_unexpected", "tcp_hash_md5_unexpected", TIER_TRACEPOINT, PROGRAM_IF_THERE, NULL,
	  "segments without the right signature" },
	{ "rst_hash_md5_mismatch", "tcp_hash_md5_mismatch", TIER_TRACEPOINT, PROGRAM_IF_THERE, NULL,
	  "segments without the right signature" },
	{ "rst_hash_ao_required", "tcp_hash_ao_required", TIER_TRACEPOINT, PROGRAM_IF_THERE, NULL,
	  "segments without the right signature" },
	{ "rst_ao_handshake_failure", "tcp_ao_handshake_failure", TIER_TRACEPOINT, PROGRAM_IF_THERE, NULL,
	  "segments without the right signature" },
	{ "rst_ao_wrong_maclen", "tcp_ao_wrong_maclen", TIER_TRACEPOINT, PROGRAM_IF_THERE, NULL,
	  "segments without the right signature" },
	{ "rst_ao_mismatch", "tcp_ao_mismatch", TIER_TRACEPOINT, PROGRAM_IF_THERE, NULL,
	  "segments without the right signature" },
	{ "rst_ao_key_not_found", "tcp_ao_key_not_found", TIER_TRACEPOINT, PROGRAM_IF_THERE, NULL,
	  "segments without the right signature" },

	{ "rst_deep_receive", "netif_receive_skb", TIER_TRACEPOINT, PROGRAM_DEEP, NULL,
	  "the segment that a reset answers" },
	{ "rst_deep_send_reset", "tcp_send_reset", TIER_TRACEPOINT, PROGRAM_DEEP, NULL,
	  "which resets were told with their socket" },
	{ "rst_net_dev_queue", "net_dev_queue", TIER_TRACEPOINT, PROGRAM_DEEP, NULL,
	  "resets that leave, whoever built them" },
	{ "rst_kfree_skb", "kfree_skb", TIER_TRACEPOINT, PROGRAM_DEEP, NULL,
	  "resets that are ignored or lost, segments that are filtered" },
	{ "rst_deep_set_state", "inet_sock_set_state", TIER_TRACEPOINT, PROGRAM_DEEP, NULL,
	  "listeners" },
	{ "rst_deep_retransmit_synack", "tcp_retransmit_synack", TIER_TRACEPOINT, PROGRAM_DEEP, NULL,
	  "listeners that were there before" },
	{ "rst_consume_skb", "consume_skb", TIER_TRACEPOINT, PROGRAM_DEEP | PROGRAM_WITHOUT_FUNCTIONS, NULL,
	  "SYNs dropped for a full accept queue" },
	{ "rst_timer_expire_entry", "timer_expire_entry", TIER_TRACEPOINT, PROGRAM_DEEP | PROGRAM_WITHOUT_FUNCTIONS,
	  NULL, "handshakes and FIN_WAIT2 given up" },
	{ "rst_timer_expire_exit", "timer_expire_exit", TIER_TRACEPOINT, PROGRAM_DEEP | PROGRAM_WITHOUT_FUNCTIONS,
	  NULL, "handshakes given up" },
	{ "rst_timer_cancel", "timer_cancel", TIER_TRACEPOINT, PROGRAM_DEEP | PROGRAM_WITHOUT_FUNCTIONS, NULL,
	  "resets and ICMP errors that end a handshake or TIME_WAIT" },

	{ "rst_stalled", "bpf_iter_tcp", TIER_TRACEPOINT, PROGRAM_ITERATOR | PROGRAM_STALLED, NULL,
	  "connections that are dying or leaking now" },
};

const unsigned int program_rows_count = sizeof(program_rows) / sizeof(*program_rows);

_Static_assert(sizeof(program_rows) / sizeof(*program_rows) <= PROGRAMS_MAX, "session.c keeps a link for each");

#ifdef RSTTRACE_MUTANT
/* A build without one hook (make MUTANT=program), by which the tests show that the reconciliation misses it. */
bool program_is_mutilated(const struct program_row *row)
{
	return !strcmp(row->program, RSTTRACE_MUTANT);
}
#else
bool program_is_mutilated(const struct program_row *row)
{
	(void)row;
	return false;
}
#endif

bool program_is_asked_for(const struct program_row *row, const struct options *options)
{
	bool is_asked = options->kinds[KIND_RECOVERED];

	for (unsigned int i = 0; i < options->causes_count; i++)
		is_asked |= !strcmp(options->causes[i], "recovered");
	return is_asked || !(row->flags & PROGRAM_RECOVERED);
}

bool program_is_foreign(const struct program_row *row, enum tier tier)
{
	if (row->tier == TIER_TRACEPOINT)
		return row->flags & PROGRAM_WITHOUT_FUNCTIONS && tier != TIER_TRACEPOINT;
	if (row->flags & PROGRAM_ANY_FUNCTION_TIER)
		return tier == TIER_TRACEPOINT;
	return row->tier != tier;
}

static const char *missing(const struct program_row *row, const struct caps *caps)
{
	if (row->flags & PROGRAM_ITERATOR)
		return caps_has_function(caps, row->hook) ? NULL : "this kernel has no such iterator";
	if (row->tier == TIER_TRACEPOINT)
		return caps_has_tracepoint(caps, row->hook) ? NULL : "this kernel has no such tracepoint";
	if (row->tier == TIER_FENTRY)
		return caps_has_function(caps, row->hook) ? NULL : "this kernel has no such function";
	return NULL; /* a kernel probe may stand on what BTF does not know */
}

const char *program_left_out(const struct program_row *row, const struct caps *caps, enum tier tier,
			     const struct options *options)
{
	if (program_is_mutilated(row))
		return "left out of this build";
	if (program_is_foreign(row, tier))
		return "another tier";
	if (row->flags & PROGRAM_DEEP && !options->deep)
		return "only with --deep";
	if (row->flags & PROGRAM_FINGERPRINT && !options->fingerprint)
		return "only with --fingerprint";
	if (row->flags & PROGRAM_BEFORE_6_10 && caps->sees_no_socket)
		return "not needed: the tracepoint tells it";
	if (row->flags & PROGRAM_BEFORE_5_14 && caps->has_error_report)
		return "not needed: the tracepoint inet_sk_error_report tells it";
	if (!strcmp(row->hook, "tcp_reset") && !caps->tcp_reset_has_skb)
		return "tcp_reset() has no segment here (it came with v5.11)";
	if (!strcmp(row->hook, "module_load") && !caps_has_tracepoint(caps, row->hook))
		return "not needed: this kernel loads no modules";
	if (row->flags & PROGRAM_IF_THERE && !caps_has_tracepoint(caps, row->hook))
		return "not needed: this kernel came before it, or without TCP-AO";
	if (row->flags & PROGRAM_STALLED && !missing(row, caps))
		return "only with rsttrace stalled";
	return missing(row, caps);
}

struct bpf_link *program_attach(struct bpf_program *program, const struct program_row *row)
{
	struct bpf_link *link = bpf_program__attach(program);
	bool is_entry = !strncmp(bpf_program__section_name(program), "kprobe/", strlen("kprobe/"));
	int err = errno;
	char name[128];

	if (!link && is_entry && !symbols_special_name(row->hook, name, sizeof(name)))
		return bpf_program__attach_kprobe(program, false, name);
	errno = err;
	return link;
}
