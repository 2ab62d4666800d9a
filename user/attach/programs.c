/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The programs as rows, and which of them a kernel gets. */
#include "programs.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include <bpf/libbpf.h>

#include "session.h"
#include "symbols.h"

/* A row for each tier that hooks functions: the programs that FUNCTION_ENTER() and FUNCTION_EXIT() define. */
#define ENTRY(function, flags, gives)                                                                            \
	{ "rst_fentry_" #function, #function, TIER_FENTRY, flags, NULL, gives },                                 \
	{ "rst_kprobe_" #function, #function, TIER_KPROBE, flags, NULL, gives }
#define EXIT(function, flags, gives)                                                                             \
	{ "rst_fexit_" #function, #function, TIER_FENTRY, flags, NULL, gives },                                  \
	{ "rst_kretprobe_" #function, #function, TIER_KPROBE, flags, NULL, gives }

/* A function that comes with a module: by kernel probes in either of those tiers. */
#define IN_MODULE(function, module, at_entry, at_exit)                                                           \
	{ "rst_kprobe_" #function, #function, TIER_KPROBE, PROGRAM_ANY_FUNCTION_TIER, module, at_entry },        \
	{ "rst_kretprobe_" #function, #function, TIER_KPROBE, PROGRAM_ANY_FUNCTION_TIER, module, at_exit }

#define SIGNATURE(tracepoint)                                                                                    \
	{ "rst_" #tracepoint, "tcp_" #tracepoint, TIER_TRACEPOINT, PROGRAM_IF_THERE, NULL,                       \
	  "segments without the right signature" }

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
	ENTRY(tcp_reset, 0, "the segment of a reset received"),
	{ "rst_fentry_send_active_reset", "tcp_send_active_reset", TIER_FENTRY, 0, NULL,
	  "when a socket gave up" },
	{ "rst_fentry_v4_send_reset", "tcp_v4_send_reset", TIER_FENTRY, PROGRAM_BEFORE_6_10, NULL,
	  "resets without a socket, IPv4" },
	{ "rst_fentry_v6_send_reset", "tcp_v6_send_reset", TIER_FENTRY, PROGRAM_BEFORE_6_10, NULL,
	  "resets without a socket, IPv6" },
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
	{ "rst_kprobe_security_sock_graft", "security_sock_graft", TIER_KPROBE, 0, NULL,
	  "who accepted a connection, where that is not who listens" },
	{ "rst_read", "tcp_rcv_space_adjust", TIER_TRACEPOINT, PROGRAM_SHARED | PROGRAM_WITHOUT_FUNCTIONS, NULL,
	  "who reads, where several processes have the listener" },
	/* handshakes on the passive side */
	ENTRY(tcp_check_req, 0, "segments that end a handshake, or do not fit it"),
	EXIT(tcp_check_req, 0, "the same, at its end"),
	ENTRY(tcp_reqsk_send_challenge_ack, 0, "resets that a handshake challenges"),
	ENTRY(reqsk_timer_handler, 0, "handshakes given up"),
	EXIT(reqsk_timer_handler, 0, "the same, at its end"),
	ENTRY(tcp_req_err, 0, "handshakes that an ICMP error ends"),
	EXIT(tcp_req_err, 0, "the same, at its end"),
	ENTRY(inet_csk_reqsk_queue_drop_and_put, 0, "handshakes whose listener is gone"),
	ENTRY(tcp_conn_request, 0, "SYNs that a listener drops"),
	EXIT(tcp_conn_request, 0, "the same, at its end"),
	ENTRY(tcp_v4_syn_recv_sock, 0, "finished handshakes that make no socket, IPv4"),
	EXIT(tcp_v4_syn_recv_sock, 0, "the same, at its end"),
	ENTRY(tcp_v6_syn_recv_sock, 0, "finished handshakes that make no socket, IPv6"),
	EXIT(tcp_v6_syn_recv_sock, 0, "the same, at its end"),
	ENTRY(cookie_v4_check, 0, "SYN cookies that are not valid, IPv4"),
	EXIT(cookie_v4_check, 0, "the same, at its end"),
	ENTRY(cookie_v6_check, 0, "SYN cookies that are not valid, IPv6"),
	EXIT(cookie_v6_check, 0, "the same, at its end"),
	/* REJECT, ICMP, connect() */
	IN_MODULE(nf_send_reset, "nf_reject_ipv4", "resets that REJECT rules send, IPv4",
		  "the same where a checksum was looked at"),
	IN_MODULE(nf_send_reset6, "nf_reject_ipv6", "resets that REJECT rules send, IPv6",
		  "the same where a checksum was looked at"),
	IN_MODULE(nf_reject_skb_v4_tcp_reset, "nf_reject_ipv4", "where those are, IPv4",
		  "the same on bridges and devices, IPv4"),
	IN_MODULE(nf_reject_skb_v6_tcp_reset, "nf_reject_ipv6", "where those are, IPv6",
		  "the same on bridges and devices, IPv6"),
	ENTRY(sock_def_error_report, PROGRAM_BEFORE_5_14, "errors that a connection survives"),
	ENTRY(tcp_v4_err, 0, "ICMP errors and who sent them"),
	EXIT(tcp_v4_err, 0, "ICMP errors that kill nothing"),
	ENTRY(tcp_v6_err, 0, "ICMPv6 errors and who sent them"),
	EXIT(tcp_v6_err, 0, "ICMPv6 errors that kill nothing"),
	ENTRY(tcp_simple_retransmit, 0, "path MTU updates"),
	{ "rst_kprobe_tcp_v4_connect", "tcp_v4_connect", TIER_KPROBE, 0, NULL,
	  "where connect() was to go, IPv4" },
	{ "rst_kprobe_tcp_v6_connect", "tcp_v6_connect", TIER_KPROBE, 0, NULL,
	  "where connect() was to go, IPv6" },
	EXIT(tcp_v4_connect, 0, "why connect() failed on this host, IPv4"),
	EXIT(tcp_v6_connect, 0, "why connect() failed on this host, IPv6"),
	ENTRY(tcp_timewait_state_process, 0, "resets that meet TIME_WAIT"),
	EXIT(tcp_timewait_state_process, 0, "resets that TIME_WAIT ignores"),
	ENTRY(inet_twsk_deschedule_put, 0, "resets that end TIME_WAIT, SYNs that recycle it"),
	ENTRY(tw_timer_handler, 0, "peers that never sent their FIN"),
	{ "rst_fexit_inet_twsk_alloc", "inet_twsk_alloc", TIER_FENTRY, 0, NULL,
	  "overflow of the TIME_WAIT table" },
	ENTRY(tcp_validate_incoming, PROGRAM_DEEP, "resets that meet a connection"),
	EXIT(tcp_validate_incoming, PROGRAM_DEEP, "resets that a connection ignores"),
	{ "rst_kprobe_inet_twsk_alloc", "inet_twsk_alloc", TIER_KPROBE, PROGRAM_DEEP, NULL,
	  "closes that need a TIME_WAIT" },
	{ "rst_kretprobe_inet_twsk_alloc", "inet_twsk_alloc", TIER_KPROBE, PROGRAM_DEEP, NULL,
	  "overflow of the TIME_WAIT table" },
	{ "rst_kprobe_tcp_send_challenge_ack", "tcp_send_challenge_ack", TIER_KPROBE,
	  PROGRAM_DEEP | PROGRAM_ANY_FUNCTION_TIER, NULL,
	  "which of those were challenged" },

	{ "rst_outage_retransmit", "tcp_retransmit_skb", TIER_TRACEPOINT, PROGRAM_RECOVERED, NULL,
	  "outages that were survived: their begin" },
	{ "rst_outage_set_state", "inet_sock_set_state", TIER_TRACEPOINT, PROGRAM_RECOVERED, NULL,
	  "outages that were survived: their end, late" },
	{ "rst_outage_cong_state", "tcp_cong_state_set", TIER_TRACEPOINT, PROGRAM_RECOVERED, NULL,
	  "outages that were survived: their end" },

	{ "rst_hash_refused", "tcp_hash_bad_header", TIER_TRACEPOINT, PROGRAM_IF_THERE | PROGRAM_BODY, NULL,
	  "what the following go on with" },
	SIGNATURE(hash_bad_header),
	SIGNATURE(hash_md5_required),
	SIGNATURE(hash_md5_unexpected),
	SIGNATURE(hash_md5_mismatch),
	SIGNATURE(hash_ao_required),
	SIGNATURE(ao_handshake_failure),
	SIGNATURE(ao_wrong_maclen),
	SIGNATURE(ao_mismatch),
	SIGNATURE(ao_key_not_found),

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
	  "SYNs that a listener drops" },
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
/* A build without one hook (make MUTANT=program), by which the tests show that the reconciliation misses it. The
 * _nested program on that hook goes too: it does the work whenever the other has not. */
bool program_is_mutilated(const struct program_row *row)
{
	return !strncmp(row->program, RSTTRACE_MUTANT, strlen(RSTTRACE_MUTANT));
}
#else
bool program_is_mutilated(const struct program_row *row)
{
	(void)row;
	return false;
}
#endif

bool program_wants_recovered(const struct options *options)
{
	bool is_asked = options->kinds[KIND_RECOVERED];

	for (unsigned int i = 0; i < options->causes_count; i++)
		is_asked |= !strcmp(options->causes[i], "recovered");
	return is_asked;
}

bool program_is_asked_for(const struct program_row *row, const struct options *options)
{
	return !(row->flags & PROGRAM_RECOVERED) || program_wants_recovered(options);
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

const char *tier_name(enum tier tier)
{
	static const char *const names[TIER_MAX] = {
		[TIER_AUTO] = "auto",
		[TIER_TRACEPOINT] = "tracepoint",
		[TIER_KPROBE] = "kprobe",
		[TIER_FENTRY] = "fentry",
	};

	return (unsigned int)tier < TIER_MAX ? names[tier] : "auto";
}
