/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the path of a cgroup says of the container in it. */
#ifndef RSTTRACE_CONTAINER_H
#define RSTTRACE_CONTAINER_H

#include <stdbool.h>

struct container {
	char id[65]; /* 64 hexadecimal digits, or a machine's name; "" = no container */
	const char *runtime; /* "docker", "containerd", "cri-o", "podman", "systemd-nspawn", "lxc"; NULL = not said */
	char pod[37]; /* Kubernetes pod uid; "" = none */
};

/* Whether the path names a container or a pod. */
bool container_of_cgroup(const char *path, struct container *ret_container);

#endif
