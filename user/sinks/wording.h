/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What is written of a report for people, in whatever layout: its process, its evidence, its stacks. */
#ifndef RSTTRACE_WORDING_H
#define RSTTRACE_WORDING_H

#include <stdbool.h>
#include <stddef.h>

#include "../explain/report.h"
#include "flow.h"

/* The process that a line names: who owned the socket or, *ret_is_former, who had it before; NULL = nobody known. */
const struct ev_task *wording_task(const struct report *report, bool *ret_is_former);
/* "nginx[2211]", "(redis[988])" for who had it before, "-". */
void wording_process(const struct report *report, char *text, size_t size);
/* What stands in a sentence for {name}, "-" where that is not known. Returns text. */
const char *wording_phrase(const struct report *report, const char *name, char *text, size_t size);
/* What the field of that path says of the report; false when it is not known. */
bool wording_field(const char *path, const struct report *report, char *text, size_t size);
/* One paragraph per object of the JSON form, each beginning at column `indent`: "tcp: state ESTABLISHED, unread 128
 * bytes, ...". */
void wording_evidence(struct flow *flow, unsigned int indent, const struct report *report);
/* The functions of the stack at that path, as a paragraph with a label; nothing when there is none. */
void wording_stack(struct flow *flow, unsigned int indent, const struct report *report,
		   const char *path, const char *label);

#endif
