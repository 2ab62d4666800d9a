/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The table of keys. */
#include "key.h"

#include <stdio.h>
#include <string.h>

#include "../../bpf/valve.h"
#include "../explain/causes.h"
#include "../util/text.h"

static void set_name(struct hist_key *key, const char *name, size_t length)
{
	if (length >= sizeof(key->name)) {
		name += length - (sizeof(key->name) - 1);
		length = sizeof(key->name) - 1;
	}
	memcpy(key->name, name, length);
}

/* The key that the kernel counts it by; who knows no port there, was not told one. */
static bool is_one_of_many(const struct report *report, struct valve_key *ret_key)
{
	const struct evidence *ev = &report->incident->evidence;

	memset(ret_key, 0, sizeof(*ret_key));
	valve_key_of(ret_key, ev->hook, ev->size <= EVIDENCE_BARE_BYTES, ev, 0);
	return report->count && ret_key->port && report->incident->common_port == COMMON_PORT_NONE;
}

/* Who had that very connection before is known of examples only, and so of none. */
static void by_process(const struct report *report, struct hist_key *key)
{
	const struct ev_task *owner = &report->owner;

	if (owner->source == OWNER_UNKNOWN || !owner->pid ||
	    (owner->source == OWNER_FORMER && !report->incident->former.was_listener)) {
		key->known = HIST_NOBODY;
		return;
	}
	key->known = owner->source == OWNER_FORMER ? HIST_FORMER : HIST_KNOWN;
	key->number = owner->pid;
	set_name(key, owner->comm, strnlen(owner->comm, sizeof(owner->comm)));
}

static void by_cause(const struct report *report, struct hist_key *key)
{
	set_name(key, report->cause->slug, strlen(report->cause->slug));
}

static void by_peer(const struct report *report, struct hist_key *key)
{
	static const uint8_t none[16];
	const uint8_t *peer = report->incident->evidence.tuple.peer;
	struct valve_key counted;

	if (is_one_of_many(report, &counted))
		key->known = HIST_MANY;
	else if (!memcmp(peer, none, sizeof(none)))
		key->known = HIST_NOBODY;
	else
		text_address(key->name, sizeof(key->name), peer);
}

static void by_port(const struct report *report, struct hist_key *key)
{
	struct valve_key counted;

	if (is_one_of_many(report, &counted)) {
		key->known = HIST_MANY;
		return;
	}
	key->number = counted.port;
	key->known = !counted.port ? HIST_NOBODY : counted.facts & VALVE_PEER_PORT ? HIST_PEERS : HIST_KNOWN;
}

static void by_cgroup(const struct report *report, struct hist_key *key)
{
	if (report->cgroup)
		set_name(key, report->cgroup, strlen(report->cgroup));
	else
		key->known = HIST_NOBODY;
}

static void by_state(const struct report *report, struct hist_key *key)
{
	set_name(key, report->state, strlen(report->state));
	key->known = *report->state ? HIST_KNOWN : HIST_NOBODY;
}

static const struct hist_by rows[] = {
	{ "process", "PROCESS", "(no process)", "", "processes", by_process },
	{ "cause", "CAUSE", "", "", "causes", by_cause },
	{ "peer", "PEER", "(no peer)", "(other peers)", "peers", by_peer },
	{ "port", "PORT", "(no port)", "(other ports)", "ports", by_port },
	{ "cgroup", "CGROUP", "(no cgroup)", "", "cgroups", by_cgroup },
	{ "state", "STATE", "(no socket)", "", "states", by_state },
};

const struct hist_by *hist_by_at(unsigned int i)
{
	return i < sizeof(rows) / sizeof(*rows) ? &rows[i] : NULL;
}

const struct hist_by *hist_by_find(const char *name)
{
	const struct hist_by *by;

	for (unsigned int i = 0; (by = hist_by_at(i)); i++) {
		if (!name || !strcmp(by->name, name))
			return by;
	}
	return NULL;
}

char *hist_label(const struct hist_by *by, const struct hist_key *key, char *text, size_t size)
{
	char name[4 * HIST_NAME_BYTES + 1];

	text_printable(name, sizeof(name), key->name, sizeof(key->name));
	if (key->known == HIST_NOBODY || key->known == HIST_MANY)
		snprintf(text, size, "%s", key->known == HIST_NOBODY ? by->nobody : by->many);
	else if (!key->number)
		snprintf(text, size, "%s", name);
	else if (!*name)
		snprintf(text, size, key->known == HIST_PEERS ? "peer's port %u" : "port %u", key->number);
	else
		snprintf(text, size, key->known == HIST_FORMER ? "(%s[%u])" : "%s[%u]", name, key->number);
	return text;
}
