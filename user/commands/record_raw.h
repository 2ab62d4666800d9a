/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * `record --raw FOLDER`: the evidence in files for rsttrace replay, each complete in itself and named after when it
 * begins. The oldest go when there are too many. Where writing fails, it is tried again with another file.
 */
#ifndef RSTTRACE_RECORD_RAW_H
#define RSTTRACE_RECORD_RAW_H

#include "../attach/source.h"
#include "../decode/join.h"

struct record_raw;

/* Makes the folder if it is not there. 0, or a negative errno with a sentence in message[size]. */
int record_raw_open(const char *folder, uint64_t max_bytes, const struct source_info *info,
		    const struct join_names *names, struct record_raw **ret_raw, char *message, size_t size);
void record_raw_record(struct record_raw *raw, const void *bytes, size_t size);
void record_raw_tally(struct record_raw *raw, const struct source_tally *tally, const struct evidence_stacked *example);
/* Several times a second: what was recorded a second ago is in the file. */
void record_raw_step(struct record_raw *raw, int64_t monotonic_ms);
void record_raw_close(struct record_raw *raw); /* NULL is fine, here and above */

#endif
