/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Private to record.c: what is kept of the machine beside its incidents. */
#ifndef RSTTRACE_RECORD_FACTS_H
#define RSTTRACE_RECORD_FACTS_H

#include "../store/store.h"

struct record_facts {
	struct store_session session; /* points into the rest */
	char boot_id[64], host[65], machine[65], command[1024];
};

/* All but the kernel and the tier, which the watching knows. */
void record_facts(struct record_facts *ret_facts);
/* The sysctls that decide what TCP connections die of and when, as this network namespace has them now. */
void record_settings(struct store *store, struct store_time now);

#endif
