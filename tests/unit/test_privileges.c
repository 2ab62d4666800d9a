/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* util/privileges: what a process that has given everything up can still do. Each attempt is a process of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <pthread.h>
#include <sched.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../user/util/privileges.h"

static int try_exec(void)
{
	execl("/bin/true", "true", NULL);
	return errno;
}

static int try_fork(void)
{
	return syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0) < 0 ? errno : 0;
}

static void *nothing(void *context)
{
	return context;
}

static int try_thread(void)
{
	pthread_t thread;
	int err = pthread_create(&thread, NULL, nothing, NULL);

	return err ? err : pthread_join(thread, NULL);
}

static int try_inet(void)
{
	return socket(AF_INET, SOCK_STREAM, 0) < 0 ? errno : 0;
}

static int try_unix(void)
{
	return socket(AF_UNIX, SOCK_STREAM, 0) < 0 ? errno : 0;
}

static int try_ptrace(void)
{
	return ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0 ? errno : 0;
}

static int try_bpf(void)
{
	union bpf_attr attr = { 0 };

	return syscall(SYS_bpf, BPF_MAP_LOOKUP_ELEM, &attr, sizeof(attr)) < 0 ? errno : 0;
}

static int try_setns(void)
{
	return setns(-1, CLONE_NEWNET) ? errno : 0;
}

static int try_read(void)
{
	char byte;
	int fd = open("/proc/self/stat", O_RDONLY | O_CLOEXEC);

	return fd < 0 || read(fd, &byte, 1) != 1 ? errno : 0;
}

/* The error of a call in a process that is in the sandbox. */
static int errno_in(enum sandbox sandbox, int (*attempt)(void))
{
	pid_t child = fork();
	int status = 0;

	assert_true(child >= 0);
	if (!child)
		_exit(sandbox_enter(sandbox) ? 255 : attempt());
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void test_refused(void **state)
{
	int (*const attempts[])(void) = { try_exec, try_fork, try_inet, try_ptrace };

	(void)state;
	for (size_t i = 0; i < sizeof(attempts) / sizeof(*attempts); i++) {
		assert_int_equal(errno_in(SANDBOX_READ, attempts[i]), ENOSYS);
		assert_int_equal(errno_in(SANDBOX_WATCH, attempts[i]), ENOSYS);
		assert_int_equal(errno_in(SANDBOX_ENTER, attempts[i]), ENOSYS);
	}
}

static void test_by_purpose(void **state)
{
	(void)state;
	assert_int_equal(errno_in(SANDBOX_READ, try_read), 0);
	assert_int_equal(errno_in(SANDBOX_READ, try_bpf), ENOSYS);
	assert_int_not_equal(errno_in(SANDBOX_WATCH, try_bpf), ENOSYS);
	assert_int_equal(errno_in(SANDBOX_WATCH, try_setns), ENOSYS);
	assert_int_equal(errno_in(SANDBOX_ENTER, try_setns), EBADF);
	assert_int_equal(errno_in(SANDBOX_WATCH, try_unix), ENOSYS);
	assert_int_equal(errno_in(SANDBOX_ENTER, try_unix), 0);
	assert_int_equal(errno_in(SANDBOX_SEND, try_inet), 0);
	assert_int_equal(errno_in(SANDBOX_SEND, try_thread), 0);
	assert_int_equal(errno_in(SANDBOX_READ, try_thread), ENOSYS);
	assert_int_equal(errno_in(SANDBOX_SEND, try_fork), ENOSYS);
	assert_int_equal(errno_in(SANDBOX_SEND, try_exec), ENOSYS);
	assert_int_equal(errno_in(SANDBOX_SEND, try_bpf), ENOSYS);
	assert_int_equal(errno_in(SANDBOX_SEND, try_setns), ENOSYS);
}

/* Of what is asked for, what there was; 0, or the line that is not so. */
static int keep_one(void)
{
	const int kept[] = { CAP_NET_ADMIN, CAP_BPF };
	cap_flag_value_t before, after, other;
	cap_t had = cap_get_proc(), has;

	if (privileges_keep(kept, 2))
		return __LINE__;
	has = cap_get_proc();
	cap_get_flag(had, CAP_NET_ADMIN, CAP_PERMITTED, &before);
	cap_get_flag(has, CAP_NET_ADMIN, CAP_EFFECTIVE, &after);
	cap_get_flag(has, CAP_CHOWN, CAP_PERMITTED, &other);
	if (before != after || other != CAP_CLEAR)
		return __LINE__;
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
		return __LINE__;
	if (privileges_keep(NULL, 0) || cap_free(has) || cap_free(had))
		return __LINE__;
	has = cap_get_proc();
	cap_get_flag(has, CAP_NET_ADMIN, CAP_PERMITTED, &after);
	cap_free(has);
	return after == CAP_CLEAR ? 0 : __LINE__;
}

static void test_capabilities(void **state)
{
	pid_t child = fork();
	int status = 0;

	(void)state;
	assert_true(child >= 0);
	if (!child)
		_exit(keep_one());
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_capabilities),
#ifdef HAVE_LIBSECCOMP
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_by_purpose),
#endif
	};

#ifndef HAVE_LIBSECCOMP
	(void)test_refused;
	(void)test_by_purpose;
#endif
	return cmocka_run_group_tests(tests, NULL, NULL);
}
