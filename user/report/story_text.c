/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The words of a story: each {placeholder} of its pattern's sentences, from the deaths that were gathered. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../util/text.h"
#include "story.h"

#define SHOWN 3 /* names in a list; then how many more */
#define VALUE_BYTES 256
#define NAMES_MAX 64

struct telling {
	const struct story *story;
	const struct death *const *deaths;
	size_t count;
	bool utc;
};

typedef void (*write_fn)(const struct telling *telling, char *text, size_t size);

struct name {
	const char *text;
	int64_t deaths;
};

char *story_clock(char *text, size_t size, int64_t time_ns, int64_t beside_ns, bool utc)
{
	time_t seconds[2] = { time_ns / 1000000000, beside_ns / 1000000000 };
	struct tm tm[2];

	for (int i = 0; i < 2; i++) {
		if (utc)
			gmtime_r(&seconds[i], &tm[i]);
		else
			localtime_r(&seconds[i], &tm[i]);
	}
	if (!beside_ns || (tm[0].tm_yday == tm[1].tm_yday && tm[0].tm_year == tm[1].tm_year))
		strftime(text, size, "%H:%M:%S", &tm[0]);
	else
		strftime(text, size, "%Y-%m-%d %H:%M:%S", &tm[0]);
	return text;
}

static void plural(char *text, size_t size, int64_t count, const char *one, const char *many)
{
	snprintf(text, size, "%" PRId64 " %s", count, count == 1 ? one : many);
}

static int by_count(const void *a, const void *b)
{
	const struct name *left = a, *right = b;

	if (left->deaths != right->deaths)
		return left->deaths < right->deaths ? 1 : -1;
	return strcmp(left->text, right->text);
}

/* The different texts, most deaths first; no more than NAMES_MAX of them are told apart. */
static size_t names_of(const struct telling *telling, const char *(*text)(const struct death *),
		       struct name names[NAMES_MAX])
{
	size_t count = 0, n;

	for (size_t i = 0; i < telling->count; i++) {
		const char *name = text(telling->deaths[i]);

		if (!*name)
			continue;
		for (n = 0; n < count && names[n].text != name; n++)
			;
		if (n == NAMES_MAX)
			continue;
		if (n == count)
			names[count++] = (struct name){ .text = name };
		names[n].deaths += telling->deaths[i]->count;
	}
	qsort(names, count, sizeof(*names), by_count);
	return count;
}

static const char *process_of(const struct death *death)
{
	return death->process;
}

static const char *peer_of(const struct death *death)
{
	return death->peer;
}

static const char *title_of(const struct death *death)
{
	return *death->title ? death->title : death->cause;
}

static const char *cause_of(const struct death *death)
{
	return death->cause;
}

/* "a, b and 4 more" */
static void list_names(char *text, size_t size, const struct name *names, size_t count, size_t all)
{
	size_t used = 0, shown = count < SHOWN ? count : SHOWN;

	text[0] = '\0';
	for (size_t i = 0; i < shown && used < size; i++)
		used += snprintf(text + used, size - used, "%s%s", i ? ", " : "", names[i].text);
	if (all > shown && used < size)
		snprintf(text + used, size - used, " and %zu more", all - shown);
}

static void write_connections(const struct telling *telling, char *text, size_t size)
{
	plural(text, size, telling->story->facts[STORY_DEATHS], "connection", "connections");
}

static void write_deaths(const struct telling *telling, char *text, size_t size)
{
	snprintf(text, size, "%" PRId64, telling->story->facts[STORY_DEATHS]);
}

static void write_all(const struct telling *telling, char *text, size_t size)
{
	int64_t share = telling->story->facts[STORY_SHARE], deaths = telling->story->facts[STORY_DEATHS];

	if (share >= 100)
		snprintf(text, size, deaths == 1 ? "the only connection" : "all connections");
	else
		snprintf(text, size, "%" PRId64 " %% of the connections that died", share);
}

