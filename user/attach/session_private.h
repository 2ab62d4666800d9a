/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What session.c keeps, and load.c fills. */
#ifndef RSTTRACE_SESSION_PRIVATE_H
#define RSTTRACE_SESSION_PRIVATE_H

#include "deep.h"
#include "knobs.h"
#include "programs.h"
#include "session.h"

struct rsttrace_bpf;
struct ring_buffer;

struct session {
	struct caps caps;
	struct knobs knobs;
	enum tier tier;
	struct deep deep;
	struct source_info info;
	struct rsttrace_bpf *skeleton;
	struct ring_buffer *ring;
	struct tallies *tallies;
	uint64_t counted; /* by the kernel, when the tallies were read */
	int64_t tallies_read_ns; /* CLOCK_BOOTTIME */
	struct bpf_link *links[PROGRAMS_MAX];
	struct session_hook hooks[PROGRAMS_MAX];
	unsigned int hook_rows[PROGRAMS_MAX]; /* of program_rows */
	const char *left_out[PROGRAMS_MAX]; /* why, NULL = it is not */
	char refusals[PROGRAMS_MAX][80];
	unsigned int hooks_count;
	unsigned int modules_count;
	bool sees_readers; /* who reads from a connection is seen: a listener was found that several may have */
	uint64_t scanned_ns; /* CLOCK_BOOTTIME: all open files were looked through after that */
	uint64_t scan_again_ns; /* not before, so that looking for owners stays cheap */
	source_record_fn record;
	void *context;
};

/* load.c: decides which programs this kernel, tier and command line get. */
void session_choose(struct session *session, const struct options *options);
/* load.c: loads those, without any that the kernel refuses. 0, or a negative errno with a sentence in message[size]. */
int session_load(struct session *session, const struct options *options, uint32_t netns, char *message, size_t size);
/* load.c: of a row, once the skeleton is open */
struct bpf_program *session_program(const struct session *session, unsigned int i);

#endif
