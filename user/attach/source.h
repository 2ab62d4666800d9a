/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Where records come from: the running kernel (session.c) or a recording (recording.c). Everything after a source is
 * the same for both.
 */
#ifndef RSTTRACE_SOURCE_H
#define RSTTRACE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../../bpf/valve.h"

/* Called with each record, its bytes as they came: not checked yet. Negative errno stops the source. */
typedef int (*source_record_fn)(void *context, const void *bytes, size_t size);

/* Deaths that were counted by their key rather than streamed. */
struct source_tally {
	struct valve_key key;
	uint64_t count;
	uint64_t first_ns, last_ns; /* CLOCK_BOOTTIME */
	uint64_t exemplar_ns; /* .time_ns of the record to judge them by, which came before */
};

/* `example`: the bytes of that record, NULL where it came by itself. -EAGAIN: it has not come. */
typedef int (*source_tally_fn)(void *context, const struct source_tally *tally, const void *example, size_t size);

/* What this kernel calls things, and which clock its records use: asked once, kept in recordings. */
struct source_info {
	/* CLOCK_REALTIME - CLOCK_BOOTTIME at the start, ns: added to a record's time it is the wall clock */
	int64_t wall_offset_ns;
	const char *const *reasons; /* enum sk_rst_reason: names by number, without SK_RST_REASON_; NULL where unused */
	unsigned int reasons_count; /* 0: this kernel has none */
	const char *const *drops; /* enum skb_drop_reason, likewise */
	unsigned int drops_count;
	char kernel[65]; /* uname -r */
	char tier[16];
};

#endif
