/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The programs of a session: which ones, with which knobs set, and what to do when the kernel refuses some. */
#include "session_private.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "../../bpf/control.h"
#include "skeleton.h"

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

/* What to leave out is asked of the kernel's types, which are megabytes: they go before libbpf reads them too. */
void session_choose(struct session *session, const struct options *options)
{
	deep_prepare(&session->deep, &session->caps, session->tier, options->deep);
	for (unsigned int i = 0; i < program_rows_count; i++) {
		session->left_out[i] = program_left_out(&program_rows[i], &session->caps, session->tier, options);
		if (!program_is_asked_for(&program_rows[i], options))
			session->left_out[i] = "not needed without --kind recovered";
		if (!session->left_out[i])
			session->left_out[i] = deep_left_out(&session->deep, &program_rows[i]);
	}
	knobs_collect(&session->knobs, &session->caps, session->tier, options);
	caps_forget_types(&session->caps);
}

struct bpf_program *session_program(const struct session *session, unsigned int i)
{
	return bpf_object__find_program_by_name(session->skeleton->obj, program_rows[i].program);
}

static uint32_t valve_jiffies(uint32_t hz)
{
	uint32_t jiffies = VALVE_WINDOW_MS * hz / 1000;

	return jiffies ? jiffies : 1;
}

/* What is counted has no address any more: the kernel side has to know whom nobody asked for. */
static bool has_kernel_filters(const struct options *options)
{
	return options->ports_count <= FILTER_MAX && options->addresses_count <= FILTER_MAX;
}

/* Room is taken when a map is made, in the kernel: of what nobody asks for there is none. */
static void shrink_maps(const struct session *session, const struct options *options,
			const struct rsttrace_bpf *skeleton)
{
	const struct {
		struct bpf_map *map;
		bool is_used;
	} rows[] = {
		{ skeleton->maps.fingerprints, options->fingerprint },
		{ skeleton->maps.outages, program_wants_recovered(options) },
		{ skeleton->maps.icmp_sockets, session->knobs.asks_icmp },
		{ skeleton->maps.connects, session->knobs.sees_connect },
		{ skeleton->maps.listener_socks, options->deep },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (!rows[i].is_used)
			bpf_map__set_max_entries(rows[i].map, 1);
	}
}

/* A skeleton with its knobs set, of which only the chosen programs will be loaded; or NULL. */
static struct rsttrace_bpf *open_skeleton(const struct session *session, const struct options *options, uint32_t netns)
{
	struct rsttrace_bpf *skeleton = skeleton_open();

	if (!skeleton)
		return NULL;
	skeleton->rodata->knob_hz = session->caps.hz;
	skeleton->rodata->knob_valve_jiffies = valve_jiffies(session->caps.hz);
	skeleton->rodata->knob_valve_records = has_kernel_filters(options) ? VALVE_RECORDS : UINT32_MAX;
	skeleton->rodata->knob_tcp_reset_has_skb = session->caps.tcp_reset_has_skb;
	skeleton->rodata->knob_fingerprint = options->fingerprint;
	skeleton->rodata->knob_user_stack = options->user_stack;
	set_filters(skeleton, options, netns);
	knobs_set(&session->knobs, skeleton);
	deep_set(&session->deep, skeleton);
	shrink_maps(session, options, skeleton);
	for (unsigned int i = 0; i < program_rows_count; i++) {
		struct bpf_program *program =
			bpf_object__find_program_by_name(skeleton->obj, program_rows[i].program);

		bpf_program__set_autoload(program, !session->left_out[i]);
	}
	return skeleton;
}

/* libbpf loads all or nothing, and does not say whom the kernel refused: the first that goes through alone is not to
 * blame. Only where the first try has failed. */
static void try_each(struct session *session, const struct options *options, uint32_t netns)
{
	for (unsigned int i = 0; i < program_rows_count; i++) {
		struct rsttrace_bpf *skeleton = session->left_out[i] ? NULL : open_skeleton(session, options, netns);
		struct bpf_program *program;
		int err;

		if (!skeleton)
			continue;
		bpf_object__for_each_program(program, skeleton->obj)
			bpf_program__set_autoload(program,
						  !strcmp(bpf_program__name(program), program_rows[i].program));
		err = rsttrace_bpf__load(skeleton);
		rsttrace_bpf__destroy(skeleton);
		if (!err)
			continue;
		snprintf(session->refusals[i], sizeof(session->refusals[i]), "refused: %s", strerror(-err));
		session->left_out[i] = session->refusals[i];
	}
}

static void set_bodies(const struct rsttrace_bpf *skeleton)
{
	static const char *const names[BODY_MAX] = {
		[BODY_HASH] = "rst_hash_refused",
	};

	for (uint32_t i = 0; i < BODY_MAX; i++) {
		int fd = bpf_program__fd(bpf_object__find_program_by_name(skeleton->obj, names[i]));

		if (fd >= 0)
			bpf_map_update_elem(bpf_map__fd(skeleton->maps.bodies), &i, &fd, BPF_ANY);
	}
}

int session_load(struct session *session, const struct options *options, uint32_t netns, char *message, size_t size)
{
	int err = 0;

	for (unsigned int attempt = 0; attempt < 2; attempt++) {
		session->skeleton = open_skeleton(session, options, netns);
		if (!session->skeleton)
			return -errno;
		err = rsttrace_bpf__load(session->skeleton);
		if (!err) {
			set_bodies(session->skeleton);
			return 0;
		}
		rsttrace_bpf__destroy(session->skeleton);
		session->skeleton = NULL;
		if (!attempt && err != -EPERM)
			try_each(session, options, netns);
		else
			break;
	}
	snprintf(message, size,
		 "this kernel refuses the tracing programs: %s; it needs CAP_BPF and CAP_PERFMON, no "
		 "lockdown=confidentiality, and Linux 5.8 or newer (rsttrace doctor says more)",
		 strerror(-err));
	return err;
}
