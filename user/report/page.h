/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A report as one page for a browser: style, script and data in it, nothing loaded from anywhere. */
#ifndef RSTTRACE_PAGE_H
#define RSTTRACE_PAGE_H

#include <stdio.h>

#include "digest.h"

/* 0, or a negative errno with a sentence in message[size]. Whether it could be written, ferror(out) tells. */
int page_write(const struct digest *digest, struct archive *archive, bool utc, FILE *out, char *message, size_t size);

#endif
