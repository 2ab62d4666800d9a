/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Lines on stderr: "rsttrace: ...". Only commands, cli and main speak; everything else returns errors. */
#ifndef RSTTRACE_LOG_H
#define RSTTRACE_LOG_H

void log_line(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Exit statuses (DESIGN.md section 4; 77 is the test harnesses' "cannot run here"). */
enum exit_status { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_CANNOT = 77 };

#endif
