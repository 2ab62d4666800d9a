/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* See cost.h. */
#include "cost.h"

#include <errno.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>

#include "session_private.h"

int session_cost_begin(void)
{
	int fd = bpf_enable_stats(BPF_STATS_RUN_TIME);

	return fd < 0 ? -errno : fd;
}

struct session_cost session_cost(const struct session *session, unsigned int i)
{
	unsigned int row = session->hook_rows[i];
	struct bpf_prog_info info = { 0 };
	__u32 length = sizeof(info);

	if (!session->links[row] ||
	    bpf_obj_get_info_by_fd(bpf_program__fd(session_program(session, row)), &info, &length))
		return (struct session_cost){ 0 };
	return (struct session_cost){ .calls = info.run_cnt, .ns = info.run_time_ns };
}
