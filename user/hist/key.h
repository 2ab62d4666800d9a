/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What deaths can be counted by (hist --by): one row each. A key is the same for the example of a kind of death and for
 * those that the kernel counted. */
#ifndef RSTTRACE_HIST_KEY_H
#define RSTTRACE_HIST_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../explain/report.h"

#define HIST_NAME_BYTES 256 /* a cgroup's path may be long: its end is what is kept */
#define HIST_LABEL_BYTES (4 * HIST_NAME_BYTES + 32)

enum hist_known {
	HIST_KNOWN,
	HIST_FORMER, /* a process that had the port before */
	HIST_PEERS, /* a port of the other end */
	HIST_NOBODY, /* not known, or there is none */
	HIST_MANY, /* the kernel had no room to keep them apart */
};

/* Compared as bytes: what is not used is 0. */
struct hist_key {
	enum hist_known known;
	uint32_t number; /* pid, port */
	char name[HIST_NAME_BYTES]; /* not made safe yet */
};

struct hist_by {
	const char *name; /* as in --by */
	const char *heading;
	const char *nobody; /* what stands for HIST_NOBODY */
	const char *many; /* ... and HIST_MANY */
	const char *plural;
	void (*fill)(const struct report *report, struct hist_key *key); /* key is zeroed */
};

/* NULL: there is none of that name. Without a name: by process. */
const struct hist_by *hist_by_find(const char *name);
const struct hist_by *hist_by_at(unsigned int i); /* NULL past the end */
/* "redis[988]", "(redis[988])", "port 443", "(no process)"; safe to print. */
char *hist_label(const struct hist_by *by, const struct hist_key *key, char *text, size_t size);

#endif