/* "nginx[2211]", "nginx (3 processes)", "6 processes (nginx, curl)" */
static void write_processes(const struct telling *telling, char *text, size_t size)
{
	int64_t pids = telling->story->facts[STORY_PIDS];
	struct name names[NAMES_MAX];
	size_t count = names_of(telling, process_of, names);
	char list[VALUE_BYTES / 2];
	size_t i = 0;

	while (i + 1 < telling->count && telling->deaths[i]->pid == NOT_KNOWN)
		i++;
	list_names(list, sizeof(list), names, count, telling->story->facts[STORY_PROCESSES]);
	if (!count)
		snprintf(text, size, "no process that is known");
	else if (pids == 1)
		snprintf(text, size, "%s[%" PRId64 "]", names[0].text, telling->deaths[i]->pid);
	else if (count == 1)
		snprintf(text, size, "%s (%" PRId64 " processes)", names[0].text, pids);
	else
		snprintf(text, size, "%" PRId64 " processes (%s)", pids, list);
}

static void write_peers(const struct telling *telling, char *text, size_t size)
{
	int64_t peers = telling->story->facts[STORY_PEERS];
	struct name names[NAMES_MAX];
	size_t count = names_of(telling, peer_of, names);

	if (!count)
		snprintf(text, size, "peers that are not known");
	else if (count <= SHOWN)
		list_names(text, size, names, count, peers);
	else
		plural(text, size, peers, "peer", "peers");
}

/* "data never acknowledged (200), connect() timed out (14)" */
static void write_causes(const struct telling *telling, char *text, size_t size)
{
	struct name names[NAMES_MAX];
	size_t count = names_of(telling, title_of, names), used = 0;

	text[0] = '\0';
	if (count == 1) {
		snprintf(text, size, "%s", names[0].text);
		return;
	}
	for (size_t i = 0; i < count && i < SHOWN && used < size; i++)
		used += snprintf(text + used, size - used, "%s%s: %" PRId64, i ? ", " : "", names[i].text,
				 names[i].deaths);
	if (count > SHOWN && used < size)
		snprintf(text + used, size - used, ", ...");
}

static void write_cause(const struct telling *telling, char *text, size_t size)
{
	struct name names[NAMES_MAX];

	snprintf(text, size, "%s", names_of(telling, cause_of, names) ? names[0].text : "unknown");
}

static void write_from(const struct telling *telling, char *text, size_t size)
{
	story_clock(text, size, telling->story->from_ns, 0, telling->utc);
}

static void write_to(const struct telling *telling, char *text, size_t size)
{
	story_clock(text, size, telling->story->to_ns, telling->story->from_ns, telling->utc);
}

static void write_lasted(const struct telling *telling, char *text, size_t size)
{
	int64_t lasted_ns = telling->story->to_ns - telling->story->from_ns, seconds = lasted_ns / 1000000000;

	if (seconds >= 3600 || seconds < 60)
		text_duration(text, size, lasted_ns);
	else if (seconds % 60)
		snprintf(text, size, "%" PRId64 " min %" PRId64 " s", seconds / 60, seconds % 60);
	else
		snprintf(text, size, "%" PRId64 " min", seconds / 60);
}

static void write_idle(const struct telling *telling, char *text, size_t size)
{
	text_duration(text, size, telling->story->facts[STORY_IDLE_MS] * 1000000);
}

static void write_before(const struct telling *telling, char *text, size_t size)
{
	int64_t times = telling->story->facts[STORY_TIMES];

	text[0] = '\0';
	if (times == TIMES_NEW)
		snprintf(text, size, "; never in the time before");
	else if (times >= 3)
		snprintf(text, size, "; %" PRId64 " times as often as before", times);
}

static void write_peer(const struct telling *telling, char *text, size_t size)
{
	struct name names[NAMES_MAX];

	snprintf(text, size, "%s", names_of(telling, peer_of, names) ? names[0].text : "a peer that is not known");
}

