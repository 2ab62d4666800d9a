/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The chunks of a recording: what recorder.c writes and recording.c reads. */
#ifndef RSTTRACE_RECORDING_FORMAT_H
#define RSTTRACE_RECORDING_FORMAT_H

#include <stdint.h>

#define RECORDING_MAGIC "rsttrace recording 1\n"
#define CHUNK_BYTES_MAX 65536

/* Numbers are for ever. */
enum chunk_kind {
	CHUNK_INFO = 1, /* struct chunk_info */
	CHUNK_REASON = 2, /* number (4 bytes), name */
	CHUNK_SYMBOL = 3, /* address (8 bytes), name */
	CHUNK_RECORD = 4, /* struct evidence, stack included */
	CHUNK_CGROUP = 6, /* cgroups_number() (8 bytes), path */
	CHUNK_DROP = 5, /* a drop reason: number (4 bytes), name */
	CHUNK_USER_FRAME = 7, /* struct ev_user_frame, what stands there */
	CHUNK_TALLY = 8, /* struct source_tally, the record that is the example */
};

struct chunk_head {
	uint32_t kind;
	uint32_t length;
};

struct chunk_info {
	int64_t wall_offset_ns;
	char kernel[64];
	char tier[16];
};

#endif
