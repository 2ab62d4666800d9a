/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* See skeleton.h. */
#include "skeleton.h"

#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include <bpf/libbpf.h>

#include "caps.h"

/* libbpf has copied what it needs. The pages are our file's, and come back when they are read again. */
static void forget_object(const struct bpf_object_skeleton *skeleton)
{
	uintptr_t page = sysconf(_SC_PAGESIZE), start = (uintptr_t)skeleton->data, end = start + skeleton->data_sz;

	start = (start + page - 1) & ~(page - 1);
	end &= ~(page - 1);
	if (end > start)
		madvise((void *)start, end - start, MADV_DONTNEED);
}

struct rsttrace_bpf *skeleton_open(void)
{
	LIBBPF_OPTS(bpf_object_open_opts, options, .btf_custom_path = caps_types_path());
	struct rsttrace_bpf *skeleton = rsttrace_bpf__open_opts(&options);

	if (skeleton)
		forget_object(skeleton->skeleton);
	return skeleton;
}
