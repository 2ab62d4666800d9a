/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What shows deaths in the place of lines on stdout. live and replay hand them to it and leave the terminal to it. */
#ifndef RSTTRACE_FRONT_H
#define RSTTRACE_FRONT_H

#include <stdint.h>

#include "../attach/source.h"
#include "../cli.h"
#include "../decode/join.h"

struct front {
	int keys; /* a file descriptor: when it is readable, there is something to do at once; -1: none */
	int (*report)(void *context, const struct report *report);
	/* Each record as it came, before what is told because of it; NULL: not wanted, and not of recordings. */
	void (*record)(void *context, const void *bytes, size_t size);
	/* Deaths that were counted, and the record to judge them by, which came before; NULL as above. */
	void (*tally)(void *context, const struct source_tally *tally, const struct evidence_stacked *example);
	/* Everything is attached, or the recording was read (names: NULL). *names are to be copied. 0 or
	 * a negative errno. */
	int (*begin)(void *context, const struct source_info *info, const struct join_names *names);
	/* Whenever `keys` is readable, and at least once a second: a front with keys five times; `lost`: NULL = not
	 * known. 0, or -ECANCELED: that is enough, or another negative errno. */
	int (*step)(void *context, uint64_t now_ns, const uint64_t *lost);
	void (*end)(void *context); /* before anything is said at the end */
	/* All is told that there is to tell: time, and how many were lost. 0 or a negative errno. NULL: not wanted, and
	 * not of recordings. */
	int (*finish)(void *context, uint64_t now_ns, uint64_t lost);
	/* Deaths that are streamed are judged as those that are counted: no better owner than the listener's is looked
	 * for later, unless there are several. */
	bool counts_alike;
	void *context;
};

/* The verbs, with a front; NULL: none. Both return an exit status. */
int live_with(const struct options *options, const struct front *front);
int replay_with(const struct options *options, const struct front *front);

#endif
