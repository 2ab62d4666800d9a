/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Prints the completion of a shell: bash, zsh or fish. What is completed comes from the rows of the command line and
 * from the tables of causes, kinds, outputs and keys, so that an installed rsttrace and its completion agree.
 */
#include <stdio.h>
#include <string.h>

#include "../user/cli.h"
#include "../user/explain/causes.h"
#include "../user/report/keys.h"
#include "../user/sinks/sink.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

/* What a value is chosen from. */
enum choice { CAUSES, KINDS, OUTPUTS, TIERS, KEYS, NETNS, FILES, DIRECTORIES, ANYTHING };

static const char *const choice_names[] = {
	[CAUSES] = "causes", [KINDS] = "kinds", [OUTPUTS] = "outputs", [TIERS] = "tiers",
	[KEYS] = "keys",     [NETNS] = "netns", [FILES] = "files",     [DIRECTORIES] = "directories",
};

/* By the placeholder in --help; any other is a number, a time or a name that nobody can guess. */
static const struct {
	const char *placeholder;
	enum choice choice;
} placeholders[] = {
	{ "SLUG,...", CAUSES }, { "[CAUSE...]", CAUSES }, { "KIND,...", KINDS }, { "NAME[=FILE]", OUTPUTS },
	{ "TIER", TIERS },      { "KEY,...", KEYS },	    { "NAME", NETNS },     { "FILE", FILES },
	{ "[FILE]", FILES },    { "PATH", DIRECTORIES },
};

static enum choice choice_of(const char *placeholder)
{
	for (unsigned int i = 0; placeholder && i < ARRAY_SIZE(placeholders); i++) {
		if (!strcmp(placeholder, placeholders[i].placeholder))
			return placeholders[i].choice;
	}
	return ANYTHING;
}

static const char *word_at(enum choice choice, unsigned int i)
{
	switch (choice) {
	case CAUSES:
		return i < causes_count() ? causes_at(i)->slug : i == causes_count() ? cause_unknown.slug : NULL;
	case KINDS:
		return i < KIND_STALLED ? kind_name((enum kind)i) : NULL;
	case OUTPUTS:
		return sinks[i] ? sinks[i]->name : NULL;
	case TIERS:
		return i < TIER_MAX ? tier_names[i] : NULL;
	case KEYS:
		return i < keys_count ? keys[i].name : NULL;
	default:
		return NULL;
	}
}

static void words(enum choice choice)
{
	const char *word;

	for (unsigned int i = 0; (word = word_at(choice, i)); i++)
		printf("%s%s", i ? " " : "", word);
}

static void verb_names(void)
{
	for (unsigned int i = 0; verb_rows[i].name; i++)
		printf("%s%s", i ? " " : "", verb_rows[i].name);
}

/* Inside single quotes; what zsh takes for its own there has a backslash before it. */
static void quoted(const char *text, const char *special)
{
	for (; *text; text++) {
		if (*text == '\'')
			fputs("'\\''", stdout);
		else
			printf("%s%c", strchr(special, *text) ? "\\" : "", *text);
	}
}

static void head(const char *first)
{
	printf("%s# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause\n", first);
	puts("# Made by tools/gen-completion from the program's own tables.");
}

/* --- bash --- */

/* A pattern of the options whose values are chosen from that; false: there are none. */
static bool bash_pattern(enum choice choice)
{
	bool is_first = true;

	for (const struct option_row *row = option_rows; row->name; row++) {
		if (!row->argument || *row->argument == '[' || choice_of(row->argument) != choice)
			continue;
		printf("%s--%s", is_first ? "\t" : " | ", row->name);
		if (row->letter)
			printf(" | -%c", row->letter);
		is_first = false;
	}
	if (!is_first)
		puts(")");
	return !is_first;
}

static void bash_values(void)
{
	for (enum choice choice = 0; choice <= ANYTHING; choice++) {
		if (!bash_pattern(choice))
			continue;
		if (choice != ANYTHING)
			printf("\t\t_rsttrace_values %s\n", choice_names[choice]);
		puts("\t\treturn\n\t\t;;");
	}
}

static void bash_verbs(void)
{
	for (unsigned int i = 0; verb_rows[i].name; i++) {
		printf("\t%s)\n\t\tof_verb=%s\n\t\toptions='", verb_rows[i].name,
		       verb_rows[i].argument && choice_of(verb_rows[i].argument) != ANYTHING ?
			       choice_names[choice_of(verb_rows[i].argument)] :
			       "''");
		for (const struct option_row *row = option_rows; row->name; row++) {
			if (row->verbs & 1u << i)
				printf("--%s ", row->name);
		}
		puts("'\n\t\t;;");
	}
}

