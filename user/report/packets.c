/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What sinks/pcapng.c does with evidence, done with incidents out of the database. They have the segment that was
 * observed, but not the sequence numbers of the socket: segments that are reconstructed begin at 0 and say so.
 */
#include "packets.h"

#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "../sinks/pcapng_file.h"
#include "../util/text.h"

struct packing {
	const struct digest *digest;
	FILE *out;
	size_t next; /* of the digest's deaths, which come in the same order */
	int err; /* of a write */
};

static const json_t *at(const json_t *object, const char *outer, const char *inner)
{
	return json_object_get(json_object_get(object, outer), inner);
}

static uint32_t number(const json_t *value)
{
	return (uint32_t)json_integer_value(value);
}

static const char *string(const json_t *value)
{
	return json_string_value(value) ?: "";
}

static enum kind kind_of(const char *name)
{
	enum kind kind = 0;

	while (kind + 1 < KIND_MAX && strcmp(kind_name(kind), name))
		kind++;
	return kind;
}

static uint8_t flags_of(const char *names)
{
	static const struct {
		const char *name;
		uint8_t flag;
	} flags[] = {
		{ "FIN", SEG_FIN }, { "SYN", SEG_SYN }, { "RST", SEG_RST }, { "PSH", SEG_PSH }, { "ACK", SEG_ACK },
	};
	uint8_t set = 0;

	for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++)
		set |= strstr(names, flags[i].name) ? flags[i].flag : 0;
	return set;
}

static void take_segment(const json_t *root, struct seen *seen)
{
	const json_t *flags = at(root, "segment", "flags");

	seen->has_segment = flags != NULL;
	seen->is_outgoing = !strcmp(string(at(root, "kernel", "hook")), "net_dev_queue");
	seen->segment = (struct ev_segment){
		.seq = number(at(root, "segment", "seq")),
		.ack = number(at(root, "segment", "ack")),
		.payload = number(at(root, "segment", "payload_bytes")),
		.window = (uint16_t)number(at(root, "segment", "window")),
		.ip_id = (uint16_t)number(at(root, "segment", "ip_id")),
		.flags = flags_of(string(flags)),
		.ttl = (uint8_t)number(at(root, "segment", "ttl")),
	};
}

static void take_end(const json_t *root, const char *end, uint8_t address[16], uint16_t *ret_port)
{
	const json_t *network = json_object_get(root, "network");
	unsigned int prefix;

	text_parse_cidr(string(at(network, end, "address")), address, &prefix);
	*ret_port = (uint16_t)number(at(network, end, "port"));
}

static int pack(int64_t time_ns, const json_t *root, FILE *out)
{
	const json_t *process = json_object_get(root, "process");
	char name[128] = "";
	struct seen seen = {
		.time_ns = time_ns,
		.kind = kind_of(string(json_object_get(root, "kind"))),
		.cause = string(json_object_get(root, "cause")),
		.certainty = string(json_object_get(root, "certainty")),
		.why = string(json_object_get(root, "why")),
		.process = name,
		.state = string(at(root, "tcp", "state")),
		.unacked = number(at(root, "tcp", "unacked_bytes")),
		.mss = number(at(root, "tcp", "mss_bytes")),
	};

	if (process)
		snprintf(name, sizeof(name), "%s[%lld]", string(at(process, "executable", "name")),
			 (long long)json_integer_value(json_object_get(process, "pid")));
	take_end(root, "local", seen.local, &seen.local_port);
	take_end(root, "peer", seen.peer, &seen.peer_port);
	take_segment(root, &seen);
	return pcapng_seen(out, &seen);
}

int packets_write_json(int64_t time_ns, const char *json, FILE *out)
{
	json_t *root = json_loads(json, 0, NULL);
	int err = root ? pack(time_ns, root, out) : -EBADMSG;

	json_decref(root);
	return err;
}

/* Those that the filters of the report left out are passed over. */
static int take(void *context, int64_t time_ns, const char *json)
{
	struct packing *packing = context;
	const struct deaths *deaths = &packing->digest->deaths;

	while (packing->next < deaths->count && deaths->list[packing->next].time_ns < time_ns)
		packing->next++;
	if (packing->next == deaths->count || deaths->list[packing->next].time_ns != time_ns)
		return 0;
	packing->err = packets_write_json(time_ns, json, packing->out);
	return packing->err;
}

int packets_write(const struct digest *digest, struct archive *archive, FILE *out, char *message, size_t size)
{
	struct packing packing = { .digest = digest, .out = out };
	const struct archive_wanted wanted = { .from_ns = digest->period.from_ns, .to_ns = digest->period.to_ns };
	int err;

	packing.err = pcapng_head(out);
	err = packing.err;
	if (!err)
		err = archive_incidents(archive, &wanted, take, &packing, message, size);
	if (packing.err)
		snprintf(message, size, "output failed: %s", strerror(-packing.err));
	return err;
}
