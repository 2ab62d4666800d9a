/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Blocks of draft-ietf-opsawg-pcapng, in this host's byte order, on one interface of raw IP packets with nanoseconds.
 * Data of segments is not known: packets are cut behind their TCP header, with their length as it was.
 */
#include "pcapng_file.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "write.h"

#define BLOCK_SECTION 0x0a0d0d0au
#define BLOCK_INTERFACE 1u
#define BLOCK_PACKET 6u
#define BYTE_ORDER_MAGIC 0x1a2b3c4du
#define LINKTYPE_RAW 101
#define OPTION_COMMENT 1
#define OPTION_FLAGS 2 /* of a packet */
#define OPTION_NAME 2 /* of an interface */
#define OPTION_APPLICATION 4 /* of a section */
#define OPTION_RESOLUTION 9 /* of an interface */
#define INBOUND 1u
#define OUTBOUND 2u

#define BLOCK_BYTES 4096
#define IPV4_BYTES 20
#define IPV6_BYTES 40
#define TCP_BYTES 20
#define TTL_OURS 64

struct block {
	size_t length;
	uint8_t bytes[BLOCK_BYTES];
};

struct packet {
	bool is_outgoing;
	uint8_t flags; /* enum segment_flags: the TCP header's bits */
	uint32_t seq, ack, payload;
	uint16_t window, ip_id;
	uint8_t ttl;
	const char *reconstructed; /* from what; NULL: it was observed */
};

static void put(struct block *block, const void *bytes, size_t length)
{
	size_t padded = (length + 3) & ~(size_t)3;

	if (block->length + padded > sizeof(block->bytes))
		return; /* comments are cut long before */
	memcpy(block->bytes + block->length, bytes, length);
	memset(block->bytes + block->length + length, 0, padded - length);
	block->length += padded;
}

static void put_32(struct block *block, uint32_t value)
{
	put(block, &value, sizeof(value));
}

static void put_16s(struct block *block, uint16_t first, uint16_t second)
{
	const uint16_t values[] = { first, second };

	put(block, values, sizeof(values));
}

static void put_option(struct block *block, uint16_t code, const void *value, size_t length)
{
	put_16s(block, code, (uint16_t)length);
	put(block, value, length);
}

static void begin(struct block *block, uint32_t type)
{
	block->length = 0;
	put_32(block, type);
	put_32(block, 0); /* its length, when that is known */
}

static int end(struct block *block, FILE *out)
{
	uint32_t length;

	put_16s(block, 0, 0); /* end of options */
	length = block->length + sizeof(length);
	memcpy(block->bytes + sizeof(length), &length, sizeof(length));
	put_32(block, length);
	return write_text(out, (const char *)block->bytes, block->length);
}

int pcapng_head(FILE *out)
{
	static const char application[] = "rsttrace", name[] = "evidence";
	static const uint8_t nanoseconds = 9;
	struct block block;
	int err;

	begin(&block, BLOCK_SECTION);
	put_32(&block, BYTE_ORDER_MAGIC);
	put_16s(&block, 1, 0); /* version */
	put_32(&block, UINT32_MAX); /* length of the section: not known */
	put_32(&block, UINT32_MAX);
	put_option(&block, OPTION_APPLICATION, application, sizeof(application) - 1);
	err = end(&block, out);
	if (err)
		return err;
	begin(&block, BLOCK_INTERFACE);
	put_16s(&block, LINKTYPE_RAW, 0);
	put_32(&block, 0); /* packets of any length */
	put_option(&block, OPTION_NAME, name, sizeof(name) - 1);
	put_option(&block, OPTION_RESOLUTION, &nanoseconds, sizeof(nanoseconds));
	return end(&block, out);
}

static bool is_ipv4(const uint8_t address[16])
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	return !memcmp(address, mapped, sizeof(mapped));
}

static void put_be16(uint8_t *at, uint16_t value)
{
	at[0] = value >> 8;
	at[1] = value & 0xff;
}

static void put_be32(uint8_t *at, uint32_t value)
{
	put_be16(at, value >> 16);
	put_be16(at + 2, value & 0xffff);
}

