/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The kernel side's life: opened, attached, drained and counted. */
#include "session_private.h"

#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "../../bpf/control.h"
#include "../../bpf/evidence.h"
#include "../util/netns.h"
#include "deep.h"
#include "iterator.h"
#include "knobs.h"
#include "programs.h"
#include "symbols.h"
#include "tallies.h"
#include "rsttrace.skel.h"

#define TALLIES_PAUSE_NS 250000000LL
#define TALLIES_IDLE_NS 10000000000LL /* where nothing is counted, keys are only to be forgotten */
#define SCAN_SHARE 50 /* of the time goes by for each spent in looking through open files */

static int64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static int quiet(enum libbpf_print_level level, const char *format, va_list arguments)
{
	(void)level;
	(void)format;
	(void)arguments;
	return 0;
}

static int choose_tier(struct session *session, enum tier wanted, char *message, size_t size)
{
	const struct caps *caps = &session->caps;

	session->tier = wanted;
	if (wanted == TIER_AUTO)
		session->tier = caps->has_fentry ? TIER_FENTRY : caps->has_kprobe ? TIER_KPROBE : TIER_TRACEPOINT;
	if ((wanted == TIER_FENTRY && !caps->has_fentry) || (wanted == TIER_KPROBE && !caps->has_kprobe)) {
		snprintf(message, size, "this kernel refuses the %s tier; leave --tier out to use %s",
			 tier_name(wanted),
			 wanted == TIER_FENTRY && caps->has_kprobe ? "kprobe" : "tracepoint");
		return -EOPNOTSUPP;
	}
	return 0;
}

int session_open(const struct options *options, struct session **ret_session, char *message, size_t size)
{
	struct session *session = calloc(1, sizeof(*session));
	struct rlimit unlimited = { RLIM_INFINITY, RLIM_INFINITY };
	struct utsname system;
	int err;

	if (!session)
		return -ENOMEM;
	libbpf_set_print(quiet);
	/* The kernel's type information comes and goes in blocks of megabytes: keep them out of the heap, where
	 * they would leave holes that stay resident. */
	mallopt(M_MMAP_THRESHOLD, 64 * 1024);
	setrlimit(RLIMIT_MEMLOCK, &unlimited); /* maps are charged to it before v5.11 */
	err = caps_probe(&session->caps, message, size);
	if (!err)
		err = choose_tier(session, options->tier, message, size);
	if (err) {
		caps_forget_types(&session->caps);
		free(session);
		return err;
	}
	uname(&system);
	snprintf(session->info.kernel, sizeof(session->info.kernel), "%s", system.release);
	snprintf(session->info.tier, sizeof(session->info.tier), "%s", tier_name(session->tier));
	session->info.reasons = session->caps.reason_names;
	session->info.reasons_count = session->caps.reasons_count;
	session->info.drops = session->caps.drop_names;
	session->info.drops_count = session->caps.drops_count;
	session->info.wall_offset_ns = clock_ns(CLOCK_REALTIME) - clock_ns(CLOCK_BOOTTIME);
	*ret_session = session;
	return 0;
}

/* Before it is, nobody can tell whether a function is in it. */
static bool is_loaded(const char *module)
{
	char path[64];

	snprintf(path, sizeof(path), "/sys/module/%s", module);
	return access(path, F_OK) == 0;
}

static void attach_one(struct session *session, unsigned int i)
{
	const struct program_row *row = &program_rows[i];
	struct session_hook *hook = &session->hooks[session->hooks_count];

	if (program_is_foreign(row, session->tier) || row->flags & PROGRAM_BODY)
		return;
	hook->hook = row->hook;
	hook->kind = tier_name(row->tier);
	hook->gives = row->gives;
	hook->refused = session->left_out[i];
	session->hook_rows[session->hooks_count++] = i;
	if (hook->refused || row->flags & PROGRAM_ITERATOR)
		return;
	if (row->flags & PROGRAM_SHARED) {
		hook->is_waiting = true;
		hook->refused = "not needed before a listener is found that several may have";
		return;
	}
	session->links[i] = program_attach(session_program(session, i), &program_rows[i]);
	if (session->links[i])
		return;
	hook->is_waiting = row->module && errno == ENOENT && !is_loaded(row->module);
	if (hook->is_waiting)
		snprintf(session->refusals[i], sizeof(session->refusals[i]), "not needed before the module %s comes",
			 row->module);
	else if (row->module && errno == ENOENT)
		snprintf(session->refusals[i], sizeof(session->refusals[i]), "this kernel's %s has no such function",
			 row->module);
	else
		snprintf(session->refusals[i], sizeof(session->refusals[i]), "refused: %s", strerror(errno));
	hook->refused = session->refusals[i];
}

