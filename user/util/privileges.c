/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Capabilities are given up as a set: one that was never there cannot be kept, and asking for it would keep all. */
#include "privileges.h"

#include <errno.h>
#include <sys/capability.h>
#include <sys/prctl.h>

static int keep(cap_t now, cap_t next, cap_value_t capability)
{
	cap_flag_value_t has = CAP_CLEAR;

	if (cap_get_flag(now, capability, CAP_PERMITTED, &has) || has == CAP_CLEAR)
		return 0;
	if (cap_set_flag(next, CAP_PERMITTED, 1, &capability, CAP_SET) ||
	    cap_set_flag(next, CAP_EFFECTIVE, 1, &capability, CAP_SET))
		return -errno;
	return 0;
}

int privileges_keep(const int *capabilities, size_t count)
{
	cap_t now = cap_get_proc(), next = cap_init();
	int err = now && next ? 0 : -ENOMEM;

	for (size_t i = 0; i < count && !err; i++)
		err = keep(now, next, capabilities[i]);
	if (!err && cap_set_proc(next))
		err = -errno;
	if (!err && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		err = -errno;
	cap_free(now);
	cap_free(next);
	return err;
}
