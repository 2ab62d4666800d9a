/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The judge: an incident in, a report out. Knows no cause; reads the table. */
#ifndef RSTTRACE_EXPLAIN_H
#define RSTTRACE_EXPLAIN_H

#include "report.h"

/* Fills *ret_report, which points at *incident. Always finds a row: "unknown" at worst. */
void explain(const struct incident *incident, struct report *ret_report);
/* Writes the sentence anew, after .peer or .owner became known. */
void explain_again(struct report *report);

#endif
