/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Handshakes and segments dropped before anyone saw them. causes.h says what a row holds. */
#include <errno.h>
#include <stddef.h>

#include "causes.h"

static const struct cause rows[] = {
};

const struct cause_table causes_dropped = { rows, sizeof(rows) / sizeof(rows[0]) };
