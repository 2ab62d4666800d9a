/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* See live_privileges.h. Where they cannot be dropped, a line on stderr says so. */
#include "live_privileges.h"

#include <errno.h>
#include <string.h>
#include <sys/capability.h>

#include "../util/log.h"

void drop_privileges(bool looks_into_processes)
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

int live_exit_status(int err)
{
	return err == -ENOENT || err == -ENOMEM || err == -ENOSPC || err == -EISDIR || err == -EROFS ? EXIT_FAILED :
												       EXIT_CANNOT;
}
