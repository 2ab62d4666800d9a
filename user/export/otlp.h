/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Deaths as log records of OpenTelemetry, by OTLP/HTTP in JSON. */
#ifndef RSTTRACE_OTLP_H
#define RSTTRACE_OTLP_H

#include "../explain/report.h"
#include "host.h"
#include "shipper.h"

#define OTLP_PATH "/v1/logs" /* where the URL has none */
#define OTLP_TYPE "application/json"

/* How a collector is spoken to; .prefix, which names this host, is the caller's to free. .prefix NULL: no memory. */
struct shipper_server otlp_server(const struct export_host *host);
/* One record; the caller frees it. NULL: no memory. */
char *otlp_record(const struct export_host *host, const struct report *report, const char *id);

#endif
