/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Containers and pods by the paths of their cgroups, as the runtimes write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "explain/container.h"

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define POD "01234567-89ab-cdef-0123-456789abcdef"
#define POD_ "01234567_89ab_cdef_0123_456789abcdef"

static const struct {
	const char *path, *id, *runtime, *pod;
} rows[] = {
	{ "/system.slice/docker-" ID ".scope", ID, "docker", "" },
	{ "/docker/" ID, ID, "docker", "" },
	{ "/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod" POD_ ".slice/cri-containerd-" ID ".scope",
	  ID, "containerd", POD },
	{ "/kubepods.slice/kubepods-pod" POD_ ".slice/crio-" ID ".scope/container", ID, "cri-o", POD },
	{ "/kubepods/burstable/pod" POD "/" ID, ID, NULL, POD },
	{ "/machine.slice/libpod-" ID ".scope", ID, "podman", "" },
	{ "/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" ID ".scope/container", ID, "podman", "" },
	{ "/machine.slice/machine-web1.scope/payload", "web1", "systemd-nspawn", "" },
	{ "/lxc.payload.db/system.slice/mysql.service", "db", "lxc", "" },
};

static void test_paths(void **state)
{
	struct container container;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		assert_true(container_of_cgroup(rows[i].path, &container));
		assert_string_equal(container.id, rows[i].id);
		assert_string_equal(container.pod, rows[i].pod);
		if (rows[i].runtime)
			assert_string_equal(container.runtime, rows[i].runtime);
		else
			assert_null(container.runtime);
	}
}

static void test_no_container(void **state)
{
	static const char *const paths[] = {
		"", "/", "/system.slice/nginx.service", "/system.slice/docker.service", "/docker-1234.scope",
		"/user.slice/user-0.slice/session-3.scope", "relative", "/podcast/pod123", "//",
	};
	struct container container;

	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++)
		assert_false(container_of_cgroup(paths[i], &container));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_no_container),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