static void bash(void)
{
	head("");
	puts("\n_rsttrace_values()\n{\n\tlocal list\n\tcase $1 in");
	for (enum choice choice = 0; choice < NETNS; choice++) {
		printf("\t%s) list='", choice_names[choice]);
		words(choice);
		puts("' ;;");
	}
	puts("\tnetns) list=$(command ls /run/netns 2>/dev/null) ;;\n"
	     "\tfiles) _filedir; return ;;\n"
	     "\tdirectories) _filedir -d; return ;;\n"
	     "\tesac\n"
	     "\tif [[ $1 == outputs && $cur == *=* ]]; then\n"
	     "\t\tlocal name=${cur%%=*}\n"
	     "\t\tcur=${cur#*=}\n"
	     "\t\t_filedir\n"
	     "\t\t[[ $COMP_WORDBREAKS == *=* ]] || COMPREPLY=(\"${COMPREPLY[@]/#/$name=}\")\n"
	     "\t\treturn\n"
	     "\tfi\n"
	     "\t# Of a list with commas the last one is being written.\n"
	     "\tlocal before=${cur%\"${cur##*,}\"}\n"
	     "\tmapfile -t COMPREPLY < <(compgen -P \"$before\" -W \"$list\" -- \"${cur##*,}\")\n"
	     "}\n\n"
	     "_rsttrace()\n{\n"
	     "\tlocal cur prev words cword split verb=live of_verb='' options='' word is_named=\n"
	     "\t_init_completion -s || return\n"
	     "\tcase $prev in");
	bash_values();
	fputs("\tesac\n\tfor word in \"${words[@]:1:cword-1}\"; do\n\t\tcase $word in\n\t\t", stdout);
	for (unsigned int i = 0; verb_rows[i].name; i++)
		printf("%s%s", i ? " | " : "", verb_rows[i].name);
	puts(") verb=$word is_named=1 && break ;;\n\t\tesac\n\tdone\n\tcase $verb in");
	bash_verbs();
	fputs("\tesac\n\tif [[ $cur == -* ]]; then\n"
	      "\t\tmapfile -t COMPREPLY < <(compgen -W \"$options\" -- \"$cur\")\n"
	      "\telif [[ ! $is_named ]]; then\n\t\tmapfile -t COMPREPLY < <(compgen -W '",
	      stdout);
	verb_names();
	puts("' -- \"$cur\")\n\telif [[ $of_verb ]]; then\n\t\t_rsttrace_values \"$of_verb\"\n\tfi\n}\n\n"
	     "complete -F _rsttrace rsttrace");
}

/* --- zsh --- */

static void zsh_action(enum choice choice)
{
	static const char *const actions[] = {
		[NETNS] = "_files -W /run/netns", [FILES] = "_files", [DIRECTORIES] = "_files -/", [ANYTHING] = "",
	};

	if (choice == OUTPUTS)
		fputs("_rsttrace_outputs", stdout);
	else if (choice < NETNS)
		printf("_sequence compadd - $%s", choice_names[choice]);
	else
		fputs(actions[choice], stdout);
}

static void zsh_option(const struct option_row *row)
{
	const char *takes = !row->argument ? "" : *row->argument == '[' ? "=-" : "=";

	fputs("\t\t\t'", stdout);
	if (row->letter)
		printf("(-%c --%s)'{-%c%s,--%s%s}'", row->letter, row->name, row->letter, row->argument ? "+" : "",
		       row->name, takes);
	else
		printf("--%s%s", row->name, takes);
	fputs("[", stdout);
	quoted(row->help, "[]:\\");
	fputs("]", stdout);
	if (row->argument) {
		fputs(*row->argument == '[' ? "::" : ":", stdout);
		quoted(row->argument, "[]:\\");
		fputs(":", stdout);
		zsh_action(choice_of(row->argument));
	}
	puts("'");
}

static void zsh_verb(unsigned int i)
{
	printf("\t%s)\n\t\targuments=(\n", verb_rows[i].name);
	for (const struct option_row *row = option_rows; row->name; row++) {
		if (row->verbs & 1u << i)
			zsh_option(row);
	}
	if (verb_rows[i].argument && choice_of(verb_rows[i].argument) == CAUSES)
		puts("\t\t\t'*:cause:compadd - $causes'");
	else if (verb_rows[i].argument)
		puts("\t\t\t'2:file:_files'");
	puts("\t\t)\n\t\t;;");
}

