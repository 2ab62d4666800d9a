/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Records of one request, as its body grows. */
#ifndef RSTTRACE_BATCH_H
#define RSTTRACE_BATCH_H

#include <stddef.h>
#include <stdint.h>

struct batch {
	char *body;
	size_t size, room;
	uint64_t rows;
};

/* 0 or -ENOMEM. */
int batch_add(struct batch *batch, const char *text);

#endif
