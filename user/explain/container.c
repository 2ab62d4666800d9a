/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * See container.h. Runtimes name the cgroup after the container's id, with a prefix and ".scope" where systemd makes
 * it (docker-ID.scope, cri-containerd-ID.scope, crio-ID.scope, libpod-ID.scope), bare below a directory of their own
 * otherwise (/docker/ID, /kubepods/burstable/podUID/ID). Kubernetes writes a pod's uid with underscores under systemd.
 */
#include "container.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define ID_DIGITS 64
#define UID_DIGITS 36

static const struct runtime_row {
	const char *prefix; /* of the component, or the directory above it */
	const char *runtime;
	bool is_name; /* what follows is a name, no id */
} runtime_rows[] = {
	{ "docker-", "docker", false },
	{ "docker", "docker", false },
	{ "cri-containerd-", "containerd", false },
	{ "crio-", "cri-o", false },
	{ "libpod-", "podman", false },
	{ "libpod_parent", "podman", false },
	{ "machine-", "systemd-nspawn", true },
	{ "lxc.payload.", "lxc", true },
};

#define RUNTIMES (sizeof(runtime_rows) / sizeof(*runtime_rows))

static size_t count_of(const char *text, size_t length, const char *accepted)
{
	size_t count = strspn(text, accepted);

	return count < length ? count : length;
}

static bool is_id(const char *text, size_t length)
{
	return length == ID_DIGITS && count_of(text, length, "0123456789abcdef") == ID_DIGITS;
}

/* 8-4-4-4-12 digits (RFC 9562 section 4), joined by - or _. */
static bool is_uid(const char *text)
{
	static const size_t groups[] = { 8, 4, 4, 4, 12 };

	for (size_t i = 0; i < sizeof(groups) / sizeof(*groups); i++) {
		if (strspn(text, "0123456789abcdef") < groups[i])
			return false;
		text += groups[i];
		if (i + 1 < sizeof(groups) / sizeof(*groups) && *text != '-' && *text != '_')
			return false;
		text++;
	}
	return true;
}

/* pod01234567-89ab-... or ...-pod01234567_89ab_... */
static void find_pod(const char *component, size_t length, struct container *container)
{
	for (size_t i = 0; i + 3 + UID_DIGITS <= length; i++) {
		const char *uid = component + i + 3;

		if (strncmp(component + i, "pod", 3) || !is_uid(uid))
			continue;
		snprintf(container->pod, sizeof(container->pod), "%.*s", UID_DIGITS, uid);
		for (char *at = container->pod; *at; at++)
			*at = *at == '_' ? '-' : *at;
		return;
	}
}

static void find_id(const char *component, size_t length, const char *parent, size_t parent_length,
		    struct container *container)
{
	size_t end = length > 6 && !strncmp(component + length - 6, ".scope", 6) ? length - 6 : length;

	for (size_t i = 0; i < RUNTIMES; i++) {
		const struct runtime_row *row = &runtime_rows[i];
		size_t prefix = strlen(row->prefix);

		if (prefix < end && !strncmp(component, row->prefix, prefix) &&
		    (row->is_name || is_id(component + prefix, end - prefix))) {
			snprintf(container->id, sizeof(container->id), "%.*s", (int)(end - prefix),
				 component + prefix);
			container->runtime = row->runtime;
			return;
		}
		if (parent_length == prefix && !strncmp(parent, row->prefix, prefix) && is_id(component, end))
			container->runtime = row->runtime;
	}
	if (is_id(component, end))
		snprintf(container->id, sizeof(container->id), "%.*s", (int)end, component);
}

bool container_of_cgroup(const char *path, struct container *ret_container)
{
	const char *parent = "";
	size_t parent_length = 0;

	memset(ret_container, 0, sizeof(*ret_container));
	while (*path == '/') {
		const char *component = path + 1;
		size_t length = strcspn(component, "/");

		find_pod(component, length, ret_container);
		find_id(component, length, parent, parent_length, ret_container);
		parent = component;
		parent_length = length;
		path = component + length;
	}
	return *ret_container->id || *ret_container->pod;
}