/* RFC 1071, over an even number of bytes. */
static uint32_t add_sum(uint32_t sum, const uint8_t *bytes, size_t length)
{
	for (size_t i = 0; i < length; i += 2)
		sum += bytes[i] << 8 | bytes[i + 1];
	return sum;
}

static uint16_t checksum(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum & 0xffff;
}

static void fill_tcp(uint8_t *tcp, const struct seen *seen, const struct packet *packet)
{
	const uint8_t *source = packet->is_outgoing ? seen->local : seen->peer;
	const uint8_t *target = packet->is_outgoing ? seen->peer : seen->local;
	size_t skipped = is_ipv4(source) ? 12 : 0;
	uint32_t length = TCP_BYTES + packet->payload, sum;

	put_be16(tcp, packet->is_outgoing ? seen->local_port : seen->peer_port);
	put_be16(tcp + 2, packet->is_outgoing ? seen->peer_port : seen->local_port);
	put_be32(tcp + 4, packet->seq);
	put_be32(tcp + 8, packet->flags & SEG_ACK ? packet->ack : 0);
	tcp[12] = TCP_BYTES / 4 << 4;
	tcp[13] = packet->flags;
	put_be16(tcp + 14, packet->window);
	/* Of data, which is not known, as if it were zeroes. */
	sum = IPPROTO_TCP + (length & 0xffff) + (length >> 16);
	sum = add_sum(sum, source + skipped, 16 - skipped);
	sum = add_sum(sum, target + skipped, 16 - skipped);
	put_be16(tcp + 16, checksum(add_sum(sum, tcp, TCP_BYTES)));
}

/* The headers in bytes[]; their length. */
static size_t fill_headers(uint8_t bytes[IPV6_BYTES + TCP_BYTES], const struct seen *seen, const struct packet *packet)
{
	const uint8_t *source = packet->is_outgoing ? seen->local : seen->peer;
	const uint8_t *target = packet->is_outgoing ? seen->peer : seen->local;
	uint16_t length = TCP_BYTES + packet->payload;

	memset(bytes, 0, IPV6_BYTES + TCP_BYTES);
	if (!is_ipv4(source)) {
		bytes[0] = 6 << 4;
		put_be16(bytes + 4, length);
		bytes[6] = IPPROTO_TCP;
		bytes[7] = packet->ttl;
		memcpy(bytes + 8, source, 16);
		memcpy(bytes + 24, target, 16);
		fill_tcp(bytes + IPV6_BYTES, seen, packet);
		return IPV6_BYTES + TCP_BYTES;
	}
	bytes[0] = 4 << 4 | IPV4_BYTES / 4;
	put_be16(bytes + 2, IPV4_BYTES + length);
	put_be16(bytes + 4, packet->ip_id);
	bytes[6] = 0x40; /* do not fragment */
	bytes[8] = packet->ttl;
	bytes[9] = IPPROTO_TCP;
	memcpy(bytes + 12, source + 12, 4);
	memcpy(bytes + 16, target + 12, 4);
	put_be16(bytes + 10, checksum(add_sum(0, bytes, IPV4_BYTES)));
	fill_tcp(bytes + IPV4_BYTES, seen, packet);
	return IPV4_BYTES + TCP_BYTES;
}

static int write_packet(FILE *out, const struct seen *seen, const struct packet *packet)
{
	uint8_t headers[IPV6_BYTES + TCP_BYTES];
	size_t length = fill_headers(headers, seen, packet);
	uint32_t flags = packet->is_outgoing ? OUTBOUND : INBOUND;
	struct block block;
	char comment[1200];
	int written;

	written = snprintf(comment, sizeof(comment), "%s %s (%s): %s%s%s%s%s", kind_name(seen->kind), seen->cause,
			   seen->certainty, seen->why, *seen->process ? "; " : "", seen->process,
			   packet->reconstructed ? "; this segment is reconstructed " : "; this segment was observed",
			   packet->reconstructed ? packet->reconstructed : "");
	if (written >= (int)sizeof(comment))
		written = sizeof(comment) - 1;
	begin(&block, BLOCK_PACKET);
	put_32(&block, 0); /* the interface */
	put_32(&block, (uint64_t)seen->time_ns >> 32);
	put_32(&block, (uint64_t)seen->time_ns & UINT32_MAX);
	put_32(&block, length);
	put_32(&block, length + packet->payload);
	put(&block, headers, length);
	put_option(&block, OPTION_COMMENT, comment, written);
	put_option(&block, OPTION_FLAGS, &flags, sizeof(flags));
	return end(&block, out);
}