static void write_process(const struct telling *telling, char *text, size_t size)
{
	struct name names[NAMES_MAX];

	snprintf(text, size, "%s", names_of(telling, process_of, names) ? names[0].text : "no process");
}

static void write_port(int64_t port, char *text, size_t size)
{
	if (port == NOT_KNOWN)
		snprintf(text, size, "?");
	else
		snprintf(text, size, "%" PRId64, port);
}

static void write_peer_port(const struct telling *telling, char *text, size_t size)
{
	write_port(telling->deaths[0]->peer_port, text, size);
}

static void write_local_port(const struct telling *telling, char *text, size_t size)
{
	write_port(telling->deaths[0]->local_port, text, size);
}

static void write_local_ports(const struct telling *telling, char *text, size_t size)
{
	snprintf(text, size, "%" PRId64, telling->story->facts[STORY_LOCAL_PORTS]);
}

/* The ports at that end of which there are fewer: those of the service. */
static void write_ports(const struct telling *telling, char *text, size_t size)
{
	const int64_t *facts = telling->story->facts;
	bool is_local = facts[STORY_LOCAL_PORTS] <= facts[STORY_PEER_PORTS];
	int64_t all = is_local ? facts[STORY_LOCAL_PORTS] : facts[STORY_PEER_PORTS], shown[SHOWN];
	size_t count = 0, n, used = 0;

	for (size_t i = 0; i < telling->count && count < SHOWN; i++) {
		int64_t port = is_local ? telling->deaths[i]->local_port : telling->deaths[i]->peer_port;

		for (n = 0; n < count && shown[n] != port; n++)
			;
		if (n == count && port != NOT_KNOWN)
			shown[count++] = port;
	}
	snprintf(text, size, "not known");
	for (n = 0; n < count; n++)
		used += snprintf(text + used, size - used, "%s%" PRId64, n ? ", " : "", shown[n]);
	if (all > (int64_t)count && count)
		snprintf(text + used, size - used, " and %" PRId64 " more", all - (int64_t)count);
}

static const struct {
	const char *name;
	write_fn write;
} placeholders[] = {
	{ "connections", write_connections }, { "deaths", write_deaths },	    { "all", write_all },
	{ "processes", write_processes },     { "process", write_process },	    { "peers", write_peers },
	{ "peer", write_peer },		      { "peer_port", write_peer_port },	    { "causes", write_causes },
	{ "cause", write_cause },	      { "from", write_from },		    { "to", write_to },
	{ "lasted", write_lasted },	      { "idle", write_idle },		    { "before", write_before },
	{ "local_port", write_local_port },   { "local_ports", write_local_ports }, { "ports", write_ports },
};

bool story_knows(const char *name)
{
	for (size_t i = 0; i < sizeof(placeholders) / sizeof(*placeholders); i++) {
		if (!strcmp(placeholders[i].name, name))
			return true;
	}
	return false;
}

static void fill(const struct telling *telling, const char *pattern, char *text, size_t size)
{
	size_t used = 0;

	while (*pattern && used + 1 < size) {
		size_t length = strcspn(pattern, "{");
		char value[VALUE_BYTES] = "";

		used += snprintf(text + used, size - used, "%.*s", (int)length, pattern);
		pattern += length;
		if (*pattern != '{' || used >= size)
			continue;
		length = strcspn(++pattern, "}");
		for (size_t i = 0; i < sizeof(placeholders) / sizeof(*placeholders); i++) {
			if (strlen(placeholders[i].name) == length && !strncmp(placeholders[i].name, pattern, length))
				placeholders[i].write(telling, value, sizeof(value));
		}
		used += snprintf(text + used, size - used, "%s", value);
		pattern += length + (pattern[length] == '}');
	}
}

void story_tell(struct story *story, const struct death *const *deaths, size_t count, bool utc)
{
	const struct telling telling = { story, deaths, count, utc };

	fill(&telling, story->pattern->sentence, story->sentence, sizeof(story->sentence));
	fill(&telling, story->pattern->check, story->check, sizeof(story->check));
}
