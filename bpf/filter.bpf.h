/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which connections somebody asked about: by port, address and network namespace. The rest (process, cause, kind) is
 * decided in user space, because it is not known before the verdict. */
#ifndef RSTTRACE_FILTER_BPF_H
#define RSTTRACE_FILTER_BPF_H

#include "emit.bpf.h"

static __always_inline bool filter_port(const struct ev_tuple *tuple)
{
	if (!knob_filter_ports_count)
		return true;
	for (__u32 i = 0; i < FILTER_MAX; i++) {
		if (i >= knob_filter_ports_count)
			break;
		if (knob_filter_ports[i] == tuple->local_port || knob_filter_ports[i] == tuple->peer_port)
			return true;
	}
	return false;
}

static __always_inline bool filter_prefix_holds(const volatile struct filter_prefix *prefix, const __u8 *address)
{
	for (__u32 i = 0; i < 16; i++) {
		if ((address[i] & prefix->mask[i]) != prefix->address[i])
			return false;
	}
	return true;
}

static __always_inline bool filter_address(const struct ev_tuple *tuple)
{
	if (!knob_filter_prefixes_count)
		return true;
	for (__u32 i = 0; i < FILTER_MAX; i++) {
		if (i >= knob_filter_prefixes_count)
			break;
		if (filter_prefix_holds(&knob_filter_prefixes[i], tuple->local) ||
		    filter_prefix_holds(&knob_filter_prefixes[i], tuple->peer))
			return true;
	}
	return false;
}

/* Whether anyone asked for this connection; counts it when not. */
static __always_inline bool filter_wants(const struct ev_tuple *tuple)
{
	if ((!knob_filter_netns || knob_filter_netns == tuple->netns) && filter_port(tuple) &&
	    filter_address(tuple))
		return true;
	count(COUNTER_FILTERED);
	return false;
}

#endif
