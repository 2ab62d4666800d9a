/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The valve: each CPU streams so many deaths in a while; what comes beyond is counted by its key (bpf/valve.h), and the
 * first of each key and CPU is streamed all the same, as the example that user space judges the others by. Nothing is
 * dropped, and memory is bounded.
 */
#ifndef RSTTRACE_VALVE_BPF_H
#define RSTTRACE_VALVE_BPF_H

#include "histogram.h"
#include "maps.bpf.h"
#include "valve.h"

/* Where records are built: one that is counted never sees the ring buffer. A program may be interrupted by another, so
 * there are several on each CPU. */
#define EMIT_SLOTS 4

struct emit_slot {
	__u64 busy;
	__u64 number; /* its own, once it was used */
	struct valve_key key;
	struct valve_tally fresh; /* zeroes */
	struct evidence_user_sample record;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, EMIT_SLOTS);
	__type(key, __u32);
	__type(value, struct emit_slot);
} emit_slots SEC(".maps");

static __always_inline struct emit_slot *emit_slot_of(struct evidence *ev)
{
	return (struct emit_slot *)((char *)ev - __builtin_offsetof(struct emit_slot, record));
}

struct valve_bucket {
	__u64 since; /* jiffies */
	__u64 passed;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct valve_bucket);
} valve_buckets SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, VALVE_KEYS);
	__type(key, struct valve_key);
	__type(value, struct valve_tally);
} tallies SEC(".maps");

/* For the time when that is full: a scan of all ports must not push out everything else. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, VALVE_SPARE_KEYS);
	__type(key, struct valve_key);
	__type(value, struct valve_tally);
} spare_tallies SEC(".maps");

/* For `rsttrace hist` alone, one for each key. Not per CPU: that would be megabytes for each. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, VALVE_KEYS + VALVE_SPARE_KEYS);
	__type(key, struct valve_key);
	__type(value, struct histograms);
} histograms SEC(".maps");

const volatile __u64 histograms_blank[sizeof(struct histograms) / sizeof(__u64)];
const volatile bool knob_histograms = false; /* what is counted is measured, too */
const volatile bool knob_valve_by_peer = false;
const volatile __u32 knob_valve_records = VALVE_RECORDS; /* ~0 = stream everything */
const volatile __u32 knob_valve_jiffies = 2; /* VALVE_WINDOW_MS */

static __always_inline void count(__u32 counter)
{
	__u64 *value = bpf_map_lookup_elem(&counters, &counter);

	if (value)
		__sync_fetch_and_add(value, 1); /* an interrupt may count in between */
}

static __always_inline struct valve_bucket *valve_bucket(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&valve_buckets, &zero);
}

/* Whether a record would be counted now, and could be by its short form. Takes nothing. */
static __always_inline bool valve_is_shut(bool has_socket)
{
	struct valve_bucket *bucket = valve_bucket();

	if (knob_valve_by_peer || (knob_histograms && has_socket))
		return false;
	if (knob_histograms)
		return knob_valve_records != ~0u;
	return bucket && bucket->passed >= knob_valve_records && bpf_jiffies64() - bucket->since < knob_valve_jiffies;
}

/* For `rsttrace hist` nothing is streamed but examples, and what user space has to find the owner of: several have the
 * listener. */
static __always_inline bool valve_may_stream(const struct evidence *ev, bool is_bare)
{
	if (!knob_histograms || knob_valve_records == ~0u)
		return true;
	return !is_bare && ev->flags & EV_CONN && ev->conn.owner.source == OWNER_SHARED;
}

/* The other half of the ring buffer is for examples: a consumer may have been stopped. */
static __always_inline bool valve_lets_pass(__u64 waiting)
{
	struct valve_bucket *bucket = valve_bucket();
	__u64 now = bpf_jiffies64();

	if (!bucket || knob_valve_records == ~0u)
		return true;
	if (waiting > RING_BYTES / 2)
		return false;
	if (now - bucket->since >= knob_valve_jiffies) {
		bucket->since = now;
		bucket->passed = 0;
	}
	if (bucket->passed >= knob_valve_records)
		return false;
	bucket->passed++;
	return true;
}

/* An interrupt may count in between. */
static __always_inline void valve_count(struct valve_tally *tally, __u64 time_ns)
{
	if (!tally->first_ns)
		tally->first_ns = time_ns;
	tally->last_ns = time_ns;
	__sync_fetch_and_add(&tally->count, 1);
	count(COUNTER_COUNTED);
}

static __always_inline struct histograms *valve_histograms(const struct valve_key *key)
{
	struct histograms *found = bpf_map_lookup_elem(&histograms, key);

	if (found)
		return found;
	bpf_map_update_elem(&histograms, key, (const void *)histograms_blank, BPF_NOEXIST);
	return bpf_map_lookup_elem(&histograms, key);
}

/* What is in that slot of this CPU. A function of its own, so that the verifier goes through it once. */
__noinline int valve_measure_slot(__u32 number)
{
	struct emit_slot *slot = bpf_map_lookup_elem(&emit_slots, &number);
	struct histograms *found = slot ? valve_histograms(&slot->key) : 0;

	if (found)
		histograms_count(found, (struct evidence *)&slot->record);
	return 0;
}

/* Before it is counted: who has read the count finds it here. */
static __always_inline void valve_measure(struct evidence *ev, bool is_bare)
{
	if (knob_histograms && !is_bare)
		valve_measure_slot(emit_slot_of(ev)->number);
}

/* For those in short form that have their example: true, it was counted. */
static __always_inline bool valve_takes(const struct valve_key *key)
{
	struct valve_tally *tally = bpf_map_lookup_elem(&tallies, key);

	if (!tally || !tally->exemplar_ns)
		return false;
	valve_count(tally, bpf_ktime_get_boot_ns());
	return true;
}

/* Of the frames that can decide: the longest way from a reset builder to the system call, or to where the network stack
 * was entered, with the tracing before it. Further out stands whoever was interrupted. No branches: before v6.2 they
 * would cost the verifier dear. */
#define VALVE_FRAMES 16

static __always_inline __u32 valve_stack_hash(const struct evidence *ev)
{
	const struct evidence_stacked *stacked = (const struct evidence_stacked *)ev;
	__u64 hash = 0;

	if (!(ev->flags & EV_STACK))
		return 0;
	for (__u32 i = 0; i < VALVE_FRAMES; i++)
		hash = (hash ^ stacked->stack[i]) * 1099511628211ULL; /* FNV-1a, by words */
	return hash >> 32;
}

/* NULL: there is no room for another key. */
static __always_inline struct valve_tally *valve_tally_of(struct evidence *ev, __u8 hook, bool is_bare)
{
	struct emit_slot *slot = emit_slot_of(ev);
	struct valve_key *key = &slot->key;
	struct valve_tally *tally;

	__builtin_memset(key, 0, sizeof(*key));
	valve_key_of(key, hook, is_bare, ev, is_bare ? 0 : valve_stack_hash(ev));
	if (knob_valve_by_peer)
		valve_key_peer(key, &ev->tuple);
	tally = bpf_map_lookup_elem(&tallies, key);
	if (tally)
		return tally;
	bpf_map_update_elem(&tallies, key, &slot->fresh, BPF_NOEXIST);
	tally = bpf_map_lookup_elem(&tallies, key);
	if (tally)
		return tally;
	key->port = 0;
	__builtin_memset(key->peer, 0, sizeof(key->peer));
	bpf_map_update_elem(&spare_tallies, key, &slot->fresh, BPF_NOEXIST);
	return bpf_map_lookup_elem(&spare_tallies, key);
}

#endif
