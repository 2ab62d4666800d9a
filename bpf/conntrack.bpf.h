/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What this host's connection tracking made of a segment. A segment that belongs to nothing it knows (INVALID) keeps
 * no trace but the absence of one, so whether tracking is at work here has to be known: its function stands among the
 * namespace's netfilter hooks. Where that function is, user space says after the start (no kernel without
 * CONFIG_NF_CONNTRACK has it; a module may bring it later).
 */
#ifndef RSTTRACE_CONNTRACK_BPF_H
#define RSTTRACE_CONNTRACK_BPF_H

#include "compat.h"
#include "evidence.h"

#define NF_INET_PRE_ROUTING 0
#define HOOKS_MAX 16
#define CTINFO_MASK 7UL

/* enum ip_conntrack_info, part of the kernel's interface to user space */
enum {
	IP_CT_ESTABLISHED = 0,
	IP_CT_RELATED = 1,
	IP_CT_NEW = 2,
	IP_CT_IS_REPLY = 3, /* added to the first two for segments of the answering side */
	IP_CT_UNTRACKED = 7,
};

__u64 conntrack_functions[2]; /* ipv4_conntrack_in(), ipv6_conntrack_in(); 0 = not known */

static __always_inline bool conntrack_is_on(struct net *net, bool is_ipv6)
{
	struct nf_hook_entries *entries;
	__u16 count;

	if (!net || !compat_has_netfilter(net) || !conntrack_functions[is_ipv6])
		return false;
	entries = is_ipv6 ? BPF_CORE_READ(net, nf.hooks_ipv6[NF_INET_PRE_ROUTING]) :
			    BPF_CORE_READ(net, nf.hooks_ipv4[NF_INET_PRE_ROUTING]);
	if (!entries)
		return false;
	count = BPF_CORE_READ(entries, num_hook_entries);
	for (__u16 i = 0; i < HOOKS_MAX && i < count; i++) {
		struct nf_hook_entry entry = {};

		bpf_probe_read_kernel(&entry, sizeof(entry),
				      (char *)entries + bpf_core_field_offset(struct nf_hook_entries, hooks) +
					      i * sizeof(entry));
		if ((__u64)entry.hook == conntrack_functions[is_ipv6])
			return true;
	}
	return false;
}

static __always_inline __u8 conntrack_verdict(struct sk_buff *skb, struct net *net, bool is_ipv6)
{
	unsigned long info;

	if (!compat_has_conntrack(skb) || !conntrack_functions[is_ipv6])
		return CONNTRACK_UNKNOWN;
	info = BPF_CORE_READ(skb, _nfct);
	if (!info && !compat_keeps_conntrack(is_ipv6))
		return CONNTRACK_UNKNOWN;
	if (!info)
		return conntrack_is_on(net, is_ipv6) ? CONNTRACK_INVALID : CONNTRACK_OFF;
	if ((info & CTINFO_MASK) == IP_CT_UNTRACKED)
		return CONNTRACK_UNTRACKED;
	switch ((info & CTINFO_MASK) % IP_CT_IS_REPLY) {
	case IP_CT_ESTABLISHED:
		return CONNTRACK_ESTABLISHED;
	case IP_CT_RELATED:
		return CONNTRACK_RELATED;
	}
	return CONNTRACK_NEW;
}

#endif
