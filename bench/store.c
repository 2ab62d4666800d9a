/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * `store DATABASE COUNT MAX_SIZE [DAYS]`: keeps synthetic incidents as rsttrace record would, as fast as it can, for
 * docs/record.md and for tests/record, which kills it. After each commit it prints how many incidents are kept by now.
 *
 * They are those of recordings (tests/replay), with other addresses, processes, times and numbers, as a busy server
 * has them: connections of its own services with a few hundred others, of the public with a hundred thousand
 * addresses of which a few come often, and a scan.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "../tests/unit/replayed.h"
#include "../user/explain/causes.h"
#include "../user/explain/explain.h"
#include "../user/store/store.h"
#include "../user/util/text.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#define SAMPLE_ROWS 4096 /* between two looks at the clock */

/* What such a server's connections die of, in per cent. */
static const struct {
	const char *slug;
	unsigned int share;
} mix[] = {
	{ "reset-by-peer", 30 },	{ "close-unread", 12 },	    { "no-listener", 12 },
	{ "linger-zero", 8 },		{ "data-after-close", 7 },  { "no-connection", 5 },
	{ "connection-refused", 5 },	{ "syn-timeout", 4 },	    { "retransmission-timeout", 4 },
	{ "user-timeout", 2 },		{ "keepalive-timeout", 3 }, { "synack-timeout", 3 },
	{ "accept-queue-full-syn", 2 }, { "reset-after-close", 2 }, { "icmp-unreachable", 1 },
};

struct prototype {
	const char *slug;
	struct incident incident;
	struct report report;
	bool is_known;
};

struct generator {
	struct prototype prototypes[ARRAY_SIZE(mix)];
	struct incident incident;
	struct report report;
	char cgroup[64];
	uint64_t random;
	int64_t time_ns;
	int64_t step_ns; /* from one to the next, on average */
};

static uint64_t draw(struct generator *generator)
{
	uint64_t x = generator->random += 0x9e3779b97f4a7c15ULL; /* splitmix64 */

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ x >> 27) * 0x94d049bb133111ebULL;
	return x ^ x >> 31;
}

/* Below `limit`, small ones more often: as many of each order of magnitude. */
static uint32_t draw_size(struct generator *generator, unsigned int bits)
{
	return draw(generator) % (2ULL << draw(generator) % bits);
}

static int keep_prototype(void *context, const struct report *report)
{
	struct prototype *prototype = context;

	if (prototype->is_known || strcmp(report->cause->slug, prototype->slug))
		return 0;
	prototype->incident = *report->incident;
	prototype->report = *report;
	prototype->report.incident = &prototype->incident;
	prototype->is_known = true;
	return 0;
}

static int read_prototypes(struct generator *generator)
{
	char path[128];

	for (size_t i = 0; i < ARRAY_SIZE(mix); i++) {
		struct prototype *prototype = &generator->prototypes[i];

		prototype->slug = mix[i].slug;
		snprintf(path, sizeof(path), "tests/replay/%s.rec", mix[i].slug);
		if (replayed_reports(path, keep_prototype, prototype) || !prototype->is_known) {
			fprintf(stderr, "store: %s does not hold what it is called; run this in the tree\n", path);
			return -EBADMSG;
		}
	}
	return 0;
}

static const struct prototype *choose(struct generator *generator)
{
	unsigned int rest = draw(generator) % 100;
	size_t i = 0;

	for (; i + 1 < ARRAY_SIZE(mix) && rest >= mix[i].share; i++)
		rest -= mix[i].share;
	return &generator->prototypes[i];
}

static void set_address(uint8_t address[16], uint32_t ipv4)
{
	memset(address, 0, 16);
	memset(address + 10, 0xff, 2);
	for (int i = 0; i < 4; i++)
		address[12 + i] = ipv4 >> (24 - 8 * i);
}

static void set_ends(struct generator *generator, struct ev_tuple *tuple)
{
	static const uint16_t services[] = { 22, 80, 443, 5432, 6379, 8080, 9092, 9200 };
	bool is_client = draw(generator) % 3 == 0;
	uint32_t far = draw(generator) % 2 ? 0x0a000000 + draw_size(generator, 9) : /* 10.0.0.0/8 */
					     0xcb000000 + draw_size(generator, 17) * 37; /* 203.0.0.0/8 */
	uint16_t near_port = 32768 + draw(generator) % 28232, far_port = services[draw(generator) % 8];

	tuple->family = 2;
	set_address(tuple->local, 0xc0a80000 + draw(generator) % 4);
	set_address(tuple->peer, far);
	tuple->local_port = is_client ? near_port : far_port;
	tuple->peer_port = is_client ? far_port : near_port;
}

static void set_owner(struct generator *generator, struct ev_task *task)
{
	static const char *const names[] = { "nginx",	"postgres", "redis-server", "java",
					     "python3", "envoy",    "node",	    "sshd" };
	unsigned int which = draw_size(generator, 7);

	task->pid = task->tid = 1000 + which * 17;
	task->uid = which % 5 ? 33 + which % 5 : 0;
	task->cgroup_id = 100 + which % 24;
	snprintf(task->comm, sizeof(task->comm), "%s", names[which % 8]);
	snprintf(generator->cgroup, sizeof(generator->cgroup), "/system.slice/%s-%u.service", names[which % 8],
		 which % 24);
}

