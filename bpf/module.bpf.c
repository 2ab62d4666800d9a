/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A kernel module has come: it may hold functions that we wait for, and names that stacks will need. */
#include "emit.bpf.h"

SEC("raw_tp/module_load")
int rst_module_load(void *ctx)
{
	struct evidence *ev = emit_reserve(EVIDENCE_BARE_BYTES, HOOK_MODULE);

	if (ev)
		emit_urgent(ev);
	return 0;
}
