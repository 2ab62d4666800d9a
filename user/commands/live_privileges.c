/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Everything is open and attached: what is left is reading maps. */
#include "live_privileges.h"

#include <errno.h>
#include <string.h>
#include <sys/capability.h>

#include "../util/log.h"

void live_drop_privileges(bool looks_into_processes)
{
	/* CAP_PERFMON and CAP_SYSLOG for what a module brings: functions to attach to, symbols to read. The others to
	 * read what files other users' processes run, wherever these are. */
	const cap_value_t kept[] = { CAP_BPF, CAP_PERFMON, CAP_SYSLOG,
				     CAP_SYS_PTRACE, CAP_DAC_READ_SEARCH, CAP_CHECKPOINT_RESTORE };
	const int count = looks_into_processes ? sizeof(kept) / sizeof(*kept) : 3;
	cap_t capabilities = cap_init();

	if (!capabilities)
		return;
	if (cap_set_flag(capabilities, CAP_PERMITTED, count, kept, CAP_SET) ||
	    cap_set_flag(capabilities, CAP_EFFECTIVE, count, kept, CAP_SET) || cap_set_proc(capabilities))
		log_line("cannot drop privileges: %s; going on with them", strerror(errno));
	cap_free(capabilities);
}
