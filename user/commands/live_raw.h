/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* `--raw FILE`: the evidence, and the names that only this kernel and this moment know. */
#ifndef RSTTRACE_LIVE_RAW_H
#define RSTTRACE_LIVE_RAW_H

#include <stddef.h>

#include "../attach/source.h"
#include "../decode/join.h"

struct live_raw;

/* 0, or a negative errno. *names is copied. */
int live_raw_open(const char *path, const struct source_info *info, const struct join_names *names,
		  struct live_raw **ret_raw);
int live_raw_record(struct live_raw *raw, const void *bytes, size_t size);
int live_raw_tally(struct live_raw *raw, const struct source_tally *tally, const struct evidence_stacked *example);
/* What was recorded so far is in the file. 0, or the negative errno of a write that failed. */
int live_raw_flush(struct live_raw *raw);
uint64_t live_raw_bytes(const struct live_raw *raw);
/* NULL is allowed. */
int live_raw_close(struct live_raw *raw);

#endif
