/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The parser, made from the rows in cli_rows.c: no option or verb is named here. */
#include "cli.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <string.h>

#include "cli_private.h"
#include "util/log.h"
#include "util/text.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

#define WRONG_BYTES 64 /* of a wrong word are repeated to the user */
#define VERBS_MAX 32 /* bits in option_row.verbs */
#define LONG_OPTION 256 /* getopt's value for the first row: above every letter */
#define WORD 1 /* getopt's value for what is no option */

#define LIST_BYTES 80 /* names of verbs */

/* What getopt_long() reads, and what it must not forget until the verb is known. */
struct parser {
	struct option longs[OPTION_ROWS_MAX];
	char letters[2 * OPTION_ROWS_MAX + 3];
	uint64_t given; /* bit i: option_rows[i] */
	struct options *options;
	char *message;
	size_t size;
};

const struct verb_row *cli_verb(const char *name)
{
	const struct verb_row *row;

	for (row = verb_rows; row->name; row++) {
		if (!strcmp(row->name, name))
			return row;
	}
	return NULL;
}

/* Whether the option's value may be left out. Such a row has no letter. */
static bool is_optional(const struct option_row *row)
{
	return row->argument && *row->argument == '[';
}

static void parser_init(struct parser *parser)
{
	char *letter = parser->letters;
	bool takes_value;
	size_t i;

	/* '-': words come in their order and argv is not rearranged; ':': a missing value has its own code. */
	*letter++ = '-';
	*letter++ = ':';
	for (i = 0; option_rows[i].name; i++) {
		parser->longs[i].name = option_rows[i].name;
		takes_value = option_rows[i].argument;
		parser->longs[i].has_arg = is_optional(&option_rows[i]) ? optional_argument :
					   takes_value			? required_argument :
									  no_argument;
		parser->longs[i].val = LONG_OPTION + (int)i;
		if (!option_rows[i].letter)
			continue;
		*letter++ = option_rows[i].letter;
		if (takes_value)
			*letter++ = ':';
	}
	*letter = '\0';
}

/* The row of one of getopt's values, which must be an option's. */
static size_t row_of(int code)
{
	size_t i = 0;

	if (code >= LONG_OPTION)
		return (size_t)(code - LONG_OPTION);
	while (option_rows[i].name && option_rows[i].letter != code)
		i++;
	return i;
}

static int refuse_missing(const struct parser *parser, const struct option_row *row)
{
	return cli_refuse(parser->message, parser->size, "--%s needs a value: --%s %s", row->name,
			  row->name, row->argument);
}

/* An unknown or ambiguous --name[=value]. */
static int refuse_long(const struct parser *parser, const char *name)
{
	const char *names[OPTION_ROWS_MAX], *begun[OPTION_ROWS_MAX];
	size_t length = strcspn(name, "="), count = 0, begun_count = 0;
	char wrong[WRONG_BYTES];

	snprintf(wrong, sizeof(wrong), "%.*s", (int)length, name);
	for (; option_rows[count].name; count++) {
		names[count] = option_rows[count].name;
		if (length && !strncmp(names[count], name, length))
			begun[begun_count++] = names[count];
	}
	if (begun_count > 1)
		return cli_refuse(parser->message, parser->size,
				  "option \"--%s\" could be --%s or --%s: write more of it", wrong,
				  begun[0], begun[1]);
	return cli_refuse_name(parser->message, parser->size, "option", "--", wrong, names, count);
}

static int refuse_option(const struct parser *parser, int code, const char *word)
{
	char wrong[2] = { (char)optopt, '\0' };

	if (code == ':')
		return refuse_missing(parser, &option_rows[row_of(optopt)]);
	if (optopt >= LONG_OPTION)
		return cli_refuse(parser->message, parser->size, "--%s takes no value",
				  option_rows[row_of(optopt)].name);
	if (optopt)
		return cli_refuse_name(parser->message, parser->size, "option", "-", wrong, NULL,
				       0);
	return refuse_long(parser, word + strspn(word, "-"));
}

