/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Private to store/: the schema, and how far its templates go. */
#ifndef RSTTRACE_SCHEMA_H
#define RSTTRACE_SCHEMA_H

#define SCHEMA_APPLICATION_ID 0x72737474 /* "rstt" */

/* Numbers that a template can have taken out of it. More stay in it. */
#define SENTENCE_VALUES_MAX 12
#define SHAPE_VALUES_MAX 48

/* Step i makes version i + 1 of version i. */
extern const char *const *const schema_steps;
extern const unsigned int schema_version;

#endif
