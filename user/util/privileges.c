/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* See privileges.h. */
#include "privileges.h"

#include <errno.h>
#include <string.h>

#include "log.h"

void privileges_keep(const cap_value_t *kept, int count)
{
	cap_t capabilities = cap_init();

	if (!capabilities)
		return;
	if (cap_set_flag(capabilities, CAP_PERMITTED, count, kept, CAP_SET) ||
	    cap_set_flag(capabilities, CAP_EFFECTIVE, count, kept, CAP_SET) || cap_set_proc(capabilities))
		log_line("cannot drop privileges: %s; going on with them", strerror(errno));
	cap_free(capabilities);
}
