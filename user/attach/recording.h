/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Raw evidence in a file: written by `--raw`, read by `replay`. Needs no privileges and no kernel of its own: symbols
 * and reset reasons are resolved when it is written.
 *
 * The file is a header line "rsttrace recording 1\n", then chunks: kind (4 bytes), length (4 bytes), that many bytes.
 * Kinds are for ever. A chunk of a kind that this version does not know is skipped.
 */
#ifndef RSTTRACE_RECORDING_H
#define RSTTRACE_RECORDING_H

#include <stddef.h>
#include <stdint.h>

#include "../../bpf/evidence.h"
#include "source.h"

struct recorder;
struct recording;

/* Creates the file with its header and what `info` says. 0 or a negative errno. */
int recorder_open(const char *path, const struct source_info *info, struct recorder **ret_recorder);
/* A symbol that later records' stacks use. */
int recorder_symbol(struct recorder *recorder, uint64_t address, const char *name);
/* The path of a cgroup that later records' tasks are in, by cgroups_number(). */
int recorder_cgroup(struct recorder *recorder, uint64_t number, const char *path);
/* What stands at a frame of a program's stack, that later records have. */
int recorder_user_frame(struct recorder *recorder, const struct ev_user_frame *frame, const char *text);
int recorder_record(struct recorder *recorder, const void *bytes, size_t size);
/* Deaths that were counted, and the record that they are judged by. */
int recorder_tally(struct recorder *recorder, const struct source_tally *tally, const void *example, size_t size);
int recorder_flush(struct recorder *recorder);
/* Written so far. */
uint64_t recorder_bytes(const struct recorder *recorder);
/* Closes the file; 0, or the negative errno of a write that failed. NULL is fine. */
int recorder_close(struct recorder *recorder);

/* Opens a recording and reads its head, up to the first record. 0, or a negative errno with a sentence in
 * message[size]. */
int recording_open(const char *path, struct recording **ret_recording, char *message, size_t size);
const struct source_info *recording_info(const struct recording *recording);
/* Hands each record on, and each tally. 0 at the end of the file; -EBADMSG with the byte offset and the reason in
 * message[size] when it is damaged there; else the negative errno that `record` or `tally` returned. */
int recording_read(struct recording *recording, source_record_fn record, source_tally_fn tally, void *context,
		   char *message, size_t size);
/* The name of an address in this recording's stacks; NULL when it was not resolved. */
const char *recording_symbol(const struct recording *recording, uint64_t address);
/* The path of a cgroup by cgroups_number(); NULL when it was not found. */
const char *recording_cgroup(const struct recording *recording, uint64_t number);
/* What stands at a frame of a program's stack; NULL when it was not resolved. */
const char *recording_user_frame(const struct recording *recording, const struct ev_user_frame *frame);
void recording_close(struct recording *recording);

#endif
