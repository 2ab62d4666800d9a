/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The deaths of a report as a capture file. */
#ifndef RSTTRACE_PACKETS_H
#define RSTTRACE_PACKETS_H

#include <stdio.h>

#include "digest.h"

/* 0, or a negative errno with a sentence in message[size]. */
int packets_write(const struct digest *digest, struct archive *archive, FILE *out, char *message, size_t size);

/* One incident, as JSON, behind pcapng_head(). 0, -EBADMSG, or the negative errno of a write. */
int packets_write_json(int64_t time_ns, const char *json, FILE *out);

#endif
