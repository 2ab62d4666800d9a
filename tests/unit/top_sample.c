/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* See top_sample.h. */
#include "top_sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../user/explain/causes.h"
#include "sample.h"

#define SECOND_NS 1000000000ull

void top_sample_add_many(struct model *model, const char *comm, int pid, const char *slug,
			 unsigned int second, unsigned int count)
{
	struct sample sample;
	struct report *report = &sample.report;

	sample_init(&sample);
	sample.incident.former.known = false;
	sample.incident.evidence.time_ns = (TOP_START_S + second) * SECOND_NS;
	report->cause = cause_find(slug);
	report->kind = report->cause->kind;
	report->certainty = CERTAINTY_CERTAIN;
	report->missing = NULL;
	report->count = count;
	report->owner.pid = (uint32_t)abs(pid);
	report->owner.source = !pid ? OWNER_UNKNOWN : pid < 0 ? OWNER_FORMER : OWNER_SYSCALL;
	memset(report->owner.comm, 0, sizeof(report->owner.comm));
	memcpy(report->owner.comm, comm, strnlen(comm, sizeof(report->owner.comm)));
	model_add(model, report);
}

void top_sample_add(struct model *model, const char *comm, int pid, const char *slug, unsigned int second)
{
	top_sample_add_many(model, comm, pid, slug, second, 0);
}

void top_sample_time(struct model *model, unsigned int second)
{
	model_advance(model, (TOP_START_S + second) * SECOND_NS);
}