static int take_option(struct parser *parser, const struct option_row *row, const char *value)
{
	if (row->argument && !is_optional(row) && !*value)
		return refuse_missing(parser, row);
	parser->given |= 1ull << (row - option_rows);
	return row->set(parser->options, value, parser->message, parser->size);
}

/* The first word is the verb, the others are its arguments. */
static int take_word(struct parser *parser, const char *word)
{
	struct options *options = parser->options;
	const char *names[VERBS_MAX];
	const struct verb_row *row;
	size_t count = 0;

	if (options->verb) {
		if (options->arguments_count == ARRAY_SIZE(options->arguments))
			return cli_refuse(parser->message, parser->size, "too many arguments");
		options->arguments[options->arguments_count++] = word;
		return 0;
	}
	row = cli_verb(word);
	if (!row) {
		for (; verb_rows[count].name; count++)
			names[count] = verb_rows[count].name;
		return cli_refuse_name(parser->message, parser->size, "verb", "", word, names,
				       count);
	}
	options->verb = row->name;
	return 0;
}

/* Do the options and the arguments go with the verb? */
static int check_verb(const struct parser *parser, const struct verb_row *verb)
{
	const struct options *options = parser->options;
	unsigned int count = options->arguments_count;
	char verbs[LIST_BYTES];
	size_t i;

	for (i = 0; option_rows[i].name; i++) {
		if (!(parser->given >> i & 1) || option_rows[i].verbs & 1u << (verb - verb_rows))
			continue;
		cli_list_verbs(verbs, sizeof(verbs), option_rows[i].verbs);
		return cli_refuse(parser->message, parser->size,
				  "--%s makes no sense with %s, only with: %s", option_rows[i].name,
				  verb->name, verbs);
	}
	if (!verb->argument && count)
		return cli_refuse_value(parser->message, parser->size, "argument",
					options->arguments[0],
					"is one too many: the verb takes none");
	if (verb->argument && verb->argument[0] != '[' && !count)
		return cli_refuse(parser->message, parser->size,
				  "%s needs an argument: rsttrace %s %s", verb->name, verb->name,
				  verb->argument);
	if (count > 1 && !strstr(verb->argument, "..."))
		return cli_refuse_value(parser->message, parser->size, "argument",
					options->arguments[1],
					"is one too many: the verb takes one");
	return 0;
}

/* getopt takes it only behind '='; a number in the next word is meant, too. */
static const char *optional_value(const struct option_row *row, int argc, char *const argv[])
{
	if (!optarg && is_optional(row) && optind < argc && isdigit((unsigned char)*argv[optind]))
		return argv[optind++];
	return optarg;
}

/* One value, none, or two. */
static int take_values(struct parser *parser, const struct option_row *row, int argc, char *const argv[])
{
	int err = take_option(parser, row, optional_value(row, argc, argv));

	if (err || !row->argument || is_optional(row) || !strchr(row->argument, ' '))
		return err;
	if (optind >= argc)
		return refuse_missing(parser, row);
	return take_option(parser, row, argv[optind++]);
}

int cli_parse(int argc, char *const argv[], struct options *ret_options, char *message, size_t size)
{
	struct parser parser = { .options = ret_options, .message = message, .size = size };
	int code, err = 0;

	memset(ret_options, 0, sizeof(*ret_options));
	parser_init(&parser);
	optind = 0; /* glibc and musl: begin anew */
	opterr = 0;
	while (!err) {
		code = getopt_long(argc, argv, parser.letters, parser.longs, NULL);
		if (code == -1)
			break;
		if (code == WORD)
			err = take_word(&parser, optarg);
		else if (code == '?' || code == ':')
			err = refuse_option(&parser, code, argv[optind - 1]);
		else
			err = take_values(&parser, &option_rows[row_of(code)], argc, argv);
	}
	for (; !err && optind < argc; optind++)
		err = take_word(&parser, argv[optind]); /* what stands behind "--" */
	if (!ret_options->verb)
		ret_options->verb = verb_rows[0].name;
	if (!err && !ret_options->help && !ret_options->version)
		err = check_verb(&parser, cli_verb(ret_options->verb));
	if (!err)
		err = cli_check_together(ret_options, message, size);
	return err;
}
