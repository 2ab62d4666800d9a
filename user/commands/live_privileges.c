/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Everything is open and attached: what is left is reading maps. */
#include "live_privileges.h"

#include <string.h>
#include <sys/capability.h>

#include "../util/log.h"
#include "../util/privileges.h"

void live_drop_privileges(bool looks_into_processes)
{
	/* CAP_PERFMON and CAP_SYSLOG for what a module brings: functions to attach to, symbols to read. The others to
	 * read what files other users' processes run, wherever these are. */
	const int kept[] = { CAP_BPF, CAP_PERFMON, CAP_SYSLOG,
			     CAP_SYS_PTRACE, CAP_DAC_READ_SEARCH, CAP_CHECKPOINT_RESTORE };
	int err = privileges_keep(kept, looks_into_processes ? sizeof(kept) / sizeof(*kept) : 3);

	if (!err)
		err = sandbox_enter(SANDBOX_WATCH);
	if (err)
		log_line("cannot drop privileges: %s; going on with them", strerror(-err));
}
