/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What waits: both ends of a connection find each other in either order, owners come late, nothing is lost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "explain/causes.h"
#include "hold.h"
#include "sample.h"

#define TOLD_MAX 2048

struct told {
	unsigned int count;
	struct report reports[TOLD_MAX];
	uint64_t sks[TOLD_MAX];
	uint64_t waiting; /* this one's owner is sought */
	int status;
};

static int tell(void *context, struct report *report)
{
	struct told *told = context;

	told->sks[told->count] = report->incident->evidence.sk;
	told->reports[told->count++] = *report;
	return told->status;
}

static bool waits(void *context, struct report *report)
{
	struct told *told = context;

	return report->incident->evidence.sk == told->waiting;
}

static void make(struct sample *sample, const char *slug, enum kind kind, uint64_t sk, uint64_t time_ns)
{
	sample_init(sample);
	memset(&sample->report.peer, 0, sizeof(sample->report.peer));
	sample->report.cause = cause_find(slug);
	sample->report.kind = kind;
	sample->incident.evidence.sk = sk;
	sample->incident.evidence.time_ns = time_ns;
}

/* Process 4711 closes it. */
static void close_socket(struct hold *hold, uint64_t sk, uint64_t opened_ns)
{
	const struct evidence closed = {
		.sk = sk,
		.conn.opened_ns = opened_ns,
		.task = { .pid = 4711, .comm = "worker" },
	};

	hold_owner(hold, &closed);
}

static void mirror(struct sample *sample)
{
	struct ev_tuple *tuple = &sample->incident.evidence.tuple, old = *tuple;

	memcpy(tuple->local, old.peer, sizeof(tuple->local));
	memcpy(tuple->peer, old.local, sizeof(tuple->peer));
	tuple->local_port = old.peer_port;
	tuple->peer_port = old.local_port;
	tuple->netns = old.netns + 1;
}

/* The two ends, `apart` nanoseconds apart, the sender first or not; the number of those that know of the other. */
static unsigned int pair(bool is_sender_first, uint64_t apart, bool is_mirrored, enum kind second_kind)
{
	static struct told told;
	struct hold *hold = hold_new(tell, waits, &told);
	struct sample sender, receiver;

	memset(&told, 0, sizeof(told));
	make(&sender, "close-unread", KIND_RST_SENT, 1, is_sender_first ? 5000 : 5000 + apart);
	make(&receiver, "reset-by-peer", second_kind, 2, is_sender_first ? 5000 + apart : 5000);
	if (is_mirrored)
		mirror(&receiver);
	assert_int_equal(hold_put(hold, is_sender_first ? &sender.report : &receiver.report), 0);
	assert_int_equal(hold_put(hold, is_sender_first ? &receiver.report : &sender.report), 0);
	assert_int_equal(hold_release(hold, UINT64_MAX), 0);
	assert_int_equal(told.count, 2);
	hold_free(hold);
	if (told.reports[0].peer.cause)
		assert_string_equal(told.reports[0].peer.cause->slug, told.reports[1].cause->slug);
	return !!told.reports[0].peer.cause + !!told.reports[1].peer.cause;
}

static void test_both_ends(void **state)
{
	(void)state;
	assert_int_equal(pair(true, 40000, true, KIND_RST_RECEIVED), 2);
	assert_int_equal(pair(false, 40000, true, KIND_RST_RECEIVED), 2);
}

static void test_strangers(void **state)
{
	(void)state;
	assert_int_equal(pair(true, 40000, false, KIND_RST_RECEIVED), 0);
	assert_int_equal(pair(true, 3000000000, true, KIND_RST_RECEIVED), 0);
	assert_int_equal(pair(true, 40000, true, KIND_RST_SENT), 0);
	assert_int_equal(pair(true, 40000, true, KIND_TIMEOUT), 0);
}

/* The later one still says who the other end was when that was told already. */
static void test_late_end(void **state)
{
	static struct told told;
	struct hold *hold = hold_new(tell, waits, &told);
	struct sample sender, receiver;

	(void)state;
	make(&sender, "close-unread", KIND_RST_SENT, 1, 5000);
	make(&receiver, "reset-by-peer", KIND_RST_RECEIVED, 2, 900000000);
	mirror(&receiver);
	assert_int_equal(hold_put(hold, &sender.report), 0);
	assert_int_equal(hold_release(hold, 6000), 0);
	assert_int_equal(told.count, 1);
	assert_int_equal(hold_put(hold, &receiver.report), 0);
	assert_int_equal(hold_release(hold, UINT64_MAX), 0);
	assert_null(told.reports[0].peer.cause);
	assert_string_equal(told.reports[1].peer.cause->slug, "close-unread");
	hold_free(hold);
}

