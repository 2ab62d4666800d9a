/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Getters of what only segments that leave or are dropped have. */
#include <stdio.h>
#include <string.h>

#include "../util/text.h"
#include "causes.h"
#include "getters.h"

bool get_ordinary(const struct report *report, struct field_value *ret_value)
{
	return report->cause->is_quiet && value_integer(ret_value, true);
}

bool get_drop_reason(const struct report *report, struct field_value *ret_value)
{
	text_printable(ret_value->text, sizeof(ret_value->text), report->incident->drop, SYMBOL_BYTES);
	return value_string(ret_value, ret_value->text);
}

/* The function that dropped it: the first that is not the dropping itself. */
bool phrase_dropper(const struct report *report, struct field_value *ret_value)
{
	static const char *const dropping[] = { "kfree_skb", "__kfree_skb", "sk_skb_reason_drop", "tcp_drop" };
	const struct incident *incident = report->incident;

	for (unsigned int i = incident->first_frame; i < incident->end_frame; i++) {
		bool is_dropping = false;

		for (size_t j = 0; j < sizeof(dropping) / sizeof(*dropping); j++)
			is_dropping |= !strncmp(incident->frames[i], dropping[j], strlen(dropping[j]));
		if (is_dropping)
			continue;
		text_printable(ret_value->text, sizeof(ret_value->text), incident->frames[i], SYMBOL_BYTES);
		return value_string(ret_value, ret_value->text);
	}
	return false;
}
