/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* BPF iterators: programs that the kernel runs for each of its objects when somebody reads. */
#ifndef RSTTRACE_ITERATOR_H
#define RSTTRACE_ITERATOR_H

#include "source.h"

struct bpf_program;

/* Runs it to its end, and hands what it writes to `record` in pieces of record_bytes; NULL: it writes maps, and there
 * is nothing to read. An iterator over sockets sees those of the network namespace that this thread is in. 0, what
 * `record` returned, or a negative errno. */
int iterator_run(struct bpf_program *program, size_t record_bytes, source_record_fn record, void *context);

#endif
