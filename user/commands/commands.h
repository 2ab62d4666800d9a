/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The verbs. Each file in this folder is one; each returns an exit status (util/log.h). */
#ifndef RSTTRACE_COMMANDS_H
#define RSTTRACE_COMMANDS_H

#include "../cli.h"

int command_live(const struct options *options);
int command_record(const struct options *options);
int command_export(const struct options *options);
int command_report(const struct options *options);
int command_replay(const struct options *options);
int command_hist(const struct options *options);
int command_top(const struct options *options);
int command_stalled(const struct options *options);
int command_explain(const struct options *options);
int command_doctor(const struct options *options);

#endif
