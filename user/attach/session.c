/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The kernel side's life: which programs, loaded and attached how, drained and counted. */
#include "session.h"

#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <time.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "../../bpf/control.h"
#include "../../bpf/evidence.h"
#include "../util/netns.h"
#include "rsttrace.skel.h"


/* Every program, the hook it stands on, the tier it belongs to, and what is lost without it. */
static const struct program_row {
	const char *program;
	const char *hook;
	enum tier tier;
	const char *gives;
} program_rows[] = {
	{ "rst_send_reset", "tcp_send_reset", TIER_TRACEPOINT, "resets that this host sends" },
	{ "rst_receive_reset", "tcp_receive_reset", TIER_TRACEPOINT, "resets that end a connection here" },
	{ "rst_set_state", "inet_sock_set_state", TIER_TRACEPOINT, "timeouts, ICMP errors, owners" },
	{ "rst_send_reset_nested", "tcp_send_reset", TIER_TRACEPOINT, "the same inside another event" },
	{ "rst_receive_reset_nested", "tcp_receive_reset", TIER_TRACEPOINT, "the same inside another event" },
	{ "rst_set_state_nested", "inet_sock_set_state", TIER_TRACEPOINT, "the same inside another event" },
	{ "rst_error_report", "inet_sk_error_report", TIER_TRACEPOINT, "type and code of ICMP errors" },
	{ "rst_retransmit_skb", "tcp_retransmit_skb", TIER_TRACEPOINT, "retransmit episodes" },
	{ "rst_retransmit_synack", "tcp_retransmit_synack", TIER_TRACEPOINT, "unanswered SYN-ACKs" },
	{ "rst_destroy_sock", "tcp_destroy_sock", TIER_TRACEPOINT, "the end of a socket's memory" },
	{ "rst_fentry_tcp_reset", "tcp_reset", TIER_FENTRY, "the segment of a reset received" },
	{ "rst_fentry_send_active_reset", "tcp_send_active_reset", TIER_FENTRY, "when a socket gave up" },
	{ "rst_fentry_v4_send_reset", "tcp_v4_send_reset", TIER_FENTRY, "resets without a socket, IPv4" },
	{ "rst_fentry_v6_send_reset", "tcp_v6_send_reset", TIER_FENTRY, "resets without a socket, IPv6" },
	{ "rst_kprobe_tcp_reset", "tcp_reset", TIER_KPROBE, "the segment of a reset received" },
	{ "rst_kprobe_send_active_reset", "tcp_send_active_reset", TIER_KPROBE, "when a socket gave up" },
	{ "rst_kprobe_v4_send_reset", "tcp_v4_send_reset", TIER_KPROBE, "resets without a socket, IPv4" },
	{ "rst_kprobe_v6_send_reset", "tcp_v6_send_reset", TIER_KPROBE, "resets without a socket, IPv6" },
};

/* The first rows tell deaths: without these there is nothing to tell. */
#define DEATH_PROGRAMS 3
#define PROGRAMS (sizeof(program_rows) / sizeof(*program_rows))

struct session {
	struct caps caps;
	enum tier tier;
	struct source_info info;
	struct rsttrace_bpf *skeleton;
	struct ring_buffer *ring;
	struct bpf_link *links[PROGRAMS];
	struct session_hook hooks[PROGRAMS];
	char refusals[PROGRAMS][80];
	unsigned int hooks_count;
	source_record_fn record;
	void *context;
};

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

static int64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static int quiet(enum libbpf_print_level level, const char *format, va_list arguments)
{
	(void)level;
	(void)format;
	(void)arguments;
	return 0;
}

static int choose_tier(struct session *session, enum tier wanted, char *message, size_t size)
{
	const struct caps *caps = &session->caps;

	session->tier = wanted;
	if (wanted == TIER_AUTO)
		session->tier = caps->has_fentry ? TIER_FENTRY : caps->has_kprobe ? TIER_KPROBE : TIER_TRACEPOINT;
	if ((wanted == TIER_FENTRY && !caps->has_fentry) || (wanted == TIER_KPROBE && !caps->has_kprobe)) {
		snprintf(message, size, "this kernel refuses the %s tier; leave --tier out to use %s",
			 tier_name(wanted),
			 wanted == TIER_FENTRY && caps->has_kprobe ? "kprobe" : "tracepoint");
		return -EOPNOTSUPP;
	}
	return 0;
}

