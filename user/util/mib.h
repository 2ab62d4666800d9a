/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The kernel's counters as /proc/net/snmp and /proc/net/netstat have them. */
#ifndef RSTTRACE_MIB_H
#define RSTTRACE_MIB_H

#include <stddef.h>
#include <stdint.h>

#define MIB_WANTED_MAX 64 /* bits in *ret_found */

/* Reads from `text`, which ends with NUL, those counters of a group ("Tcp", "TcpExt") that are named in names[count];
 * a NULL name is passed over. Sets values[i] and bit i of *ret_found for each that is there, and leaves the rest alone:
 * a kernel that has no such counter is no error. 0; -ENOENT: no such group; -EBADMSG: names and values do not match,
 * or a value that was asked for is no number. */
int mib_parse(const char *text, const char *group, const char *const *names, size_t count, uint64_t *values,
	      uint64_t *ret_found);

#endif
