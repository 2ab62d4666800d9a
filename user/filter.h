/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which reports the command line asks for. Live, the kernel has filtered by port, address and namespace already. */
#ifndef RSTTRACE_FILTER_H
#define RSTTRACE_FILTER_H

#include "cli.h"
#include "explain/report.h"

struct filter {
	const struct options *options;
	uint32_t netns; /* 0 = all */
	uint64_t cgroup; /* id, 0 = not on this machine now (a recording), or all */
	char cgroup_path[512]; /* as cgroups_path() gives it, without a slash at its end */
};

/* 0, or a negative errno with a sentence in message[size]: a namespace or cgroup that does not exist. */
int filter_open(const struct options *options, struct filter *ret_filter, char *message, size_t size);
bool filter_wants(const struct filter *filter, const struct report *report);

#endif
