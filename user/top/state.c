/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* See state.h. */
#include "state.h"

#include <limits.h>
#include <string.h>
#include <wchar.h>

#include "../explain/causes.h"

const struct key_row key_rows[] = {
	{ "Up Down k j", "the row or death above or below" },
	{ "PgUp PgDn", "a page; among deaths, of their evidence (Space and b, too)" },
	{ "Home End", "the first and the last; at the first, whatever comes there" },
	{ "Enter Right", "the last deaths of the row, with their evidence" },
	{ "Esc Left", "back; in the overview, all rows again without the filter" },
	{ "s S", "sort by the next or previous column" },
	{ "r", "the other way round" },
	{ "g", "rows by process and cause, by process, by program, by cause" },
	{ "/", "only what contains a text: a process's, cause's or kind's name" },
	{ "p", "pause: the screen stays, the counting goes on" },
	{ "z", "count from zero" },
	{ "Ctrl-L", "paint the screen again" },
	{ "? h F1", "this text; any key leads back" },
	{ "q Ctrl-C", "end" },
	{ NULL, NULL },
};

/* The index moved by that many, and kept below count. */
static unsigned int moved(unsigned int index, long by, unsigned int count)
{
	long to = (long)index + by;

	if (to < 0 || !count)
		return 0;
	return to >= (long)count ? count - 1 : (unsigned int)to;
}

static void select_row(struct state *state, const struct scene *scene, long by)
{
	unsigned int to = moved(scene->selected, by, scene->rows.count);

	state->has_selected = scene->rows.count > 0;
	if (state->has_selected)
		state->selected = scene->rows.rows[to].key;
}

static void select_death(struct state *state, const struct scene *scene, long by)
{
	unsigned int to = moved(scene->death, by, scene->deaths_count);

	if (scene->deaths_count)
		state->death = scene->serials[to];
	state->first_line = 0;
}

static void scroll(struct state *state, const struct scene *scene, int pages)
{
	unsigned int page = scene->lines_page > 1 ? scene->lines_page - 1 : 1;
	unsigned int most =
		scene->lines_count > scene->lines_page ? scene->lines_count - scene->lines_page : 0;

	state->first_line = moved(state->first_line, (long)pages * page, most + 1);
}

static void open_row(struct state *state, const struct scene *scene)
{
	if (!scene->rows.count)
		return;
	select_row(state, scene, 0);
	state->opened = state->selected;
	state->screen = SCREEN_DEATHS;
	state->death = 0;
	state->first_death = state->first_line = 0;
}

static enum action toggle_pause(struct state *state)
{
	state->is_paused = !state->is_paused;
	return ACTION_PAUSE;
}

/* Keys that do the same wherever they are typed. */
static bool is_common(struct state *state, const struct key *key, enum action *ret_action)
{
	bool is_character = key->code == KEYS_CHARACTER;

	*ret_action = ACTION_NONE;
	if (key->code == KEYS_HELP || (is_character && wcschr(L"?h", key->character)))
		state->is_help = true;
	else if (is_character && key->character == L'q')
		*ret_action = ACTION_QUIT;
	else if (is_character && key->character == L'p')
		*ret_action = toggle_pause(state);
	else if (is_character && key->character == L'z')
		*ret_action = ACTION_CLEAR;
	else if (is_character && key->character == L'\f')
		*ret_action = ACTION_REPAINT;
	else
		return false;
	return true;
}

static void regroup(struct state *state)
{
	state->grouping = (state->grouping + 1) % GROUP_MAX;
	state->selected.grouping = state->grouping;
}

static void rows_character(struct state *state, const struct scene *scene, wchar_t character)
{
	switch (character) {
	case L'k':
		select_row(state, scene, -1);
		break;
	case L'j':
		select_row(state, scene, 1);
		break;
	case L's':
		state->sort = (state->sort + 1) % SORT_MAX;
		break;
	case L'S':
		state->sort = (state->sort + SORT_MAX - 1) % SORT_MAX;
		break;
	case L'r':
		state->is_reversed = !state->is_reversed;
		break;
	case L'g':
		regroup(state);
		break;
	case L'/':
		state->is_typing = true;
		memcpy(state->old_filter, state->filter, sizeof(state->old_filter));
		break;
	}
}

