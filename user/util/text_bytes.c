/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Sizes as people write them. */
#include "text.h"

#include <errno.h>
#include <string.h>

int text_parse_bytes(const char *text, uint64_t *ret_bytes)
{
	static const char units[] = "KMGT";
	const size_t length = strspn(text, "0123456789");
	const char *unit = text[length] ? strchr(units, text[length]) : NULL;
	unsigned int shift = unit ? 10 * (unsigned int)(unit - units + 1) : 0;
	uint64_t number = 0;

	if (!length || (text[length] && (!unit || text[length + 1])))
		return -EINVAL;
	for (size_t i = 0; i < length; i++) {
		unsigned int digit = text[i] - '0';

		if (number > (UINT64_MAX - digit) / 10)
			return -ERANGE;
		number = number * 10 + digit;
	}
	if (number > UINT64_MAX >> shift)
		return -ERANGE;
	*ret_bytes = number << shift;
	return 0;
}
