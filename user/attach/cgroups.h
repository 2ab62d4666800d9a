/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The paths of cgroups by their ids, which are all that the kernel side records. */
#ifndef RSTTRACE_CGROUPS_H
#define RSTTRACE_CGROUPS_H

#include <stdint.h>

#include "../../bpf/evidence.h"

struct cgroups;

/* By which number a recording keeps a task's cgroup: its id, or, where that is the root of a system that still uses
 * cgroup v1, the process. */
static inline uint64_t cgroups_number(const struct ev_task *task)
{
	return task->cgroup_id > 1 ? task->cgroup_id : 1ULL << 63 | task->pid;
}

struct cgroups *cgroups_new(void); /* NULL without memory */
/* "/system.slice/nginx.service", "/" for the root; NULL when there is no such cgroup (any more), or no cgroup v2 and
 * the process has gone. An id that is new costs a look at the process or, when that has gone, a walk through all
 * cgroups, at most once a second. The string stays until the next call. */
const char *cgroups_path(struct cgroups *cgroups, const struct ev_task *task);
void cgroups_free(struct cgroups *cgroups); /* NULL is fine */

#endif
