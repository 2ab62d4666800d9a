/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Rows of the view `incidents`, and the filters over them, which mean what they mean live. */
#include "deaths.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../explain/causes.h"
#include "../util/netns.h"
#include "../util/text.h"

#define DURATION_MAX_MS (100LL * 366 * 86400 * 1000)
#define TIME_MAX_NS (INT64_MAX / 2) /* the year 2116 */
#define BURST_MAX_NS (86400 * 1000000000LL)
#define COUNT_MAX 1000000000000LL

struct reader {
	struct words *words;
	const struct options *options;
	uint32_t netns; /* 0 = all */
	death_fn each;
	void *context;
};

enum column {
	TIME, LAST, COUNT, KIND, CAUSE, TITLE, CERTAINTY, PROCESS, SOURCE, STATE, ERRNO, LOCAL, PEER, CGROUP, CONTAINER,
	PID, LOCAL_PORT, PEER_PORT, NETNS, AGE, IDLE, SILENCE, ELAPSED, RETRANSMITS,
};

static const char select_deaths[] =
	"SELECT time_ns, last_ns, count, kind, cause, title, certainty, process, process_source, state, errno,"
	" local_address, peer_address, cgroup, container_id, pid, local_port, peer_port, netns, age_ms, idle_ms,"
	" silence_ms, elapsed_ms, retransmits FROM incidents WHERE time_ns >= ?1 AND time_ns < ?2 ORDER BY time_ns";

static bool holds_address(const struct cidr *cidr, const char *text)
{
	uint8_t address[16];
	unsigned int prefix;

	if (text_parse_cidr(text, address, &prefix))
		return false;
	for (unsigned int bit = 0; bit < cidr->prefix; bit++) {
		if ((address[bit / 8] ^ cidr->address[bit / 8]) & 0x80 >> bit % 8)
			return false;
	}
	return true;
}

static bool wants_ends(const struct options *options, const struct death *death)
{
	bool port = !options->ports_count, address = !options->addresses_count;

	for (unsigned int i = 0; i < options->ports_count; i++)
		port |= options->ports[i] == death->local_port || options->ports[i] == death->peer_port;
	for (unsigned int i = 0; i < options->addresses_count; i++)
		address |= holds_address(&options->addresses[i], death->local) ||
			   holds_address(&options->addresses[i], death->peer);
	return port && address;
}

/* As in live output, a path stands for itself and what is below it. */
static bool is_in_cgroup(const char *wanted, const char *path)
{
	static const char mount[] = "/sys/fs/cgroup";
	size_t length;

	if (!strncmp(wanted, mount, sizeof(mount) - 1))
		wanted += sizeof(mount) - 1;
	wanted += strspn(wanted, "/");
	for (length = strlen(wanted); length && wanted[length - 1] == '/';)
		length--;
	if (*path != '/')
		return false;
	return !length || (!strncmp(path + 1, wanted, length) && (path[length + 1] == '/' || !path[length + 1]));
}

static bool wants_process(const struct options *options, const struct death *death)
{
	bool pid = !options->pids_count, comm = !options->comms_count;

	for (unsigned int i = 0; i < options->pids_count; i++)
		pid |= death->pid == options->pids[i];
	for (unsigned int i = 0; i < options->comms_count; i++)
		comm |= *death->process && !fnmatch(options->comms[i], death->process, 0);
	return pid && comm && (!options->cgroup || is_in_cgroup(options->cgroup, death->cgroup));
}

/* What is no death is in the database where it was asked for, and here only when it is asked for again. */
static bool wants_verdict(const struct options *options, const struct death *death)
{
	const struct cause *known = options->causes_count ? NULL : cause_find(death->cause);
	bool cause = !options->causes_count && (!known || !known->is_quiet || options->has_kinds);
	bool kind = !options->has_kinds;

	for (unsigned int i = 0; i < options->causes_count; i++)
		cause |= !strcmp(options->causes[i], death->cause);
	for (enum kind i = 0; i < KIND_MAX; i++)
		kind |= options->kinds[i] && !strcmp(kind_name(i), death->kind);
	return cause && kind;
}

bool death_wanted(const struct options *options, const struct death *death)
{
	return wants_verdict(options, death) && wants_process(options, death) && wants_ends(options, death);
}

