/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One incident whole, out of the database: its line and its evidence, as text. */
#ifndef RSTTRACE_REPORT_EVIDENCE_H
#define RSTTRACE_REPORT_EVIDENCE_H

#include "../sinks/flow.h"
#include "deaths.h"

/* The incident of that time. -ENOENT: it has left the database meanwhile. Errors as archive_incidents(). */
int evidence_write(struct archive *archive, int64_t time_ns, bool utc, struct flow *flow, char *message, size_t size);

/* The same of an incident that is at hand, as JSON. 0 or -EBADMSG. */
int evidence_write_json(int64_t time_ns, const char *json, bool utc, struct flow *flow);

#endif
