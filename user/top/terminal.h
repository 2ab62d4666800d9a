/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The terminal: a canvas goes in, keys come out. terminal*.c is all that knows ncurses, and that it may be missing. */
#ifndef RSTTRACE_TERMINAL_H
#define RSTTRACE_TERMINAL_H

#include "canvas.h"
#include "state.h"

/* Behind the verb's help text: what this build lacks. */
#ifdef HAVE_NCURSESW
#define TERMINAL_HELP_NOTE ""
#else
#define TERMINAL_HELP_NOTE " (not in this build: it was made without ncursesw)"
#endif

struct terminal;

/* Whether the terminal can show a full screen: 0, or a negative errno with a sentence in message[size]. */
int terminal_check(char *message, size_t size);
/* Takes over the terminal on stdin and stdout. 0 or a negative errno. */
int terminal_open(struct terminal **ret_terminal);
/* Gives the canvas the terminal's size, and tells it what can be shown there. 0 or -ENOMEM. */
int terminal_fit(struct terminal *terminal, struct canvas *canvas);
void terminal_draw(struct terminal *terminal, const struct canvas *canvas);
/* The next key that waits; false: none does. */
bool terminal_key(struct terminal *terminal, struct key *ret_key);
/* All of it anew with the next picture: something else has written there. */
void terminal_repaint(struct terminal *terminal);
/* Gives the terminal back for a while; the next picture takes it again. */
void terminal_leave(struct terminal *terminal);
/* Gives it back for good. NULL is fine. */
void terminal_close(struct terminal *terminal);
/* Out of the full screen, for a process that has died in it. Its modes are the caller's to restore. */
void terminal_rescue(void);

#endif
