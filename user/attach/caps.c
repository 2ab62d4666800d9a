/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Asks the running kernel what it has. Loading a program that does nothing is the only honest test of fentry. */
#include "caps.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <linux/bpf.h>
#include <sys/capability.h>

#include "types.h"

#define NANOSECONDS 1000000000L

/* Clock ticks: the coarse clocks advance once a jiffy, so their resolution is 1/HZ on every kernel; CONFIG_HZ may not
 * be readable in a container. */
static unsigned int probe_hz(void)
{
	struct timespec resolution;

	if (clock_getres(CLOCK_MONOTONIC_COARSE, &resolution) || resolution.tv_nsec <= 0)
		return 250;
	return (NANOSECONDS + resolution.tv_nsec / 2) / resolution.tv_nsec;
}

static const struct btf_type *find_function(const struct types *types, const char *name, uint32_t *ret_id)
{
	const struct btf_type *type = types_find(types, name, BTF_KIND_FUNC, ret_id);

	return type ? types_at(types, type->type) : NULL;
}

static bool has_tracepoint(const struct types *types, const char *name)
{
	char symbol[96];

	snprintf(symbol, sizeof(symbol), "btf_trace_%s", name);
	return types_find(types, symbol, BTF_KIND_TYPEDEF, NULL);
}

/* Reset reasons by this kernel's numbers: they move between versions, so only their names are ever kept. */
static void read_reasons(const struct types *types, struct caps *caps)
{
	static const char prefix[] = "SK_RST_REASON_";
	const struct btf_type *type = types_find(types, "sk_rst_reason", BTF_KIND_ENUM, NULL);
	const struct btf_enum *values = type ? btf_enum(type) : NULL;

	caps->has_reset_reason = type;
	caps->sees_no_socket = type;
	for (unsigned int i = 0; type && i < btf_vlen(type); i++) {
		const char *name = types_name(types, values[i].name_off);
		unsigned int number = values[i].val;

		if (number >= CAPS_REASONS_MAX)
			continue;
		if (!strncmp(name, prefix, sizeof(prefix) - 1))
			name += sizeof(prefix) - 1;
		snprintf(caps->reasons[number], CAPS_NAME_BYTES, "%s", name);
		caps->reason_names[number] = caps->reasons[number];
		if (number >= caps->reasons_count)
			caps->reasons_count = number + 1;
	}
}

/* Drop reasons, likewise. */
static void read_drops(const struct types *types, struct caps *caps)
{
	static const char prefix[] = "SKB_DROP_REASON_";
	const struct btf_type *type = types_find(types, "skb_drop_reason", BTF_KIND_ENUM, NULL);
	const struct btf_enum *values = type ? btf_enum(type) : NULL;

	for (unsigned int i = 0; type && i < btf_vlen(type); i++) {
		const char *name = types_name(types, values[i].name_off);
		unsigned int number = values[i].val;

		if (number >= CAPS_DROPS_MAX || strncmp(name, prefix, sizeof(prefix) - 1))
			continue;
		snprintf(caps->drops[number], CAPS_NAME_BYTES, "%s", name + sizeof(prefix) - 1);
		caps->drop_names[number] = caps->drops[number];
		if (number >= caps->drops_count)
			caps->drops_count = number + 1;
	}
}

/* Arguments of a tracepoint: those of its handler but the first, which is the handler's own. */
static unsigned int tracepoint_arguments(const struct types *types, const char *symbol)
{
	const struct btf_type *type = types_find(types, symbol, BTF_KIND_TYPEDEF, NULL);

	type = type ? types_at(types, type->type) : NULL;
	type = type && btf_is_ptr(type) ? types_at(types, type->type) : NULL;
	return type && btf_is_func_proto(type) ? btf_vlen(type) - 1 : 0;
}

/* r0 = 0; exit: as an fentry program, to be refused exactly where trampolines are. */
static bool try_fentry(int function_id)
{
	const struct bpf_insn nothing[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, options, .expected_attach_type = BPF_TRACE_FENTRY,
		    .attach_btf_id = function_id);
	int program = bpf_prog_load(BPF_PROG_TYPE_TRACING, "rst_try", "GPL", nothing, 2, &options);
	int link;

	if (program < 0)
		return false;
	link = bpf_raw_tracepoint_open(NULL, program);
	close(program);
	if (link < 0)
		return false;
	close(link);
	return true;
}