int session_open(const struct options *options, struct session **ret_session, char *message, size_t size)
{
	struct session *session = calloc(1, sizeof(*session));
	struct rlimit unlimited = { RLIM_INFINITY, RLIM_INFINITY };
	struct utsname system;
	int err;

	if (!session)
		return -ENOMEM;
	libbpf_set_print(quiet);
	/* The kernel's type information comes and goes in blocks of megabytes: keep them out of the heap, where
	 * they would leave holes that stay resident. */
	mallopt(M_MMAP_THRESHOLD, 64 * 1024);
	setrlimit(RLIMIT_MEMLOCK, &unlimited); /* maps are charged to it before v5.11 */
	err = caps_probe(&session->caps, message, size);
	if (!err)
		err = choose_tier(session, options->tier, message, size);
	if (err) {
		free(session);
		return err;
	}
	uname(&system);
	snprintf(session->info.kernel, sizeof(session->info.kernel), "%s", system.release);
	snprintf(session->info.tier, sizeof(session->info.tier), "%s", tier_name(session->tier));
	session->info.reasons = session->caps.reason_names;
	session->info.reasons_count = session->caps.reasons_count;
	session->info.wall_offset_ns = clock_ns(CLOCK_REALTIME) - clock_ns(CLOCK_BOOTTIME);
	*ret_session = session;
	return 0;
}

static void set_filters(struct rsttrace_bpf *skeleton, const struct options *options, uint32_t netns)
{
	skeleton->rodata->knob_filter_netns = netns;
	skeleton->rodata->knob_filter_ports_count =
		options->ports_count <= FILTER_MAX ? options->ports_count : 0;
	for (unsigned int i = 0; i < skeleton->rodata->knob_filter_ports_count; i++)
		skeleton->rodata->knob_filter_ports[i] = options->ports[i];
	skeleton->rodata->knob_filter_prefixes_count =
		options->addresses_count <= FILTER_MAX ? options->addresses_count : 0;
	for (unsigned int i = 0; i < skeleton->rodata->knob_filter_prefixes_count; i++) {
		const struct cidr *cidr = &options->addresses[i];

		for (unsigned int bit = 0; bit < cidr->prefix; bit++)
			skeleton->rodata->knob_filter_prefixes[i].mask[bit / 8] |= 0x80 >> bit % 8;
		for (unsigned int byte = 0; byte < 16; byte++)
			skeleton->rodata->knob_filter_prefixes[i].address[byte] =
				cidr->address[byte] & skeleton->rodata->knob_filter_prefixes[i].mask[byte];
	}
}

/* Whether this kernel and tier want the program at all. NULL: they do; else why not. */
static const char *reason_to_leave_out(const struct session *session, const struct program_row *row)
{
	const struct caps *caps = &session->caps;

	if (!strcmp(row->hook, "inet_sk_error_report") && !caps->has_error_report)
		return "this kernel has no such tracepoint (it came with v5.14)";
	if (row->tier == TIER_TRACEPOINT)
		return NULL;
	if (row->tier != session->tier)
		return "another tier";
	if (strstr(row->hook, "_send_reset") && caps->sees_no_socket)
		return "not needed: the tracepoint tells it";
	if (!strcmp(row->hook, "tcp_v6_send_reset") && !caps->has_ipv6)
		return "this kernel has no IPv6";
	if (!strcmp(row->hook, "tcp_reset") && !caps->tcp_reset_has_skb)
		return "tcp_reset() has no segment here (it came with v5.11)";
	return NULL;
}

static int load(struct session *session, const struct options *options, uint32_t netns, char *message, size_t size)
{
	struct rsttrace_bpf *skeleton = rsttrace_bpf__open();
	int err;

	if (!skeleton)
		return -errno;
	session->skeleton = skeleton;
	skeleton->rodata->knob_hz = session->caps.hz;
	skeleton->rodata->knob_tcp_reset_has_skb = session->caps.tcp_reset_has_skb;
	skeleton->rodata->knob_sees_icmp = session->caps.has_error_report;
	skeleton->rodata->knob_functions_see_no_socket = !session->caps.sees_no_socket;
	set_filters(skeleton, options, netns);
	for (unsigned int i = 0; i < PROGRAMS; i++) {
		struct bpf_program *program =
			bpf_object__find_program_by_name(skeleton->obj, program_rows[i].program);

		bpf_program__set_autoload(program, !reason_to_leave_out(session, &program_rows[i]));
	}
	err = rsttrace_bpf__load(skeleton);
	if (err)
		snprintf(message, size,
			 "this kernel refuses the tracing programs: %s; it needs CAP_BPF and CAP_PERFMON, no "
			 "lockdown=confidentiality, and Linux 5.8 or newer (rsttrace doctor says more)",
			 strerror(-err));
	return err;
}

