/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The system calls that are needed once everything is open. None of them starts a program or a process, traces, mounts,
 * or changes who it is, and only threads that send open sockets. What is refused says ENOSYS: for that a C library has
 * a way around.
 */
#include "privileges.h"

#include <errno.h>

#ifdef HAVE_LIBSECCOMP

#include <sched.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

#define NAME_BYTES 32

#define READ (WATCH | 1u << SANDBOX_READ | SEND)
#define WATCH (1u << SANDBOX_WATCH | ENTER)
#define ENTER (1u << SANDBOX_ENTER)
#define SEND (1u << SANDBOX_SEND)

struct calls {
	unsigned int in; /* these: bit i is enum sandbox */
	const char *names; /* by blanks; those that a machine or an older libseccomp does not have are passed over */
};

static const struct calls calls[] = {
	/* files */
	{ READ,
	  "access close dup dup2 dup3 faccessat faccessat2 fadvise64 fallocate fchmod fchown fcntl "
	  "fdatasync flock fstat fstatfs fsync ftruncate getcwd getdents64 ioctl lseek lstat mkdir "
	  "mkdirat newfstatat open openat pread64 pwrite64 read readlink readlinkat readv rename "
	  "renameat renameat2 rmdir stat statfs statx umask unlink unlinkat utimensat write writev" },
	/* memory */
	{ READ,
	  "brk futex madvise mmap mprotect mremap munmap" },
	/* waiting, time, signals to itself and to who waits for it */
	{ READ,
	  "alarm clock_getres clock_gettime clock_nanosleep epoll_create1 epoll_ctl epoll_pwait "
	  "epoll_wait exit exit_group gettimeofday kill nanosleep poll ppoll pselect6 restart_syscall "
	  "rt_sigaction rt_sigpending rt_sigprocmask rt_sigreturn rt_sigsuspend rt_sigtimedwait "
	  "select setitimer sigaltstack tgkill time timerfd_settime wait4 waitid" },
	/* about itself and the machine */
	{ READ,
	  "getegid geteuid getgid getpgid getpgrp getpid getppid getrandom getrlimit getrusage gettid "
	  "getuid sched_getaffinity sched_yield sysinfo uname" },
	/* a process of its own that it asks, listeners that it has */
	{ WATCH | SEND,
	  "accept accept4 getpeername getsockname getsockopt recvfrom recvmsg "
	  "sendmsg sendto setsockopt shutdown" },
	/* what BPF takes */
	{ WATCH,
	  "bpf perf_event_open" },
	/* connections, and what libcurl has for looking up names beside them */
	{ SEND,
	  "bind connect eventfd2 pipe2 prctl rseq sched_getparam sched_getscheduler sendmmsg "
	  "set_robust_list socket socketpair" },
	/* and other namespaces */
	{ ENTER,
	  "setns" },
};

static int allow(scmp_filter_ctx filter, const char *names)
{
	char name[NAME_BYTES];
	int err = 0, length;

	for (; *names && !err; names += length, names += strspn(names, " ")) {
		int number;

		length = (int)strcspn(names, " ");
		snprintf(name, sizeof(name), "%.*s", length, names);
		number = seccomp_syscall_resolve_name(name);
		if (number != __NR_SCMP_ERROR)
			err = seccomp_rule_add(filter, SCMP_ACT_ALLOW, number, 0);
	}
	return err;
}

int sandbox_enter(enum sandbox sandbox)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(ENOSYS));
	int err = filter ? 0 : -ENOMEM;

	for (size_t i = 0; i < ARRAY_SIZE(calls) && !err; i++) {
		if (calls[i].in & 1u << sandbox)
			err = allow(filter, calls[i].names);
	}
	if (!err && sandbox == SANDBOX_ENTER) /* the kernel numbers a namespace for who has a socket in it */
		err = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(socket), 1,
				       SCMP_A0(SCMP_CMP_EQ, AF_UNIX));
	if (!err && sandbox == SANDBOX_SEND) /* clone3() hides its flags: a C library then takes this one */
		err = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
				       SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD));
	if (!err)
		err = seccomp_load(filter);
	if (filter)
		seccomp_release(filter);
	return err == -EINVAL || err == -ENOSYS ? 0 : err; /* a kernel without seccomp */
}

#else

int sandbox_enter(enum sandbox sandbox)
{
	(void)sandbox;
	return 0;
}

#endif
