/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The programs as rows, and which of them a kernel gets. */
#include "programs.h"

#include <stddef.h>
#include <string.h>

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
};

const unsigned int program_rows_count = sizeof(program_rows) / sizeof(*program_rows);

_Static_assert(sizeof(program_rows) / sizeof(*program_rows) <= PROGRAMS_MAX, "session.c keeps a link for each");

#ifdef RSTTRACE_MUTANT
/* A build without one hook (make MUTANT=program), by which the tests show that the reconciliation misses it. */
static bool is_mutilated(const struct program_row *row)
{
	return !strcmp(row->program, RSTTRACE_MUTANT);
}
#else
static bool is_mutilated(const struct program_row *row)
{
	(void)row;
	return false;
}
#endif

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
	if (row->tier == TIER_TRACEPOINT)
		return caps_has_tracepoint(caps, row->hook) ? NULL : "this kernel has no such tracepoint";
	if (row->tier == TIER_FENTRY)
		return caps_has_function(caps, row->hook) ? NULL : "this kernel has no such function";
	return NULL; /* a kernel probe may stand on what BTF does not know */
}

const char *program_left_out(const struct program_row *row, const struct caps *caps, enum tier tier, bool is_deep)
{
	if (is_mutilated(row))
		return "left out of this build";
	if (program_is_foreign(row, tier))
		return "another tier";
	if (row->flags & PROGRAM_DEEP && !is_deep)
		return "only with --deep";
	if (row->flags & PROGRAM_BEFORE_6_10 && caps->sees_no_socket)
		return "not needed: the tracepoint tells it";
	if (row->flags & PROGRAM_BEFORE_5_14 && caps->has_error_report)
		return "not needed: the tracepoint inet_sk_error_report tells it";
	if (!strcmp(row->hook, "tcp_reset") && !caps->tcp_reset_has_skb)
		return "tcp_reset() has no segment here (it came with v5.11)";
	if (!strcmp(row->hook, "module_load") && !caps_has_tracepoint(caps, row->hook))
		return "not needed: this kernel loads no modules";
	return missing(row, caps);
}