/* Several processes have one listener: from now on it is worth its cost to see who reads. */
static void attach_readers(struct session *session)
{
	for (unsigned int i = 0; i < program_rows_count; i++) {
		if (program_rows[i].flags & PROGRAM_SHARED && !session->left_out[i] && !session->links[i])
			session->links[i] = bpf_program__attach(session_program(session, i));
	}
	session->sees_readers = true;
}

/* A module has come: functions may be there now that were not. */
static void attach_late(struct session *session)
{
	for (unsigned int i = 0; i < program_rows_count; i++) {
		if (program_rows[i].module && !session->links[i] && !session->left_out[i])
			session->links[i] = bpf_program__attach(session_program(session, i));
	}
}

static int forward(void *context, void *bytes, size_t size)
{
	struct session *session = context;
	const struct evidence *ev = bytes;

	if (size >= EVIDENCE_BARE_BYTES && ev->hook == HOOK_MODULE) {
		attach_late(session);
		session->modules_count++;
		return 0;
	}
	return session->record(session->context, bytes, size);
}

int session_attach(struct session *session, const struct options *options, char *message, size_t size)
{
	uint32_t netns = 0;
	int err = options->netns ? netns_number(options->netns, &netns, message, size) : 0;

	if (err)
		return err;
	session_choose(session, options);
	err = session_load(session, options, netns, message, size);
	if (err)
		return err;
	session->ring = ring_buffer__new(bpf_map__fd(session->skeleton->maps.events), forward, session, NULL);
	if (!session->ring) {
		err = -errno;
		snprintf(message, size, "cannot map the ring buffer: %s", strerror(-err));
		return err;
	}
	session->tallies = tallies_new(bpf_map__fd(session->skeleton->maps.tallies),
				       bpf_map__fd(session->skeleton->maps.spare_tallies),
				       session->knobs.measures ? bpf_map__fd(session->skeleton->maps.histograms) : -1);
	if (!session->tallies) {
		snprintf(message, size, "out of memory");
		return -ENOMEM;
	}
	for (unsigned int i = 0; i < program_rows_count; i++)
		attach_one(session, i);
	for (unsigned int i = 0; i < DEATH_PROGRAMS; i++) {
		if (session->links[i] || program_is_mutilated(&program_rows[i]))
			continue;
		snprintf(message, size, "cannot attach to the tracepoint %s: %s", session->hooks[i].hook,
			 session->hooks[i].refused);
		return -EOPNOTSUPP;
	}
	malloc_trim(0);
	return 0;
}

const struct caps *session_caps(const struct session *session)
{
	return &session->caps;
}

const struct source_info *session_info(const struct session *session)
{
	return &session->info;
}

enum tier session_tier(const struct session *session)
{
	return session->tier;
}

int session_fd(const struct session *session)
{
	return ring_buffer__epoll_fd(session->ring);
}

/* A full barrier: what is read from the ring buffer later was not there before. */
void session_set_asleep(struct session *session, bool is_asleep)
{
	__atomic_exchange_n(&session->skeleton->bss->reader_sleeps, is_asleep, __ATOMIC_SEQ_CST);
}

int session_drain(struct session *session, source_record_fn record, void *context)
{
	if (session->skeleton->bss->has_shared_listeners && !session->sees_readers)
		attach_readers(session);
	session->record = record;
	session->context = context;
	return ring_buffer__consume(session->ring);
}

void session_tell_symbols(struct session *session, const struct symbols *symbols)
{
	session->skeleton->bss->conntrack_functions[0] = symbols_address(symbols, "ipv4_conntrack_in");
	session->skeleton->bss->conntrack_functions[1] = symbols_address(symbols, "ipv6_conntrack_in");
}

int session_scan(struct session *session)
{
	int err = 0;

	for (unsigned int i = 0; i < program_rows_count; i++) {
		if (program_rows[i].flags & PROGRAM_ITERATOR && !session->left_out[i])
			err = iterator_run(session_program(session, i), 0, NULL, NULL);
	}
	return err;
}

