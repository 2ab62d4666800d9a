/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * See terminal.h. Text and selection have the terminal's own colours; those of the kinds of death can be read on black
 * and on white, at least 3.5:1 on both, where the terminal has 256. Nothing is told by colour alone.
 */
#include "terminal.h"

#include <errno.h>

#ifdef HAVE_NCURSESW

#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define ESCAPE_DELAY_MS 50 /* an Esc that nothing follows for so long is the key */
#define SIDE_MAX 1000 /* rows or columns: a terminal that says more is mistaken */

struct terminal {
	SCREEN *screen;
	bool has_colours;
	bool is_taken; /* in our modes */
};

/* By kind: of 256 colours, of 8. */
static const short kind_colours[KIND_MAX][2] = {
	[KIND_RST_SENT] = { 166, COLOR_YELLOW }, [KIND_RST_RECEIVED] = { 161, COLOR_RED },
	[KIND_RST_IGNORED] = { 31, COLOR_CYAN }, [KIND_TIMEOUT] = { 134, COLOR_MAGENTA },
	[KIND_ERROR] = { 160, COLOR_RED },	 [KIND_DROPPED] = { 32, COLOR_CYAN },
	[KIND_RECOVERED] = { 28, COLOR_GREEN },	 [KIND_STALLED] = { 130, COLOR_YELLOW },
};

static bool start_colours(void)
{
	if (getenv("NO_COLOR") || !has_colors() || start_color() == ERR ||
	    use_default_colors() == ERR)
		return false;
	for (int kind = 0; kind < KIND_MAX; kind++)
		init_pair((short)(kind + 1), kind_colours[kind][COLORS < 256], -1);
	return true;
}

int terminal_open(struct terminal **ret_terminal)
{
	struct terminal *terminal = calloc(1, sizeof(*terminal));

	if (!terminal)
		return -ENOMEM;
	setlocale(LC_CTYPE, "");
	set_escdelay(ESCAPE_DELAY_MS);
	terminal->screen = newterm(NULL, stdout, stdin);
	if (!terminal->screen) {
		free(terminal);
		return -ENOTTY;
	}
	cbreak();
	noecho();
	nonl();
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	curs_set(0);
	terminal->has_colours = start_colours();
	terminal->is_taken = true;
	*ret_terminal = terminal;
	return 0;
}

int terminal_fit(struct terminal *terminal, struct canvas *canvas)
{
	int rows = LINES, columns = COLS;
	struct winsize window;

	(void)terminal;
	/* Not what LINES and COLUMNS in the environment say. */
	if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) && window.ws_row && window.ws_col) {
		rows = window.ws_row < SIDE_MAX ? window.ws_row : SIDE_MAX;
		columns = window.ws_col < SIDE_MAX ? window.ws_col : SIDE_MAX;
	}
	/* All anew: what the terminal did to what stood there is its own affair. */
	if (is_term_resized(rows, columns)) {
		resizeterm(rows, columns);
		clearok(curscr, TRUE);
	}
	canvas->is_ascii = strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
	return canvas_resize(canvas, (unsigned int)LINES, (unsigned int)COLS);
}

static void put_cell(const struct terminal *terminal, const struct cell *cell, int row, int column)
{
	unsigned int kind = cell->style >> STYLE_KIND_SHIFT;
	const wchar_t text[2] = { cell->character };
	attr_t attributes = A_NORMAL;
	cchar_t character;

	attributes |= cell->style & STYLE_BOLD ? A_BOLD : 0;
	attributes |= cell->style & STYLE_DIM ? A_DIM : 0;
	attributes |= cell->style & STYLE_REVERSE ? A_REVERSE : 0;
	setcchar(&character, text, attributes, (short)(terminal->has_colours ? kind : 0), NULL);
	mvadd_wch(row, column, &character);
}

void terminal_draw(struct terminal *terminal, const struct canvas *canvas)
{
	terminal->is_taken = true;
	erase();
	for (unsigned int row = 0; row < canvas->rows; row++) {
		for (unsigned int column = 0; column < canvas->columns; column++) {
			const struct cell *cell =
				&canvas->cells[(size_t)row * canvas->columns + column];

			if (cell->character)
				put_cell(terminal, cell, (int)row, (int)column);
		}
	}
	refresh();
}

static enum key_code code_of(wint_t number)
{
	static const struct {
		wint_t number;
		enum key_code code;
	} codes[] = {
		{ KEY_UP, KEYS_UP },
		{ KEY_DOWN, KEYS_DOWN },
		{ KEY_LEFT, KEYS_LEFT },
		{ KEY_RIGHT, KEYS_RIGHT },
		{ KEY_PPAGE, KEYS_PAGE_UP },
		{ KEY_NPAGE, KEYS_PAGE_DOWN },
		{ KEY_HOME, KEYS_HOME },
		{ KEY_END, KEYS_END },
		{ KEY_ENTER, KEYS_ENTER },
		{ KEY_F(1), KEYS_HELP },
		{ KEY_BACKSPACE, KEYS_BACKSPACE },
		{ KEY_RESIZE, KEYS_NONE },
	};

	for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++) {
		if (codes[i].number == number)
			return codes[i].code;
	}
	return KEYS_OTHER;
}

static enum key_code code_of_character(wint_t character)
{
	switch (character) {
	case L'\r':
	case L'\n':
		return KEYS_ENTER;
	case 0x1b:
		return KEYS_ESCAPE;
	case 0x08:
	case 0x7f:
		return KEYS_BACKSPACE;
	case 0:
		return KEYS_OTHER;
	}
	return KEYS_CHARACTER;
}

bool terminal_key(struct terminal *terminal, struct key *ret_key)
{
	wint_t number = 0;
	int kind = get_wch(&number);

	(void)terminal;
	if (kind == ERR)
		return false;
	ret_key->character = (wchar_t)number;
	ret_key->code = kind == KEY_CODE_YES ? code_of(number) : code_of_character(number);
	return true;
}

void terminal_repaint(struct terminal *terminal)
{
	(void)terminal;
	clearok(curscr, TRUE);
}

void terminal_leave(struct terminal *terminal)
{
	if (terminal->is_taken)
		endwin();
	terminal->is_taken = false;
}

void terminal_close(struct terminal *terminal)
{
	if (!terminal)
		return;
	terminal_leave(terminal);
	delscreen(terminal->screen);
	free(terminal);
}

#else

int terminal_open(struct terminal **ret_terminal)
{
	(void)ret_terminal;
	return -ENOSYS;
}

int terminal_fit(struct terminal *terminal, struct canvas *canvas)
{
	(void)terminal;
	(void)canvas;
	return 0;
}

void terminal_draw(struct terminal *terminal, const struct canvas *canvas)
{
	(void)terminal;
	(void)canvas;
}

bool terminal_key(struct terminal *terminal, struct key *ret_key)
{
	(void)terminal;
	(void)ret_key;
	return false;
}

void terminal_repaint(struct terminal *terminal)
{
	(void)terminal;
}

void terminal_leave(struct terminal *terminal)
{
	(void)terminal;
}

void terminal_close(struct terminal *terminal)
{
	(void)terminal;
}

#endif
