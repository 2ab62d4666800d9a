/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* See stalled.h. Of the one BPF object only the iterators are loaded, and only the maps that they use are made. */
#include "stalled.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "../../bpf/control.h"
#include "../../bpf/evidence.h"
#include "caps.h"
#include "iterator.h"
#include "skeleton.h"

struct stalled {
	struct rsttrace_bpf *skeleton;
};

static int quiet(enum libbpf_print_level level, const char *format, va_list arguments)
{
	(void)level;
	(void)format;
	(void)arguments;
	return 0;
}

static void choose(struct rsttrace_bpf *skeleton)
{
	const struct bpf_map *used[] = { skeleton->maps.conns, skeleton->maps.listeners, skeleton->maps.notes,
					 skeleton->maps.scratch };
	struct bpf_program *program;
	struct bpf_map *map;

	bpf_object__for_each_program(program, skeleton->obj)
		bpf_program__set_autoload(program, program == skeleton->progs.rst_scan_files ||
							   program == skeleton->progs.rst_stalled);
	bpf_object__for_each_map(map, skeleton->obj) {
		bool is_used = bpf_map__is_internal(map);

		for (size_t i = 0; i < sizeof(used) / sizeof(*used); i++)
			is_used |= map == used[i];
		bpf_map__set_autocreate(map, is_used);
	}
}

static int load(struct stalled *stalled, unsigned int hz, uint32_t silence_ms)
{
	stalled->skeleton = skeleton_open();
	if (!stalled->skeleton)
		return -errno;
	stalled->skeleton->rodata->knob_hz = hz;
	stalled->skeleton->rodata->knob_silence_ms = silence_ms;
	choose(stalled->skeleton);
	return rsttrace_bpf__load(stalled->skeleton);
}

int stalled_open(uint32_t silence_ms, struct stalled **ret_stalled, char *message, size_t size)
{
	struct rlimit unlimited = { RLIM_INFINITY, RLIM_INFINITY };
	struct stalled *stalled = calloc(1, sizeof(*stalled));
	struct caps *caps = calloc(1, sizeof(*caps));
	int err = stalled && caps ? 0 : -ENOMEM;

	libbpf_set_print(quiet);
	setrlimit(RLIMIT_MEMLOCK, &unlimited); /* maps are charged to it before v5.11 */
	if (err)
		snprintf(message, size, "out of memory");
	else
		err = caps_probe(caps, message, size);
	if (!err && !caps_has_function(caps, "bpf_iter_tcp")) {
		err = -EOPNOTSUPP;
		snprintf(message, size,
			 "this kernel cannot list its TCP sockets to a BPF program: stalled needs Linux 5.9 or newer, "
			 "built with CONFIG_BPF_SYSCALL and CONFIG_PROC_FS; ss -toe shows timers and retransmits");
	}
	if (!err) {
		unsigned int hz = caps->hz;

		caps_forget_types(caps); /* before libbpf reads them too */
		err = load(stalled, hz, silence_ms);
		if (err)
			snprintf(message, size,
				 "this kernel refuses the iterator over TCP sockets: %s; it needs CAP_BPF and "
				 "CAP_PERFMON, and no lockdown=confidentiality",
				 strerror(-err));
	}
	if (caps)
		caps_forget_types(caps);
	free(caps);
	if (err)
		stalled_close(stalled);
	else
		*ret_stalled = stalled;
	return err;
}

/* Who owned a socket before says nothing of the next one at its address. */
static void forget(const struct bpf_map *map)
{
	unsigned char keys[2][64];
	int fd = bpf_map__fd(map), end = bpf_map_get_next_key(fd, NULL, keys[0]);

	for (unsigned int i = 0; !end; i ^= 1) {
		end = bpf_map_get_next_key(fd, keys[i], keys[i ^ 1]);
		bpf_map_delete_elem(fd, keys[i]);
	}
}

int stalled_find_owners(struct stalled *stalled)
{
	forget(stalled->skeleton->maps.conns);
	forget(stalled->skeleton->maps.listeners);
	return iterator_run(stalled->skeleton->progs.rst_scan_files, 0, NULL, NULL);
}

int stalled_read(struct stalled *stalled, source_record_fn record, void *context)
{
	return iterator_run(stalled->skeleton->progs.rst_stalled, sizeof(struct evidence), record, context);
}

void stalled_close(struct stalled *stalled)
{
	if (!stalled)
		return;
	rsttrace_bpf__destroy(stalled->skeleton);
	free(stalled);
}