static void zsh(void)
{
	head("#compdef rsttrace\n");
	puts("\n_rsttrace_outputs() {\n"
	     "\tif compset -P '*='; then\n\t\t_files\n\telse\n\t\tcompadd -S '' - $outputs\n\tfi\n}\n\n"
	     "_rsttrace() {\n\tlocal verb=live word\n\tlocal -a verbs names arguments causes kinds outputs tiers keys");
	for (enum choice choice = 0; choice < NETNS; choice++) {
		printf("\t%s=(", choice_names[choice]);
		words(choice);
		puts(")");
	}
	fputs("\tnames=(", stdout);
	verb_names();
	puts(")\n\tverbs=(");
	for (unsigned int i = 0; verb_rows[i].name; i++) {
		printf("\t\t'%s:", verb_rows[i].name);
		quoted(verb_rows[i].help, "");
		puts("'");
	}
	puts("\t)\n\tfor word in ${words[2,CURRENT-1]}; do\n"
	     "\t\t(( ${names[(Ie)$word]} )) && verb=$word && break\n\tdone\n\tcase $verb in");
	for (unsigned int i = 0; verb_rows[i].name; i++)
		zsh_verb(i);
	puts("\tesac\n\t_arguments -s -S : '1:verb:{_describe verb verbs}' $arguments\n}\n\n_rsttrace \"$@\"");
}

/* --- fish --- */

static void fish_values(enum choice choice)
{
	if (choice == FILES)
		fputs(" -rF", stdout);
	else if (choice == DIRECTORIES)
		fputs(" -xa '(__fish_complete_directories)'", stdout);
	else if (choice == NETNS)
		fputs(" -xa '(command ls /run/netns 2>/dev/null)'", stdout);
	else if (choice == ANYTHING)
		fputs(" -x", stdout);
	else
		printf(" -xa '(__fish_complete_list , __rsttrace_%s)'", choice_names[choice]);
}

static void fish_option(const struct option_row *row)
{
	fputs("complete -c rsttrace -n '__rsttrace_verb", stdout);
	for (unsigned int i = 0; verb_rows[i].name; i++) {
		if (row->verbs & 1u << i)
			printf(" %s", verb_rows[i].name);
	}
	printf("' -l %s", row->name);
	if (row->letter)
		printf(" -s %c", row->letter);
	if (row->argument && *row->argument != '[')
		fish_values(choice_of(row->argument));
	fputs(" -d '", stdout);
	quoted(row->help, "\\");
	puts("'");
}

static void fish_verb(const struct verb_row *verb)
{
	printf("complete -c rsttrace -n __rsttrace_has_no_verb -a %s -d '", verb->name);
	quoted(verb->help, "\\");
	puts("'");
	if (!verb->argument)
		return;
	printf("complete -c rsttrace -n '__rsttrace_named %s' ", verb->name);
	puts(choice_of(verb->argument) == CAUSES ? "-a '(__rsttrace_causes)'" : "-F");
}

static void fish(void)
{
	head("");
	for (enum choice choice = 0; choice < NETNS; choice++) {
		printf("\nfunction __rsttrace_%s\n\tstring split ' ' '", choice_names[choice]);
		words(choice);
		puts("'\nend");
	}
	fputs("\n# The verb on the command line, or nothing.\nfunction __rsttrace_given\n"
	      "\tfor word in (commandline -opc)[2..]\n\t\tcontains -- $word ",
	      stdout);
	verb_names();
	puts("; and echo $word; and return\n\tend\nend\n\n"
	     "function __rsttrace_has_no_verb\n\ttest -z (__rsttrace_given)\"\"\nend\n\n"
	     "function __rsttrace_named\n\tcontains -- (__rsttrace_given)\"\" $argv\nend\n\n"
	     "# One of these verbs; live, where none is given.\nfunction __rsttrace_verb\n"
	     "\tset -l verb (__rsttrace_given)\n\ttest -n \"$verb\"; or set verb live\n"
	     "\tcontains -- $verb $argv\nend\n\ncomplete -c rsttrace -f");
	for (const struct verb_row *verb = verb_rows; verb->name; verb++)
		fish_verb(verb);
	for (const struct option_row *row = option_rows; row->name; row++)
		fish_option(row);
}

int main(int argc, char *argv[])
{
	static const struct {
		const char *name;
		void (*print)(void);
	} shells[] = { { "bash", bash }, { "zsh", zsh }, { "fish", fish } };

	for (unsigned int i = 0; argc == 2 && i < ARRAY_SIZE(shells); i++) {
		if (strcmp(argv[1], shells[i].name))
			continue;
		shells[i].print();
		return fflush(stdout) ? 1 : 0;
	}
	fputs("usage: gen-completion bash|zsh|fish\n", stderr);
	return 2;
}
