/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The names of kinds, certainties and owner sources, as outputs and options spell them. They are part of JSON. */
#include "report.h"

static const char *const kind_names[KIND_MAX] = {
	[KIND_RST_SENT] = "rst-sent",
	[KIND_RST_RECEIVED] = "rst-received",
	[KIND_RST_IGNORED] = "rst-ignored",
	[KIND_TIMEOUT] = "timeout",
	[KIND_ERROR] = "error",
	[KIND_DROPPED] = "dropped",
	[KIND_RECOVERED] = "recovered",
};

static const char *const certainty_names[CERTAINTY_MAX] = {
	[CERTAINTY_CERTAIN] = "certain",
	[CERTAINTY_LIKELY] = "likely",
	[CERTAINTY_PARTIAL] = "partial",
	[CERTAINTY_UNKNOWN] = "unknown",
};

static const char *const owner_source_names[OWNER_MAX] = {
	[OWNER_UNKNOWN] = "unknown",   [OWNER_SYSCALL] = "syscall", [OWNER_CONNECT] = "connect",
	[OWNER_LISTENER] = "listener", [OWNER_FORMER] = "former",
};

/* A number may come from a recording made by a newer version: it is not an index until it was checked. */
static const char *name_of(const char *const *names, unsigned int count, unsigned int number)
{
	return number < count && names[number] ? names[number] : "unknown";
}

const char *kind_name(enum kind kind)
{
	return name_of(kind_names, KIND_MAX, (unsigned int)kind);
}

const char *certainty_name(enum certainty certainty)
{
	return name_of(certainty_names, CERTAINTY_MAX, (unsigned int)certainty);
}

const char *owner_source_name(enum owner_source source)
{
	return name_of(owner_source_names, OWNER_MAX, (unsigned int)source);
}
