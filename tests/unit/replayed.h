/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The reports that a recording makes. */
#ifndef RSTTRACE_REPLAYED_H
#define RSTTRACE_REPLAYED_H

#include "../../user/pipeline.h"

typedef int (*replayed_fn)(void *context, const struct report *report);

/* Of all kinds. 0, what `report` returned, or a negative errno after a line on stderr. */
int replayed_reports(const char *path, replayed_fn report, void *context);

#endif
