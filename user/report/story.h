/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The probable stories behind deaths that belong together. A pattern is data (patterns.c): which causes, gathered by
 * what, which facts must hold of what was gathered, and the sentences. story.c knows none of them.
 */
#ifndef RSTTRACE_STORY_H
#define RSTTRACE_STORY_H

#include "groups.h"

#define STORY_BYTES 512

/* Causes that say the same of the connection's end, for a story; a set of bits. */
enum family {
	FAMILY_SILENCE = 1 << 0, /* no answer any more on an open connection */
	FAMILY_UNCONNECTED = 1 << 1, /* no answer to a SYN */
	FAMILY_REFUSED = 1 << 2, /* a SYN of this host answered by a reset */
	FAMILY_CLOSED_PORT = 1 << 3, /* a SYN to a port of this host where nothing listens */
	FAMILY_ABORTED = 1 << 4, /* an application of this host closed in a way that resets */
	FAMILY_RESET = 1 << 5, /* the peer's reset */
	FAMILY_FIREWALL = 1 << 6, /* this host's firewall answered with a reset */
	FAMILY_FILTERED = 1 << 7, /* segments were dropped on this host */
	FAMILY_BACKLOG = 1 << 8, /* a listener did not keep up */
	FAMILY_FLOOD = 1 << 9, /* handshakes that were begun and not ended */
	FAMILY_UNREACHABLE = 1 << 10, /* the network said that there is no way */
	FAMILY_LISTENER = 1 << 11, /* a listener ended with connections in its queues */
	FAMILY_FORGED = 1 << 12,
	FAMILY_MTU = 1 << 13,
	FAMILY_MEMORY = 1 << 14,
	FAMILY_PORTS = 1 << 15, /* no free local port */
	FAMILY_STRAY = 1 << 16, /* segments for connections that this host does not know */
	FAMILY_ADMIN = 1 << 17,
};

unsigned int family_of(const char *cause); /* 0: of none */
/* The causes that are of one, for tests; NULL past the end. */
const char *family_cause(size_t i);

/* What is counted of deaths that were gathered. */
enum story_fact {
	STORY_DEATHS,
	STORY_CONNECTIONS, /* distinct pairs of ends */
	STORY_CAUSES,
	STORY_PROCESSES, /* distinct names */
	STORY_PIDS,
	STORY_PEERS,
	STORY_PEER_PORTS,
	STORY_LOCAL_PORTS,
	STORY_LASTED_MS, /* from the first sign of it to the last death */
	STORY_SHARE, /* per cent of all deaths with the same key in that time */
	STORY_TIMES, /* as often as before, TIMES_NEW when it never was; 1 when nothing is known of before */
	STORY_IDLE_MS, /* the median, 0 = not known */
	STORY_IDLE_SPREAD, /* per cent of it that nine of ten are away from it, at most */
	STORY_OPEN, /* that died on an open connection, not in a handshake */
	STORY_FACTS
};

#define TIMES_NEW 1000000

struct story_condition {
	enum story_fact fact;
	int64_t min, max; /* max 0 = without end */
};

#define CONDITIONS_MAX 6

struct story_pattern {
	const char *slug;
	unsigned int families;
	const char *by[2]; /* names of keys; NULL = no more */
	int64_t gap_ms; /* a pause of so long between two ends one story */
	bool from_silence; /* it began when the first of them fell silent, not when that died */
	bool only_new; /* only of processes that were not seen before */
	bool needs_key; /* not where the first key is not known */
	struct story_condition conditions[CONDITIONS_MAX];
	const char *sentence; /* {placeholders}, see story_text.c */
	const char *check; /* what to look at next */
};

extern const struct story_pattern patterns[]; /* the first that holds has its deaths */
extern const unsigned int patterns_count;

struct story {
	const struct story_pattern *pattern;
	uint16_t id; /* from 1 */
	const char *key[2]; /* what they have in common, "" = not known */
	int64_t facts[STORY_FACTS];
	int64_t from_ns, to_ns;
	bool is_usual; /* as often as before; or, when nothing is known of before, all the time */
	int64_t before; /* deaths of these families with this key, in the time before */
	int64_t example_ns;
	char sentence[STORY_BYTES];
	char check[STORY_BYTES];
};

struct stories {
	struct story *list; /* what is not usual first, then most deaths first */
	size_t count, room;
	size_t news; /* that are not usual */
	uint16_t *of; /* for each of the deaths: the id of its story, 0 = none */
	int64_t told; /* deaths that are in one of them */
};

/* Keeps what the patterns have to know of the time before. */
struct teller;

struct teller *teller_new(struct words *words); /* NULL without memory */
int teller_before(struct teller *teller, const struct death *death); /* 0 or -ENOMEM */
/* `ratio`: how much longer the time before was recorded than the period; 0: nothing is known of it. 0 or -ENOMEM. */
int teller_tell(struct teller *teller, const struct deaths *deaths, double ratio, bool utc,
		struct stories *ret_stories);
void teller_free(struct teller *teller); /* NULL is fine */
void stories_free(struct stories *stories);

/* story_text.c: fills sentence and check; deaths[count] are what was gathered. */
void story_tell(struct story *story, const struct death *const *deaths, size_t count, bool utc);
/* Whether a pattern may have that placeholder. */
bool story_knows(const char *name);
/* gather.c: its facts, but those that need more than the deaths themselves. 0 or -ENOMEM. */
int story_count(struct story *story, const struct death *const *deaths, size_t count);

/* "10:42:03", with the date where it is not the day of `beside_ns` (0: without). */
char *story_clock(char *text, size_t size, int64_t time_ns, int64_t beside_ns, bool utc);

#endif
