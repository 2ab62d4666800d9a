/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Two periods side by side. */
#ifndef RSTTRACE_COMPARE_H
#define RSTTRACE_COMPARE_H

#include "text.h"

/* Both digests are by the same keys. 0 or -ENOMEM. */
int compare_write(const struct digest *first, const struct digest *second, const struct text_options *options,
		  FILE *out);

#endif
