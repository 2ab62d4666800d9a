/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What was counted in a time, and the ways to write it. */
#ifndef RSTTRACE_HIST_H
#define RSTTRACE_HIST_H

#include <stdio.h>

#include "model.h"

/* One picture: of an interval, or of everything. */
struct hist_picture {
	struct hist_model *model; /* sorted */
	uint64_t from_wall_ns, to_wall_ns;
	bool is_interval;
	bool has_lost; /* .lost is known */
	uint64_t lost; /* since the start */
	uint64_t top; /* rows; 0 = as many as the form shows by itself */
	unsigned int width; /* of a terminal, 0 = of none */
	bool utc;
};

struct hist_form {
	const char *name; /* as in --output */
	int (*write)(FILE *out, const struct hist_picture *picture); /* 0 or a negative errno */
};

extern const struct hist_form hist_text; /* for people, 80 columns */
extern const struct hist_form hist_json; /* one object */

/* NULL: hist has no such form. */
const struct hist_form *hist_form_find(const char *name);

#endif
