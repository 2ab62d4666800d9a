/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* All incidents at one end, by the connections that they are of. */
#ifndef RSTTRACE_CONNECTION_H
#define RSTTRACE_CONNECTION_H

#include "text.h"

enum connection_form { CONNECTION_TEXT, CONNECTION_JSON, CONNECTION_PCAPNG };

struct connection_wanted {
	struct endpoint_address end;
	struct period period;
	enum connection_form form;
	struct text_options text;
};

/* JSON is that of `rsttrace -o json`: a line for each. 0, or a negative errno with a sentence in message[size]. */
int connection_write(struct archive *archive, const struct connection_wanted *wanted, FILE *out, char *message,
		     size_t size);

#endif
