/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A digest for a person in a hurry, in 80 columns. */
#ifndef RSTTRACE_REPORT_TEXT_H
#define RSTTRACE_REPORT_TEXT_H

#include <stdio.h>

#include "digest.h"

struct text_options {
	bool utc;
	bool verbose; /* every group and every story */
	bool colour;
	unsigned int width;
};

/* 0, or a negative errno with a sentence in message[size]: an example could not be read. */
int digest_write_text(const struct digest *digest, struct archive *archive, const struct text_options *options,
		      FILE *out, char *message, size_t size);

#endif