static void attach_one(struct session *session, unsigned int i)
{
	const struct program_row *row = &program_rows[i];
	struct session_hook *hook = &session->hooks[session->hooks_count];
	const char *left_out = reason_to_leave_out(session, row);
	struct bpf_program *program = bpf_object__find_program_by_name(session->skeleton->obj, row->program);

	if (left_out && row->tier != TIER_TRACEPOINT && row->tier != session->tier)
		return;
	hook->hook = row->hook;
	hook->kind = tier_name(row->tier);
	hook->gives = row->gives;
	hook->refused = left_out;
	session->hooks_count++;
	if (left_out)
		return;
	session->links[i] = bpf_program__attach(program);
	if (!session->links[i]) {
		snprintf(session->refusals[i], sizeof(session->refusals[i]), "refused: %s", strerror(errno));
		hook->refused = session->refusals[i];
	}
}

static int forward(void *context, void *bytes, size_t size)
{
	struct session *session = context;

	return session->record(session->context, bytes, size);
}

int session_attach(struct session *session, const struct options *options, char *message, size_t size)
{
	uint32_t netns = 0;
	int err = options->netns ? netns_number(options->netns, &netns, message, size) : 0;

	if (err)
		return err;
	err = load(session, options, netns, message, size);
	if (err)
		return err;
	session->ring = ring_buffer__new(bpf_map__fd(session->skeleton->maps.events), forward, session, NULL);
	if (!session->ring) {
		err = -errno;
		snprintf(message, size, "cannot map the ring buffer: %s", strerror(-err));
		return err;
	}
	for (unsigned int i = 0; i < PROGRAMS; i++)
		attach_one(session, i);
	for (unsigned int i = 0; i < DEATH_PROGRAMS; i++) {
		if (session->links[i])
			continue;
		snprintf(message, size, "cannot attach to the tracepoint %s: %s", session->hooks[i].hook,
			 session->hooks[i].refused);
		return -EOPNOTSUPP;
	}
	malloc_trim(0);
	return 0;
}

const struct caps *session_caps(const struct session *session)
{
	return &session->caps;
}

const struct source_info *session_info(const struct session *session)
{
	return &session->info;
}

enum tier session_tier(const struct session *session)
{
	return session->tier;
}

int session_fd(const struct session *session)
{
	return ring_buffer__epoll_fd(session->ring);
}

int session_drain(struct session *session, source_record_fn record, void *context)
{
	session->record = record;
	session->context = context;
	return ring_buffer__consume(session->ring);
}

void session_detach(struct session *session)
{
	/* The last first: a change of state must not be told by a hook that outlives the reset's. */
	for (unsigned int i = PROGRAMS; i-- > 0;) {
		bpf_link__destroy(session->links[i]);
		session->links[i] = NULL;
	}
}

static uint64_t counter_sum(const struct session *session, uint32_t counter)
{
	int cpus = libbpf_num_possible_cpus();
	uint64_t *values = cpus > 0 ? calloc(cpus, sizeof(*values)) : NULL;
	uint64_t sum = 0;

	if (values && !bpf_map_lookup_elem(bpf_map__fd(session->skeleton->maps.counters), &counter, values)) {
		for (int i = 0; i < cpus; i++)
			sum += values[i];
	}
	free(values);
	return sum;
}

/* Events that the kernel skipped our programs for, because they were in the middle of another one. */
static uint64_t missed_events(const struct session *session)
{
	uint64_t missed = 0;

	for (unsigned int i = 0; i < DEATH_PROGRAMS; i++) {
		struct bpf_program *program =
			bpf_object__find_program_by_name(session->skeleton->obj, program_rows[i].program);
		struct bpf_prog_info info = { 0 };
		__u32 length = sizeof(info);

		if (!bpf_obj_get_info_by_fd(bpf_program__fd(program), &info, &length))
			missed += info.recursion_misses;
	}
	return missed;
}

void session_count(const struct session *session, struct session_counts *ret_counts)
{
	uint64_t nested = counter_sum(session, COUNTER_NESTED), missed = missed_events(session);

	ret_counts->sent = counter_sum(session, COUNTER_SENT);
	ret_counts->lost = counter_sum(session, COUNTER_LOST) + (missed > nested ? missed - nested : 0);
	ret_counts->filtered = counter_sum(session, COUNTER_FILTERED);
}

const struct session_hook *session_hook(const struct session *session, unsigned int i)
{
	return i < session->hooks_count ? &session->hooks[i] : NULL;
}

void session_close(struct session *session)
{
	if (!session)
		return;
	session_detach(session);
	ring_buffer__free(session->ring);
	rsttrace_bpf__destroy(session->skeleton);
	free(session);
}
