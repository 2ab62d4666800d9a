/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The capture: blocks that fit into each other, checksums that add up, comments that hostile names cannot break. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "../../user/explain/causes.h"
#include "../../user/sinks/sink.h"
#include "sample.h"

#define PACKET 6u
#define PACKETS_MAX 8
#define TTL_OURS 64

struct packet {
	uint8_t bytes[64];
	uint32_t length, original;
	char comment[2048];
};

struct capture {
	struct packet packets[PACKETS_MAX];
	unsigned int count;
};

static uint32_t get_32(const char *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	return value;
}

static uint16_t get_16(const char *at)
{
	uint16_t value;

	memcpy(&value, at, sizeof(value));
	return value;
}

static void take_packet(struct capture *capture, const char *block, uint32_t length)
{
	struct packet *packet = &capture->packets[capture->count++];
	uint32_t at = 28;

	assert_true(capture->count <= PACKETS_MAX);
	packet->length = get_32(block + 20);
	packet->original = get_32(block + 24);
	assert_in_range(packet->length, 40, sizeof(packet->bytes));
	memcpy(packet->bytes, block + at, packet->length);
	at += (packet->length + 3) & ~3u;
	assert_int_equal(get_16(block + at), 1); /* opt_comment */
	assert_in_range(get_16(block + at + 2), 1, sizeof(packet->comment) - 1);
	memcpy(packet->comment, block + at + 4, get_16(block + at + 2));
	at += 4 + ((get_16(block + at + 2) + 3) & ~3u);
	assert_int_equal(get_16(block + at), 2); /* epb_flags */
	assert_int_equal(get_32(block + at + 8), 0); /* the end of options */
	assert_int_equal(at + 16, length);
}

static struct capture captured(const struct sample *sample)
{
	const struct sink_options options = { 0 };
	const struct sink *sink = sink_find("pcapng");
	struct capture capture = { 0 };
	char *bytes = NULL;
	size_t size, at = 0;
	FILE *out = open_memstream(&bytes, &size);

	assert_ptr_equal(sink->open(out, &options), out);
	assert_int_equal(sink->report(out, &sample->report), 0);
	sink->close(out);
	fclose(out);
	assert_int_equal(get_32(bytes), 0x0a0d0d0a);
	for (uint32_t length; at < size; at += length) {
		length = get_32(bytes + at + 4);
		assert_in_range(length, 12, size - at);
		assert_int_equal(length % 4, 0);
		assert_int_equal(get_32(bytes + at + length - 4), length);
		if (get_32(bytes + at) == PACKET)
			take_packet(&capture, bytes + at, length);
	}
	assert_int_equal(at, size);
	free(bytes);
	return capture;
}

static uint16_t sum(uint32_t start, const uint8_t *bytes, size_t length)
{
	for (size_t i = 0; i < length; i += 2)
		start += bytes[i] << 8 | bytes[i + 1];
	while (start >> 16)
		start = (start & 0xffff) + (start >> 16);
	return start;
}

/* A right checksum makes the sum all ones. */
static void assert_sums(const struct packet *packet)
{
	bool is_ipv4 = packet->bytes[0] >> 4 == 4;
	const uint8_t *tcp = packet->bytes + (is_ipv4 ? 20 : 40);
	uint32_t tcp_bytes = packet->original - (is_ipv4 ? 20 : 40);
	uint32_t start = sum(6 + tcp_bytes, packet->bytes + (is_ipv4 ? 12 : 8), is_ipv4 ? 8 : 32);

	if (is_ipv4)
		assert_int_equal(sum(0, packet->bytes, 20), 0xffff);
	assert_int_equal(sum(start, tcp, 20), 0xffff);
}

static void test_reset_of_a_socket(void **state)
{
	struct sample sample;
	struct capture capture;

	(void)state;
	sample_init(&sample);
	sample.incident.evidence.flags &= ~EV_SEGMENT;
	capture = captured(&sample);
	assert_int_equal(capture.count, 1);
	assert_sums(&capture.packets[0]);
	assert_int_equal(capture.packets[0].bytes[20 + 13], SEG_RST | SEG_ACK);
	assert_int_equal(capture.packets[0].bytes[8], TTL_OURS);
	assert_non_null(strstr(capture.packets[0].comment, "rst-sent close-unread (partial): "));
	assert_non_null(strstr(capture.packets[0].comment, "nginx[2211]"));
	assert_non_null(strstr(capture.packets[0].comment, "reconstructed from the socket's counters"));
}

static void test_answer(void **state)
{
	struct sample sample;
	struct capture capture;
	struct ev_segment *segment = &sample.incident.evidence.segment;

	(void)state;
	sample_init(&sample);
	sample.incident.evidence.flags |= EV_SEGMENT;
	*segment = (struct ev_segment){ .seq = 0xfffffff0, .flags = SEG_SYN, .payload = 100, .ttl = 57, .ip_id = 9 };
	capture = captured(&sample);
	assert_int_equal(capture.count, 2);
	assert_sums(&capture.packets[0]);
	assert_sums(&capture.packets[1]);
	assert_int_equal(capture.packets[0].original, 40 + 100);
	assert_int_equal(capture.packets[0].bytes[8], 57);
	assert_non_null(strstr(capture.packets[0].comment, "was observed"));
	/* what comes in by one pair of ends goes out by the other */
	assert_memory_equal(capture.packets[0].bytes + 12, capture.packets[1].bytes + 16, 4);
	assert_memory_equal(capture.packets[0].bytes + 20, capture.packets[1].bytes + 22, 2);
	assert_int_equal(capture.packets[1].bytes[20 + 13], SEG_RST | SEG_ACK);
	/* acknowledges the SYN and its data: 0xfffffff0 + 101 */
	assert_memory_equal(capture.packets[1].bytes + 20 + 8, ((uint8_t[]){ 0, 0, 0, 0x55 }), 4);
}

static void test_others(void **state)
{
	static void (*const samples[])(struct sample *) = {
		sample_init, sample_listener, sample_bare, sample_ipv6, sample_hostile,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(samples) / sizeof(*samples); i++) {
		for (enum kind kind = 0; kind < KIND_MAX; kind++) {
			struct sample sample;
			struct capture capture;

			samples[i](&sample);
			sample.report.kind = kind;
			capture = captured(&sample);
			for (unsigned int k = 0; k < capture.count; k++) {
				assert_sums(&capture.packets[k]);
				for (const char *at = capture.packets[k].comment; *at; at++)
					assert_true((unsigned char)*at >= ' ' && *at != 0x7f);
			}
		}
	}
}

/* A sentence of any length, of which not one more fits. */
static void test_long(void **state)
{
	struct sample sample;
	struct capture capture;

	(void)state;
	sample_hostile(&sample);
	memset(sample.report.why, 'w', sizeof(sample.report.why) - 1);
	capture = captured(&sample);
	assert_non_null(strstr(capture.packets[0].comment, "wwww"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reset_of_a_socket),
		cmocka_unit_test(test_answer),
		cmocka_unit_test(test_others),
		cmocka_unit_test(test_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