static const char *text_of(const struct reader *reader, struct archive_row *row, enum column column)
{
	return words_keep(reader->words, archive_text(row, column));
}

static int64_t number_of(const struct archive_row *row, enum column column)
{
	return archive_is_null(row, column) ? NOT_KNOWN : archive_integer(row, column);
}

/* Of a foreign database, too: sums of these stay in 63 bits. */
static int64_t bounded(int64_t value, int64_t min, int64_t max)
{
	return value < min ? min : value > max ? max : value;
}

static int64_t duration_of(const struct archive_row *row, enum column column)
{
	return archive_is_null(row, column) ? NOT_KNOWN : bounded(archive_integer(row, column), 0, DURATION_MAX_MS);
}

static int take_row(void *context, struct archive_row *row)
{
	const struct reader *reader = context;
	struct death death = {
		.time_ns = archive_integer(row, TIME),
		.last_ns = number_of(row, LAST),
		.count = archive_integer(row, COUNT),
		.kind = text_of(reader, row, KIND),
		.cause = text_of(reader, row, CAUSE),
		.title = text_of(reader, row, TITLE),
		.certainty = text_of(reader, row, CERTAINTY),
		.process = text_of(reader, row, PROCESS),
		.source = text_of(reader, row, SOURCE),
		.state = text_of(reader, row, STATE),
		.error = text_of(reader, row, ERRNO),
		.local = text_of(reader, row, LOCAL),
		.peer = text_of(reader, row, PEER),
		.cgroup = text_of(reader, row, CGROUP),
		.container = text_of(reader, row, CONTAINER),
		.pid = number_of(row, PID),
		.local_port = number_of(row, LOCAL_PORT),
		.peer_port = number_of(row, PEER_PORT),
		.netns = number_of(row, NETNS),
		.age_ms = duration_of(row, AGE),
		.idle_ms = duration_of(row, IDLE),
		.silence_ms = duration_of(row, SILENCE),
		.elapsed_ms = duration_of(row, ELAPSED),
		.retransmits = number_of(row, RETRANSMITS),
	};

	if (words_failed(reader->words))
		return -ENOMEM;
	if (death.time_ns < 0 || death.time_ns > TIME_MAX_NS)
		return 0;
	death.last_ns = bounded(death.last_ns, death.time_ns, death.time_ns + BURST_MAX_NS);
	death.count = bounded(death.count, 1, COUNT_MAX);
	if ((reader->netns && death.netns != reader->netns) || !death_wanted(reader->options, &death))
		return 0;
	return reader->each(reader->context, &death);
}

int deaths_each(struct archive *archive, struct words *words, const struct options *options, struct period period,
		death_fn each, void *context, char *message, size_t size)
{
	struct reader reader = { words, options, 0, each, context };
	const struct archive_value range[] = { { .integer = period.from_ns }, { .integer = period.to_ns } };
	int err = options->netns ? netns_number(options->netns, &reader.netns, message, size) : 0;

	if (!err)
		err = archive_query(archive, select_deaths, range, 2, take_row, &reader, message, size);

	if (err == -ENOMEM)
		snprintf(message, size, "out of memory");
	return err;
}

static int keep(void *context, const struct death *death)
{
	struct deaths *deaths = context;
	struct death *list;

	if (deaths->count == DEATHS_MAX)
		return -E2BIG;
	if (deaths->count == deaths->room) {
		deaths->room = deaths->room ? 2 * deaths->room : 1024;
		list = reallocarray(deaths->list, deaths->room, sizeof(*list));
		if (!list)
			return -ENOMEM;
		deaths->list = list;
	}
	deaths->list[deaths->count++] = *death;
	return 0;
}

int deaths_load(struct archive *archive, struct words *words, const struct options *options, struct period period,
		struct deaths *ret_deaths, char *message, size_t size)
{
	int err = deaths_each(archive, words, options, period, keep, ret_deaths, message, size);

	if (err == -E2BIG)
		snprintf(message, size,
			 "more than %d incidents in that time: give a shorter one (--since, --until) or a filter",
			 DEATHS_MAX);
	return err;
}

void deaths_free(struct deaths *deaths)
{
	free(deaths->list);
	*deaths = (struct deaths){ 0 };
}
