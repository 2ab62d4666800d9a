/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Names people give to kernel objects, into the inode numbers the kernel knows them by. */
#ifndef RSTTRACE_NETNS_H
#define RSTTRACE_NETNS_H

#include <stddef.h>
#include <stdint.h>

/* "4026531840", a path, or a name under /run/netns. 0, or a negative errno with a sentence in message[size]. */
int netns_number(const char *name, uint32_t *ret_number, char *message, size_t size);
/* A cgroup v2 path, absolute or under /sys/fs/cgroup, into its id. Errors as above. */
int cgroup_number(const char *path, uint64_t *ret_number, char *message, size_t size);

#endif
