/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The fields of outages that were survived, and of MPTCP's reset reason. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../../user/explain/getters.h"
#include "sample.h"

/* What an outage was, and what MPTCP says of a reset. */
static void test_outage(void **state)
{
	struct sample sample;
	struct field_value value;

	(void)state;
	sample_init(&sample);
	sample.incident.evidence.hook = HOOK_CONG_STATE;
	sample.incident.evidence.flags |= EV_DETAIL;
	sample.incident.evidence.time_ns = 5000000000;
	sample.incident.evidence.conn.first_retransmit_ns = 2000000000;
	sample.incident.evidence.detail.timeouts = 4;
	assert_true(phrase_outage(&sample.report, &value));
	assert_string_equal(value.string, "at most 3 s");
	sample.incident.evidence.detail.is_acked = 1;
	assert_true(phrase_outage(&sample.report, &value));
	assert_string_equal(value.string, "3 s");
	assert_true(phrase_outage_retransmits(&sample.report, &value));
	assert_string_equal(value.string, "4 retransmits");
	sample.incident.evidence.hook = HOOK_TCP_SEND_RESET;
	assert_false(phrase_outage(&sample.report, &value));
	sample.incident.evidence.sock.mptcp_reset = 1 + 6;
	assert_true(phrase_mptcp_reset(&sample.report, &value));
	assert_string_equal(value.string, "middlebox interference");
	sample.incident.evidence.sock.mptcp_reset = 1 + 7; /* unknown to RFC 8684 */
	assert_true(get_mptcp_reset(&sample.report, &value));
	assert_false(phrase_mptcp_reset(&sample.report, &value));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_outage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
