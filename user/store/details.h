/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Private to store/: what of a report is no column, as a template of JSON. */
#ifndef RSTTRACE_DETAILS_H
#define RSTTRACE_DETAILS_H

#include "../explain/fields.h"
#include "template.h"

struct details;

struct details *details_new(void); /* NULL without memory */
/* The template is details' own, until the next call. Too much for one: "{}". */
const struct template *details_of(struct details *details, const struct report *report);
void details_free(struct details *details);

/* A list as JSON; false when it does not fit. */
bool details_list(const struct field_value *value, char *text, size_t size);

#endif