static bool try_kprobe(void)
{
	return access("/sys/bus/event_source/devices/kprobe/type", R_OK) == 0;
}

static int check_privileges(char *message, size_t size)
{
	static const struct {
		cap_value_t value;
		const char *name;
	} wanted[] = { { CAP_BPF, "CAP_BPF" }, { CAP_PERFMON, "CAP_PERFMON" } };
	char missing[64] = "";
	cap_t mine = cap_get_proc();
	cap_flag_value_t admin = CAP_CLEAR;

	if (!mine)
		return 0;
	cap_get_flag(mine, CAP_SYS_ADMIN, CAP_EFFECTIVE, &admin);
	for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++) {
		cap_flag_value_t has = CAP_CLEAR;

		cap_get_flag(mine, wanted[i].value, CAP_EFFECTIVE, &has);
		if (has == CAP_CLEAR && admin == CAP_CLEAR)
			snprintf(missing + strlen(missing), sizeof(missing) - strlen(missing), "%s%s",
				 *missing ? " and " : "", wanted[i].name);
	}
	cap_free(mine);
	if (!*missing)
		return 0;
	snprintf(message, size, "cannot trace: %s missing; run it as root (sudo rsttrace)", missing);
	return -EPERM;
}

const char *caps_types_path(void)
{
	cap_t mine = cap_get_proc();
	cap_flag_value_t admin = CAP_CLEAR;

	if (mine)
		cap_get_flag(mine, CAP_SYS_ADMIN, CAP_EFFECTIVE, &admin);
	cap_free(mine);
	return admin == CAP_SET ? NULL : "/sys/kernel/btf/vmlinux";
}

int caps_probe(struct caps *ret_caps, char *message, size_t size)
{
	const struct btf_type *function;
	struct types *types;
	uint32_t id = 0;
	int err;

	memset(ret_caps, 0, sizeof(*ret_caps));
	err = check_privileges(message, size);
	if (err)
		return err;
	types = types_load();
	if (!types) {
		err = -errno;
		snprintf(message, size,
			 "cannot trace: this kernel gives no type information (/sys/kernel/btf/vmlinux: %s); "
			 "it must be built with CONFIG_DEBUG_INFO_BTF=y, Linux 5.8 or newer",
			 strerror(-err));
		return err;
	}
	read_reasons(types, ret_caps);
	read_drops(types, ret_caps);
	ret_caps->drop_arguments = tracepoint_arguments(types, "btf_trace_kfree_skb");
	ret_caps->hz = probe_hz();
	ret_caps->has_error_report = has_tracepoint(types, "inet_sk_error_report");
	ret_caps->has_ipv6 = find_function(types, "tcp_v6_send_reset", NULL);
	function = find_function(types, "tcp_reset", &id);
	ret_caps->tcp_reset_has_skb = function && btf_vlen(function) == 2;
	ret_caps->has_fentry = function && try_fentry(id);
	ret_caps->has_kprobe = try_kprobe();
	ret_caps->types = types;
	return 0;
}

bool caps_has_tracepoint(const struct caps *caps, const char *name)
{
	return has_tracepoint(caps->types, name);
}

bool caps_has_function(const struct caps *caps, const char *name)
{
	return find_function(caps->types, name, NULL);
}

bool caps_has_drop(const struct caps *caps, const char *name)
{
	for (unsigned int i = 0; i < caps->drops_count; i++) {
		if (caps->drop_names[i] && !strcmp(caps->drop_names[i], name))
			return true;
	}
	return false;
}

int caps_function_arguments(const struct caps *caps, const char *name)
{
	const struct btf_type *function = find_function(caps->types, name, NULL);

	return function ? btf_vlen(function) : -1;
}

void caps_forget_types(struct caps *caps)
{
	types_free(caps->types);
	caps->types = NULL;
}
