/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the terminal's description says, without a screen. Apart, because <term.h> takes half of all names. */
#include "terminal.h"

#include <errno.h>
#include <stdio.h>

#ifdef HAVE_NCURSESW

#include <curses.h>
#include <stdlib.h>
#include <term.h>
#include <unistd.h>

/* NULL: the terminal has no such thing. */
static const char *capability(const char *name)
{
	const char *text = tigetstr(name);

	return text == (const char *)-1 ? NULL : text;
}

int terminal_check(char *message, size_t size)
{
	const char *name = getenv("TERM");
	bool is_known, can;
	int err;

	is_known = setupterm(NULL, STDOUT_FILENO, &err) != ERR;
	can = is_known && capability("cup") && capability("clear");
	if (is_known)
		del_curterm(cur_term);
	if (can)
		return 0;
	snprintf(message, size,
		 "the terminal type \"%.32s\" (TERM) is not known here, or has no full screen",
		 name ? name : "");
	return -ENOTTY;
}

void terminal_rescue(void)
{
	/* plain characters, the terminal's own colours, keys as they were, a cursor, the screen from before */
	static const char *const names[] = { "sgr0", "op", "rmkx", "cnorm", "rmcup" };
	int err;

	if (setupterm(NULL, STDOUT_FILENO, &err) == ERR)
		return;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (capability(names[i]))
			putp(capability(names[i]));
	}
	fflush(stdout);
	del_curterm(cur_term);
}

#else

int terminal_check(char *message, size_t size)
{
	snprintf(
		message, size,
		"this build has no top: install ncursesw (Debian: libncurses-dev) and build it again");
	return -ENOSYS;
}

void terminal_rescue(void)
{
}

#endif
