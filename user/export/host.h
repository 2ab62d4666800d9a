/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What distinguishes this host, and this run on it, from all others of a fleet. */
#ifndef RSTTRACE_HOST_H
#define RSTTRACE_HOST_H

#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#define EXPORT_ID_BYTES 33

struct export_host {
	char name[65], machine[65];
	uint64_t run; /* a number that no other run has */
};

void export_host(struct export_host *ret_host);
/* The name of the run's incident of that number: wherever it goes, and however often, it stays the same. */
void export_id(const struct export_host *host, uint64_t number, char id[EXPORT_ID_BYTES]);
/* A JSON string of what may have come from anywhere. NULL: no memory. */
json_t *export_string(const char *text);

#endif