static struct packet observed(const struct seen *seen)
{
	const struct ev_segment *segment = &seen->segment;

	return (struct packet){
		.is_outgoing = seen->is_outgoing,
		.flags = segment->flags,
		.seq = segment->seq,
		.ack = segment->ack,
		.payload = segment->payload > UINT16_MAX - IPV6_BYTES - TCP_BYTES ? 0 : segment->payload,
		.window = segment->window,
		.ip_id = segment->ip_id,
		.ttl = segment->ttl ? segment->ttl : TTL_OURS,
	};
}

/* RFC 9293 section 3.10.7.1: what a segment without a connection is answered with. */
static struct packet answer(const struct seen *seen)
{
	const struct ev_segment *segment = &seen->segment;
	uint32_t length = segment->payload + !!(segment->flags & SEG_SYN) + !!(segment->flags & SEG_FIN);
	struct packet packet = { .is_outgoing = true, .flags = SEG_RST, .ttl = TTL_OURS };

	packet.reconstructed = "as the answer to the one before it";
	if (segment->flags & SEG_ACK) {
		packet.seq = segment->ack;
	} else {
		packet.flags |= SEG_ACK;
		packet.ack = segment->seq + length;
	}
	return packet;
}

static const char *from_what(const struct seen *seen)
{
	return seen->has_numbers ? "from the socket's counters" : "without its sequence numbers, which were not kept";
}

static struct packet lone_reset(const struct seen *seen, bool is_outgoing)
{
	return (struct packet){
		.is_outgoing = is_outgoing,
		.flags = SEG_RST | SEG_ACK,
		.seq = is_outgoing ? seen->snd_nxt : seen->rcv_nxt,
		.ack = is_outgoing ? seen->rcv_nxt : seen->snd_una,
		.ttl = TTL_OURS,
		.reconstructed = from_what(seen),
	};
}

/* What was sent last and not answered. */
static struct packet unanswered(const struct seen *seen)
{
	bool is_connecting = !strcmp(seen->state, "SYN_SENT");
	bool is_request = !strcmp(seen->state, "SYN_RECV") || !strcmp(seen->state, "NEW_SYN_RECV");
	uint32_t payload = seen->unacked < seen->mss || !seen->mss ? seen->unacked : seen->mss;
	struct packet packet = {
		.is_outgoing = true,
		.flags = SEG_ACK | (seen->unacked ? SEG_PSH : 0),
		.seq = seen->snd_una,
		.ack = seen->rcv_nxt,
		.payload = payload > UINT16_MAX / 2 ? 0 : payload,
		/* Its scale is not known; what is not known must not look like a closed window. */
		.window = seen->has_numbers && seen->window < UINT16_MAX ? seen->window : UINT16_MAX,
		.ttl = TTL_OURS,
		.reconstructed = from_what(seen),
	};

	if (is_connecting || is_request) {
		packet.flags = SEG_SYN | (is_request ? SEG_ACK : 0);
		packet.payload = 0;
	} else if (!seen->unacked) {
		packet.seq--; /* a keepalive or window probe */
	}
	return packet;
}

int pcapng_seen(FILE *out, const struct seen *seen)
{
	bool is_answered = seen->has_segment && !seen->is_outgoing && seen->kind == KIND_RST_SENT;
	struct packet packet;
	int err;

	if (seen->has_segment)
		packet = observed(seen);
	else if (seen->kind == KIND_RST_SENT)
		packet = lone_reset(seen, true);
	else if (seen->kind == KIND_RST_RECEIVED || seen->kind == KIND_RST_IGNORED)
		packet = lone_reset(seen, false);
	else
		packet = unanswered(seen);
	err = write_packet(out, seen, &packet);
	if (err || !is_answered)
		return err;
	packet = answer(seen);
	return write_packet(out, seen, &packet);
}