/* What is known now of who has that connection. Another one may have its address: it began at another time. */
static bool find_out(const struct session *session, const struct evidence *ev, struct ev_task *ret_owner)
{
	struct ev_conn conn;

	if (bpf_map_lookup_elem(bpf_map__fd(session->skeleton->maps.conns), &ev->sk, &conn) ||
	    conn.opened_ns != ev->conn.opened_ns)
		return false;
	if (conn.owner.source == OWNER_UNKNOWN || conn.owner.source == OWNER_LISTENER ||
	    conn.owner.source == OWNER_SHARED)
		return false;
	*ret_owner = conn.owner;
	return true;
}

int session_owner(struct session *session, const struct evidence *ev, struct ev_task *ret_owner)
{
	uint64_t now = clock_ns(CLOCK_BOOTTIME);

	if (find_out(session, ev, ret_owner))
		return 1;
	if (session->scanned_ns > ev->time_ns)
		return 0;
	if (now < session->scan_again_ns)
		return -EAGAIN;
	session->scanned_ns = now;
	if (session_scan(session))
		return 0;
	session->scan_again_ns = now + SCAN_SHARE * (clock_ns(CLOCK_BOOTTIME) - now);
	return find_out(session, ev, ret_owner);
}

unsigned int session_modules(const struct session *session)
{
	return session->modules_count;
}

void session_detach(struct session *session)
{
	/* The last first: a change of state must not be told by a hook that outlives the reset's. */
	for (unsigned int i = program_rows_count; i-- > 0;) {
		bpf_link__destroy(session->links[i]);
		session->links[i] = NULL;
	}
}

static uint64_t counter_sum(const struct session *session, uint32_t counter)
{
	int cpus = libbpf_num_possible_cpus();
	uint64_t *values = cpus > 0 ? calloc(cpus, sizeof(*values)) : NULL;
	uint64_t sum = 0;

	if (values && !bpf_map_lookup_elem(bpf_map__fd(session->skeleton->maps.counters), &counter, values)) {
		for (int i = 0; i < cpus; i++)
			sum += values[i];
	}
	free(values);
	return sum;
}

/* Events that the kernel skipped our programs for, because they were in the middle of another one. */
static uint64_t missed_events(const struct session *session)
{
	uint64_t missed = 0;

	for (unsigned int i = 0; i < DEATH_PROGRAMS; i++) {
		struct bpf_program *program = session_program(session, i);
		struct bpf_prog_info info = { 0 };
		__u32 length = sizeof(info);

		if (!bpf_obj_get_info_by_fd(bpf_program__fd(program), &info, &length))
			missed += info.recursion_misses;
	}
	return missed;
}

void session_read_tallies(struct session *session, bool is_due)
{
	int64_t now = clock_ns(CLOCK_BOOTTIME);
	uint64_t counted;

	if (!is_due && now < session->tallies_read_ns + TALLIES_PAUSE_NS)
		return;
	counted = counter_sum(session, COUNTER_COUNTED);
	if (counted == session->counted && now < session->tallies_read_ns + TALLIES_IDLE_NS)
		return;
	session->counted = counted;
	session->tallies_read_ns = now;
	tallies_read(session->tallies, now);
}

int session_tell(struct session *session, source_tally_fn tell, void *context)
{
	return tallies_tell(session->tallies, tell, context);
}

const struct histograms *session_measured(const struct session *session)
{
	return tallies_measured(session->tallies);
}

void session_count(const struct session *session, struct session_counts *ret_counts)
{
	uint64_t nested = counter_sum(session, COUNTER_NESTED), missed = missed_events(session);

	ret_counts->sent = counter_sum(session, COUNTER_SENT);
	ret_counts->lost = counter_sum(session, COUNTER_LOST) + (missed > nested ? missed - nested : 0);
	ret_counts->lost += tallies_untold(session->tallies);
	ret_counts->counted = tallies_sum(session->tallies) - tallies_untold(session->tallies);
	ret_counts->filtered = counter_sum(session, COUNTER_FILTERED);
}

const struct session_hook *session_hook(const struct session *session, unsigned int i)
{
	return i < session->hooks_count ? &session->hooks[i] : NULL;
}

void session_close(struct session *session)
{
	if (!session)
		return;
	session_detach(session);
	caps_forget_types(&session->caps);
	ring_buffer__free(session->ring);
	tallies_free(session->tallies);
	rsttrace_bpf__destroy(session->skeleton);
	free(session);
}
