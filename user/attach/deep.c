/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The knobs of --deep. Drop reasons are chosen by name: their numbers move in every release. */
#include "deep.h"

#include <stddef.h>
#include <string.h>

#include "rsttrace.skel.h"
#include "symbols.h"

#define TELL_BOTH (DROP_TELL_RESETS | DROP_TELL_ALL)

/* Refused before the socket saw it, or on the way out. Reasons that are not listed here are told for resets only. */
static const struct drop_row {
	const char *reason; /* a name ends with "*" when every name that begins so is meant */
	uint8_t tell;
} drop_rows[] = {
	{ "NETFILTER_DROP", TELL_BOTH },
	{ "XDP", TELL_BOTH },
	{ "TC_INGRESS", TELL_BOTH },
	{ "TC_EGRESS", TELL_BOTH },
	{ "BPF_CGROUP_EGRESS", TELL_BOTH },
	{ "IP_RPFILTER", TELL_BOTH },
	{ "IP_OUTNOROUTES", TELL_BOTH },
	{ "SOCKET_FILTER", TELL_BOTH },
	{ "SOCKET_BACKLOG", TELL_BOTH },
	{ "CPU_BACKLOG", TELL_BOTH },
	{ "XFRM_POLICY", TELL_BOTH },
	{ "QDISC_*", TELL_BOTH },
	{ "NEIGH_*", TELL_BOTH },
	{ "TCP_CSUM", TELL_BOTH },
	{ "TCP_MINTTL", TELL_BOTH },
	{ "TCP_MD5*", TELL_BOTH },
	{ "TCP_AO*", TELL_BOTH },
	{ "TCP_AUTH_HDR", TELL_BOTH },
	/* What tcp_check_req() says whenever no socket could be made: 6.15, a queue that is full or not. */
	{ "TCP_LISTEN_OVERFLOW", DROP_TELL_RESETS | DROP_TELL_NO_CHILD },
	{ "NO_SOCKET", DROP_TELL_RESETS | DROP_TELL_COOKIE },
	{ "QUEUE_PURGE", 0 }, /* a raw socket's own copy, which it had not read before it was closed */
	{ "NOT_SPECIFIED", DROP_TELL_RESETS | DROP_TELL_LAST_ACK | DROP_TELL_COOKIE },
};

/* What the tracepoints tcp_hash_* and tcp_ao_* tell where they are. */
static const char *const told_by_hash[] = { "TCP_MD5*", "TCP_AO*", "TCP_AUTH_HDR" };

static bool matches(const char *pattern, const char *name)
{
	size_t length = strlen(pattern);

	if (pattern[length - 1] == '*')
		return !strncmp(pattern, name, length - 1);
	return !strcmp(pattern, name);
}

static bool is_among(const char *const *patterns, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++) {
		if (matches(patterns[i], name))
			return true;
	}
	return false;
}

static uint8_t tell_of(const char *name)
{
	for (size_t i = 0; i < sizeof(drop_rows) / sizeof(*drop_rows); i++) {
		if (matches(drop_rows[i].reason, name))
			return drop_rows[i].tell;
	}
	return DROP_TELL_RESETS;
}

static void choose_drops(struct deep *deep, const struct caps *caps)
{
	bool has_hash = caps_has_tracepoint(caps, "tcp_hash_md5_required");

	for (unsigned int i = 0; i < caps->drops_count && i < DROP_REASONS_MAX; i++) {
		const char *name = caps->drop_names[i];

		if (!name ||
		    (has_hash && is_among(told_by_hash, sizeof(told_by_hash) / sizeof(*told_by_hash), name)))
			continue;
		deep->drops[i] = tell_of(name);
	}
}

static void find_functions(struct deep *deep)
{
	static const char *const names[DEEP_FUNCTIONS_MAX] = {
		[DEEP_TCP_V4_RCV] = "tcp_v4_rcv",
		[DEEP_TCP_V6_RCV] = "tcp_v6_rcv",
		[DEEP_TCP_V4_DO_RCV] = "tcp_v4_do_rcv",
		[DEEP_TCP_V6_DO_RCV] = "tcp_v6_do_rcv",
		[DEEP_NF_HOOK_SLOW] = "nf_hook_slow",
		[DEEP_COOKIE_V4_CHECK] = "cookie_v4_check",
		[DEEP_COOKIE_V6_CHECK] = "cookie_v6_check",
	};
	struct symbols *symbols;
	uint64_t end;

	if (symbols_load(&symbols))
		return;
	for (unsigned int i = 0; i < DEEP_FUNCTIONS_MAX; i++)
		symbols_find(symbols, names[i], &deep->function_start[i], &deep->function_end[i]);
	symbols_find(symbols, "reqsk_timer_handler", &deep->request_timer, &end);
	symbols_find(symbols, "tw_timer_handler", &deep->timewait_timer, &end);
	symbols_free(symbols);
}

/* Whether a program of this tier stands on that function. */
static bool watches(const char *function, enum tier tier)
{
	for (unsigned int i = 0; i < program_rows_count; i++) {
		if (!strcmp(program_rows[i].hook, function) && !program_is_foreign(&program_rows[i], tier))
			return true;
	}
	return false;
}

void deep_prepare(struct deep *ret_deep, const struct caps *caps, enum tier tier, bool is_deep)
{
	memset(ret_deep, 0, sizeof(*ret_deep));
	if (!is_deep)
		return;
	ret_deep->sees_no_socket = caps->sees_no_socket || watches("tcp_v4_send_reset", tier);
	ret_deep->sees_rejects = watches("nf_send_reset", tier);
	ret_deep->sees_ignored = watches("tcp_validate_incoming", tier);
	ret_deep->sees_handshakes = watches("tcp_v4_syn_recv_sock", tier);
	ret_deep->drop_arguments = caps->drop_arguments;
	choose_drops(ret_deep, caps);
	find_functions(ret_deep);
	if (tier != TIER_TRACEPOINT) /* functions tell it, and cost nothing for all other timers */
		ret_deep->request_timer = ret_deep->timewait_timer = 0;
}

const char *deep_left_out(const struct deep *deep, const struct program_row *row)
{
	if (!strncmp(row->hook, "timer_", 6) && !(deep->request_timer && deep->timewait_timer))
		return "the kernel hides its symbols (sysctl kernel.kptr_restrict)";
	return NULL;
}

void deep_set(const struct deep *deep, struct rsttrace_bpf *skeleton)
{
	skeleton->rodata->knob_deep_sees_no_socket = deep->sees_no_socket;
	skeleton->rodata->knob_deep_sees_rejects = deep->sees_rejects;
	skeleton->rodata->knob_deep_sees_ignored = deep->sees_ignored;
	skeleton->rodata->knob_deep_sees_handshakes = deep->sees_handshakes;
	skeleton->rodata->knob_deep_drop_arguments = deep->drop_arguments;
	skeleton->rodata->knob_deep_request_timer = deep->request_timer;
	skeleton->rodata->knob_deep_timewait_timer = deep->timewait_timer;
	for (unsigned int i = 0; i < DEEP_FUNCTIONS_MAX; i++) {
		skeleton->rodata->knob_deep_function_start[i] = deep->function_start[i];
		skeleton->rodata->knob_deep_function_end[i] = deep->function_end[i];
	}
	memcpy((void *)skeleton->rodata->knob_deep_drops, deep->drops, sizeof(deep->drops));
}
