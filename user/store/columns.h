/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Private to store/: which output field is which column of the table incident. What is none is in its details. */
#ifndef RSTTRACE_COLUMNS_H
#define RSTTRACE_COLUMNS_H

#include "../explain/fields.h"

/* How a column holds its field. */
enum storage {
	STORED_INTEGER,
	STORED_TIME, /* RFC 3339 as nanoseconds since the epoch */
	STORED_CAUSE, /* from here on the id of a row: table cause, */
	STORED_WORD,
	STORED_ADDRESS,
	STORED_STACK,
	STORED_SENTENCE, /* and its values in the next column */
	STORED_PROCESS, /* all of process_paths[] */
};

struct column {
	const char *name;
	const char *path; /* of the field; STORED_PROCESS: the one without which there is no process */
	enum storage storage;
};

extern const struct column columns[];
extern const unsigned int columns_count;

/* The columns of process and cgroup, by what they are in `incident`: "process.pid", "cgroup.path". */
struct process_column {
	const char *name;
	const char *path;
};

extern const struct process_column process_columns[];
extern const unsigned int process_columns_count;

/* The row of fields[] with that path; NULL when this version has none. */
const struct field *field_find(const char *path);
/* Whether a field stands in a column, its own or another table's; those that do not are the details. */
bool field_has_column(const struct field *field);

#endif