static void test_time_and_order(void **state)
{
	static struct told told;
	struct hold *hold = hold_new(tell, waits, &told);
	struct sample sample;

	(void)state;
	for (uint64_t i = 1; i <= 1500; i++) { /* more than it holds */
		make(&sample, "close-unread", KIND_RST_SENT, i, i * 10);
		assert_int_equal(hold_put(hold, &sample.report), 0);
	}
	assert_true(told.count > 0 && told.count < 1500);
	assert_int_equal(hold_release(hold, 14000), 0);
	assert_int_equal(told.count, 1399);
	told.status = -32;
	assert_int_equal(hold_release(hold, UINT64_MAX), -32);
	assert_int_equal(told.count, 1400);
	told.status = 0;
	assert_int_equal(hold_release(hold, UINT64_MAX), 0);
	assert_int_equal(told.count, 1500);
	for (uint64_t i = 0; i < 1500; i++)
		assert_int_equal(told.sks[i], i + 1);
	hold_free(hold);
}

/* Each end names the other one's owner as it was found in the end, whichever is told first. */
static void test_owner_of_the_other_end(void **state)
{
	static struct told told;

	(void)state;
	for (unsigned int late = 1; late <= 2; late++) {
		struct hold *hold = hold_new(tell, waits, &told);
		struct sample ends[2];

		memset(&told, 0, sizeof(told));
		make(&ends[0], "close-unread", KIND_RST_SENT, 1, 5000);
		make(&ends[1], "reset-by-peer", KIND_RST_RECEIVED, 2, 5010);
		mirror(&ends[1]);
		for (unsigned int i = 0; i < 2; i++) {
			ends[i].report.owner.source = i + 1 == late ? OWNER_LISTENER : OWNER_CONNECT;
			assert_int_equal(hold_put(hold, &ends[i].report), 0);
		}
		told.waiting = late;
		assert_int_equal(hold_release(hold, 6000), 0);
		assert_int_equal(told.count, 0);
		told.waiting = 0;
		close_socket(hold, late, 0);
		assert_int_equal(hold_release(hold, 6000), 0);
		assert_int_equal(told.count, 2);
		assert_int_equal(told.reports[2 - late].peer.owner.pid, 4711);
		assert_int_not_equal(told.reports[late - 1].peer.owner.pid, 4711);
		hold_free(hold);
	}
}

/* What waits holds up what came after it, so that the order stays; but not the end. */
static void test_wait(void **state)
{
	static struct told told;
	struct hold *hold = hold_new(tell, waits, &told);
	struct sample sample;

	(void)state;
	for (uint64_t sk = 1; sk <= 4; sk++) {
		make(&sample, "reset-by-peer", KIND_RST_RECEIVED, sk, 5000);
		assert_int_equal(hold_put(hold, &sample.report), 0);
	}
	told.waiting = 2;
	assert_int_equal(hold_release(hold, 6000), 0);
	assert_int_equal(told.count, 1);
	told.waiting = 3;
	assert_int_equal(hold_release(hold, 6000), 0);
	assert_int_equal(told.count, 2);
	assert_int_equal(hold_release(hold, UINT64_MAX), 0);
	assert_int_equal(told.count, 4);
	hold_free(hold);
}

static void test_late_owner(void **state)
{
	static struct told told;
	struct hold *hold = hold_new(tell, waits, &told);
	struct sample sample;

	(void)state;
	for (uint64_t sk = 1; sk <= 2; sk++) {
		make(&sample, "reset-by-peer", KIND_RST_RECEIVED, sk, 5000);
		sample.report.owner.source = sk == 1 ? OWNER_LISTENER : OWNER_SYSCALL;
		assert_int_equal(hold_put(hold, &sample.report), 0);
		close_socket(hold, sk, 0);
	}
	close_socket(hold, 99, 0);
	make(&sample, "reset-by-peer", KIND_RST_RECEIVED, 3, 5000);
	sample.incident.evidence.conn.opened_ns = 1000;
	assert_int_equal(hold_put(hold, &sample.report), 0);
	close_socket(hold, 3, 4000); /* another one that has the address by now */
	assert_int_equal(hold_release(hold, UINT64_MAX), 0);
	assert_int_equal(told.reports[0].owner.pid, 4711);
	assert_int_equal(told.reports[0].owner.source, OWNER_SYSCALL);
	assert_int_not_equal(told.reports[1].owner.pid, 4711);
	assert_int_not_equal(told.reports[2].owner.pid, 4711);
	hold_free(hold);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_both_ends), cmocka_unit_test(test_strangers),
		cmocka_unit_test(test_late_end),  cmocka_unit_test(test_time_and_order),
		cmocka_unit_test(test_late_owner), cmocka_unit_test(test_wait),
		cmocka_unit_test(test_owner_of_the_other_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
