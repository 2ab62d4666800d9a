/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the user has chosen to see, and how keys change that. A row or a death that is chosen stays so wherever it
 * moves to; as long as none is, the first one counts, whichever that is.
 */
#ifndef RSTTRACE_STATE_H
#define RSTTRACE_STATE_H

#include "rows.h"

#define FILTER_BYTES 64

enum key_code {
	KEYS_NONE, /* no key: a signal, or the terminal has another size */
	KEYS_CHARACTER,
	KEYS_UP,
	KEYS_DOWN,
	KEYS_LEFT,
	KEYS_RIGHT,
	KEYS_PAGE_UP,
	KEYS_PAGE_DOWN,
	KEYS_HOME,
	KEYS_END,
	KEYS_ENTER,
	KEYS_ESCAPE,
	KEYS_BACKSPACE,
	KEYS_HELP,
	KEYS_OTHER, /* means nothing to anybody */
};

struct key {
	enum key_code code;
	wchar_t character;
};

enum action {
	ACTION_NONE,
	ACTION_QUIT,
	ACTION_PAUSE, /* or go on: state->is_paused says which, already */
	ACTION_CLEAR, /* count from zero */
	ACTION_REPAINT,
};

enum screen_kind { SCREEN_ROWS, SCREEN_DEATHS };

struct state {
	enum screen_kind screen;
	bool is_help; /* lies over the screen */
	bool is_paused;
	bool is_typing; /* a filter */
	enum grouping grouping;
	enum sort sort;
	bool is_reversed;
	char filter[FILTER_BYTES]; /* UTF-8 */
	char old_filter[FILTER_BYTES]; /* to go back to from typing */
	struct row_key selected;
	bool has_selected;
	unsigned int first_row; /* on the screen */
	struct row_key opened; /* SCREEN_DEATHS: of this row */
	uint64_t death; /* serial; 0 = the newest */
	unsigned int first_death, first_line; /* on the screen, of the deaths and of the evidence */
};

/* What the keys move about in: as it was drawn last. */
struct scene {
	struct rows rows;
	unsigned int selected; /* index of a row */
	unsigned int page; /* rows that fit on the screen */
	unsigned int places
		[DEATHS_MAX]; /* of the deaths of the row that is open, in the model; newest first */
	uint64_t serials[DEATHS_MAX]; /* likewise */
	unsigned int deaths_count, deaths_page;
	unsigned int death; /* index of the one chosen */
	unsigned int lines_count, lines_page; /* of its evidence */
};

enum action state_key(struct state *state, const struct scene *scene, const struct key *key);

/* What the keys do, for the help. */
struct key_row {
	const char *keys, *meaning;
};
extern const struct key_row key_rows[]; /* ends with keys NULL */

#endif