static void set_socket(struct generator *generator, struct evidence *evidence)
{
	struct ev_sock *sock = &evidence->sock;
	bool sent_data = sock->bytes_received || sock->bytes_acked;

	evidence->conn.opened_ns = evidence->time_ns - draw_size(generator, 20) * 1000000ULL;
	evidence->segment.seq = draw(generator);
	evidence->segment.ack = draw(generator);
	evidence->segment.window = draw(generator);
	evidence->segment.ip_id = draw(generator);
	if (!sent_data)
		return;
	sock->bytes_received = draw_size(generator, 24);
	sock->bytes_acked = draw_size(generator, 24);
	sock->unread = sock->unread ? 1 + draw_size(generator, 16) : 0;
	sock->unacked = sock->unacked ? 1 + draw_size(generator, 16) : 0;
	sock->srtt_us = 100 + draw_size(generator, 17);
	sock->min_rtt_us = 50 + draw_size(generator, 16);
	sock->rto_ms = 200 + draw_size(generator, 10);
	sock->snd_wnd = draw_size(generator, 20);
	sock->last_sent_ms = draw_size(generator, 18);
	sock->last_received_ms = draw_size(generator, 18);
	sock->last_ack_ms = sock->last_received_ms;
	sock->total_retrans += draw_size(generator, 3);
}

static const struct report *next(struct generator *generator)
{
	const struct prototype *prototype = choose(generator);
	struct incident *incident = &generator->incident;
	struct report *report = &generator->report;

	generator->time_ns += draw(generator) % (2 * generator->step_ns) + 1;
	*incident = prototype->incident;
	*report = prototype->report;
	report->incident = incident;
	incident->evidence.time_ns = incident->time_wall_ns = generator->time_ns;
	set_ends(generator, &incident->evidence.tuple);
	set_socket(generator, &incident->evidence);
	if (report->owner.source != OWNER_UNKNOWN) {
		set_owner(generator, &report->owner);
		report->cgroup = generator->cgroup;
	}
	explain_again(report);
	return report;
}

static int64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static struct store_time now(void)
{
	return (struct store_time){ clock_ns(CLOCK_REALTIME), clock_ns(CLOCK_MONOTONIC) / 1000000 };
}

static uint64_t size_of(const char *path)
{
	static const char *const endings[] = { "", "-wal", "-shm" };
	char name[4096];
	struct stat file;
	uint64_t bytes = 0;

	for (size_t i = 0; i < ARRAY_SIZE(endings); i++) {
		snprintf(name, sizeof(name), "%s%s", path, endings[i]);
		bytes += stat(name, &file) ? 0 : file.st_size;
	}
	return bytes;
}

struct result {
	int64_t store_ns, all_ns;
	uint64_t most_bytes;
	struct store_counts counts;
};

static void say_kept(const struct store *store, struct result *result)
{
	uint64_t before = result->counts.kept;

	store_count(store, &result->counts);
	if (result->counts.kept == before)
		return;
	printf("%" PRIu64 "\n", result->counts.kept);
	fflush(stdout);
}

static int keep(struct store *store, struct generator *generator, const char *path, uint64_t count,
		struct result *result)
{
	char message[512];
	int64_t begun_ns = clock_ns(CLOCK_MONOTONIC);
	int err = 0;

	for (uint64_t i = 0; !err && i < count; i++) {
		const struct report *report = next(generator);
		int64_t before_ns = clock_ns(CLOCK_MONOTONIC);

		store_report(store, report, now());
		err = store_step(store, now(), 0, message, sizeof(message));
		result->store_ns += clock_ns(CLOCK_MONOTONIC) - before_ns;
		say_kept(store, result);
		if (*message)
			fprintf(stderr, "store: %s\n", message);
		if (i % SAMPLE_ROWS == 0 && size_of(path) > result->most_bytes)
			result->most_bytes = size_of(path);
	}
	result->all_ns = clock_ns(CLOCK_MONOTONIC) - begun_ns;
	return err;
}

int main(int argc, char *argv[])
{
	static struct generator generator = { .random = 1 };
	const struct store_session session = { "boot", "host", "kernel", "machine", "tracepoint", "store", 1 };
	struct store_options options = { .path = argc > 1 ? argv[1] : "" };
	struct result result = { 0 };
	struct store *store;
	char message[512];
	uint64_t count;
	int err;

	if (argc < 4 || text_parse_unsigned(argv[2], 1, UINT64_MAX, &count) ||
	    text_parse_bytes(argv[3], &options.max_bytes) || read_prototypes(&generator)) {
		fprintf(stderr, "usage: store DATABASE COUNT MAX_SIZE [DAYS]\n");
		return 2;
	}
	generator.step_ns = (argc > 4 ? strtod(argv[4], NULL) : 7) * 86400e9 / count;
	generator.time_ns = now().wall_ns - generator.step_ns * count;
	err = store_open(&options, now(), &store, message, sizeof(message));
	err = err ? err : store_begin(store, &session, now(), message, sizeof(message));
	if (err) {
		fprintf(stderr, "store: %s\n", message);
		return 1;
	}
	err = keep(store, &generator, options.path, count, &result);
	err = store_close(store, now(), &result.counts) || err;
	printf("%" PRIu64 " kept, %" PRIu64 " missed, %" PRIu64 " left; %" PRIu64 " bytes at most, %" PRIu64
	       " at the end; %.1f s, of these %.1f s to keep: %.0f a second\n",
	       result.counts.kept, result.counts.missed, result.counts.left, result.most_bytes,
	       size_of(options.path), result.all_ns / 1e9, result.store_ns / 1e9, count / (result.store_ns / 1e9));
	return err != 0;
}
