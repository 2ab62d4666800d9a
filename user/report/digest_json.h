/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A digest as JSON, for programs and for the page. docs/report.md has its keys. */
#ifndef RSTTRACE_DIGEST_JSON_H
#define RSTTRACE_DIGEST_JSON_H

#include <jansson.h>

#include "digest.h"

/* With the examples whole, as `rsttrace -o json` has incidents. NULL with a sentence in message[size]. */
json_t *digest_json(const struct digest *digest, struct archive *archive, char *message, size_t size);

#endif
