/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A reset that arrived, held against the connection that it ended: does it come from where the others came from? */
#ifndef RSTTRACE_MISFIT_H
#define RSTTRACE_MISFIT_H

#include <stdbool.h>
#include <stddef.h>

#include "../../bpf/evidence.h"

/* Whether there is enough to compare: the reset's header, and segments before it (--fingerprint). */
bool misfit_is_observable(const struct evidence *ev);
/* Whether something about it cannot be explained by the true peer, and which thing that is, as a clause. */
bool misfit_describe(const struct evidence *ev, char *text, size_t size);

#endif
