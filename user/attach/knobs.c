/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* See knobs.h. A function's result stands behind its arguments, whose number changes with the kernel. */
#include "knobs.h"

#include <stddef.h>
#include <string.h>

#include <bpf/libbpf.h>

#include "../../bpf/control.h"
#include "rsttrace.skel.h"

#define F(function)                                                                         \
	{                                                                                   \
		#function, offsetof(struct rsttrace_bpf__rodata, knob_arguments_##function) \
	}

/* A row for each FUNCTION_EXIT in bpf/, but not for FUNCTION_EXIT_VOID. */
static const struct {
	const char *function;
	size_t offset; /* of its knob */
} rows[] = {
	F(tcp_check_req),	 F(tcp_conn_request), F(tcp_v4_syn_recv_sock),
	F(tcp_v6_syn_recv_sock), F(cookie_v4_check),  F(cookie_v6_check),
	F(inet_csk_accept),	 F(tcp_v4_err),	      F(tcp_v6_err),
	F(tcp_timewait_state_process), F(inet_twsk_alloc),
};

#define ROWS (sizeof(rows) / sizeof(*rows))

_Static_assert(ROWS <= KNOB_FUNCTIONS_MAX, "struct knobs has room for each");

/* Every SYN may be one: only who asks for them pays for them. */
static bool wants_cookies(const struct options *options)
{
	for (unsigned int i = 0; i < options->causes_count; i++) {
		if (!strcmp(options->causes[i], "syn-cookie-sent"))
			return true;
	}
	return !options->causes_count && options->has_kinds && options->kinds[KIND_DROPPED];
}

void knobs_collect(struct knobs *ret_knobs, const struct caps *caps, enum tier tier, const struct options *options)
{
	bool has_functions = tier != TIER_TRACEPOINT;

	for (unsigned int i = 0; i < ROWS; i++) {
		int arguments = caps_function_arguments(caps, rows[i].function);

		ret_knobs->arguments[i] = arguments > 0 ? arguments : 0;
	}
	ret_knobs->sees_requests = tier != TIER_TRACEPOINT && caps_has_function(caps, "tcp_check_req");
	ret_knobs->sees_cookies = wants_cookies(options);
	ret_knobs->sees_icmp = caps->has_error_report || (has_functions && caps_has_function(caps, "tcp_v4_err"));
	ret_knobs->sees_neighbours = caps_has_tracepoint(caps, "neigh_timer_handler");
	ret_knobs->sees_accept = has_functions && caps_has_function(caps, tier == TIER_FENTRY ? "inet_csk_accept" :
											       "security_sock_graft");
	ret_knobs->sees_connect = has_functions && caps_has_function(caps, "tcp_v4_connect");
	ret_knobs->asks_icmp = options->has_kinds || options->causes_count;
	ret_knobs->tells_ordinary = options->has_kinds || options->causes_count;
	ret_knobs->measures = !strcmp(options->verb, "hist");
	ret_knobs->by_peer = ret_knobs->measures && options->by && !strcmp(options->by, "peer");
	ret_knobs->functions_see_no_socket = !caps->sees_no_socket;
}

void knobs_set(const struct knobs *knobs, struct rsttrace_bpf *skeleton)
{
	for (unsigned int i = 0; i < ROWS; i++)
		*((unsigned char *)skeleton->rodata + rows[i].offset) = knobs->arguments[i];
	skeleton->rodata->knob_sees_requests = knobs->sees_requests;
	skeleton->rodata->knob_sees_cookies = knobs->sees_cookies;
	skeleton->rodata->knob_sees_icmp = knobs->sees_icmp;
	skeleton->rodata->knob_sees_neighbours = knobs->sees_neighbours;
	skeleton->rodata->knob_sees_accept = knobs->sees_accept;
	skeleton->rodata->knob_sees_connect = knobs->sees_connect;
	skeleton->rodata->knob_asks_icmp = knobs->asks_icmp;
	skeleton->rodata->knob_tells_ordinary = knobs->tells_ordinary;
	skeleton->rodata->knob_histograms = knobs->measures;
	skeleton->rodata->knob_valve_by_peer = knobs->by_peer;
	if (!knobs->measures)
		bpf_map__set_max_entries(skeleton->maps.histograms, 1); /* a map cannot have none */
	skeleton->rodata->knob_functions_see_no_socket = knobs->functions_see_no_socket;
}