static void rows_key(struct state *state, const struct scene *scene, const struct key *key)
{
	switch (key->code) {
	case KEYS_UP:
		select_row(state, scene, -1);
		break;
	case KEYS_DOWN:
		select_row(state, scene, 1);
		break;
	case KEYS_PAGE_UP:
		select_row(state, scene, -(long)scene->page);
		break;
	case KEYS_PAGE_DOWN:
		select_row(state, scene, scene->page);
		break;
	case KEYS_HOME:
		state->has_selected = false;
		break;
	case KEYS_END:
		select_row(state, scene, INT_MAX);
		break;
	case KEYS_ENTER:
	case KEYS_RIGHT:
		open_row(state, scene);
		break;
	case KEYS_ESCAPE:
		state->filter[0] = '\0';
		break;
	case KEYS_CHARACTER:
		rows_character(state, scene, key->character);
		break;
	case KEYS_NONE:
	case KEYS_LEFT:
	case KEYS_BACKSPACE:
	case KEYS_HELP:
	case KEYS_OTHER:
		break;
	}
}

static void deaths_character(struct state *state, const struct scene *scene, wchar_t character)
{
	if (character == L'k' || character == L'j')
		select_death(state, scene, character == L'j' ? 1 : -1);
	else if (character == L' ' || character == L'b')
		scroll(state, scene, character == L' ' ? 1 : -1);
}

static void deaths_key(struct state *state, const struct scene *scene, const struct key *key)
{
	switch (key->code) {
	case KEYS_UP:
		select_death(state, scene, -1);
		break;
	case KEYS_DOWN:
		select_death(state, scene, 1);
		break;
	case KEYS_PAGE_UP:
		scroll(state, scene, -1);
		break;
	case KEYS_PAGE_DOWN:
		scroll(state, scene, 1);
		break;
	case KEYS_HOME:
		state->death = 0;
		state->first_line = 0;
		break;
	case KEYS_END:
		select_death(state, scene, INT_MAX);
		break;
	case KEYS_ESCAPE:
	case KEYS_LEFT:
	case KEYS_BACKSPACE:
		state->screen = SCREEN_ROWS;
		break;
	case KEYS_CHARACTER:
		deaths_character(state, scene, key->character);
		break;
	case KEYS_NONE:
	case KEYS_RIGHT:
	case KEYS_ENTER:
	case KEYS_HELP:
	case KEYS_OTHER:
		break;
	}
}

static void erase_character(char *text)
{
	size_t length = strlen(text);

	while (length && (text[length - 1] & 0xc0) == 0x80)
		length--;
	text[length ? length - 1 : 0] = '\0';
}

static void type_character(char *text, wchar_t character)
{
	mbstate_t state = { 0 };
	char bytes[MB_LEN_MAX];
	size_t length = strlen(text), more;

	if (character < L' ' || character == 0x7f)
		return;
	more = wcrtomb(bytes, character, &state);
	if (more > MB_LEN_MAX || length + more >= FILTER_BYTES)
		return;
	memcpy(text + length, bytes, more);
	text[length + more] = '\0';
}

static void filter_key(struct state *state, const struct key *key)
{
	if (key->code == KEYS_ENTER) {
		state->is_typing = false;
	} else if (key->code == KEYS_ESCAPE) {
		state->is_typing = false;
		memcpy(state->filter, state->old_filter, sizeof(state->filter));
	} else if (key->code == KEYS_BACKSPACE) {
		erase_character(state->filter);
	} else if (key->code == KEYS_CHARACTER) {
		type_character(state->filter, key->character);
	}
}

enum action state_key(struct state *state, const struct scene *scene, const struct key *key)
{
	enum action action = ACTION_NONE;

	if (key->code == KEYS_NONE || key->code == KEYS_OTHER)
		return ACTION_NONE;
	if (state->is_typing)
		filter_key(state, key);
	else if (state->is_help)
		state->is_help = false;
	else if (is_common(state, key, &action))
		return action;
	else if (state->screen == SCREEN_DEATHS)
		deaths_key(state, scene, key);
	else
		rows_key(state, scene, key);
	return action;
}
