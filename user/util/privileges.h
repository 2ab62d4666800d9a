/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What root can do, and this process need not, once everything is open. */
#ifndef RSTTRACE_PRIVILEGES_H
#define RSTTRACE_PRIVILEGES_H

#include <stddef.h>

/* Gives up every capability but these (of linux/capability.h), of which it keeps what it has, and the way to new ones:
 * a program that is started, were there one, gets none. 0 or a negative errno. */
int privileges_keep(const int *capabilities, size_t count);

/* What the process does from now on. */
enum sandbox {
	SANDBOX_READ, /* reads files that anybody may have made, and writes what they say */
	SANDBOX_WATCH, /* the same, and reads and changes BPF maps, attaches programs, answers connections */
	SANDBOX_ENTER, /* the same, and enters network namespaces */
	SANDBOX_SEND, /* a thread that reads, as the first, and speaks to other hosts; it may start threads */
};

/* From now on the kernel refuses every other system call. 0, also where there is no libseccomp or no seccomp; else a
 * negative errno. */
int sandbox_enter(enum sandbox sandbox);

#endif
