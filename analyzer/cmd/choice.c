#include "cmd/choice.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "util/buf.h"
#include "util/similar.h"
#include "util/text.h"

const char *choice_like(const char *list, const char *typed)
{
	static char text[100];
	struct buf words = { 0 };
	const char *like;

	for (; *list; list++)
		buf_addc(&words, *list == ',' ? ' ' : *list);
	like = similar_word(buf_text(&words), typed);
	buf_free(&words);
	if (!like)
		return "";
	snprintf(text, sizeof(text), " (did you mean '%s'?)", like);
	return text;
}

/* ---- options ---- */

/* Of the command's own and those of its groups; by long name, whose beginning is enough, or by letter. */
static const struct argp_option *find(const struct argp *argp, const char *name, size_t length, int letter)
{
	const struct argp_option *found = NULL;

	for (const struct argp_option *o = argp->options; o && (o->name || o->key || o->doc); o++)
		if (name ? o->name && !strncmp(o->name, name, length) : o->key == letter)
			return o;
	for (const struct argp_child *c = argp->children; c && c->argp && !found; c++)
		found = find(c->argp, name, length, letter);
	return found;
}

static void list(struct buf *out, const struct argp *argp)
{
	for (const struct argp_option *o = argp->options; o && (o->name || o->key || o->doc); o++)
		if (o->name && !(o->flags & OPTION_HIDDEN))
			buf_addf(out, "%s--%s", out->n ? " " : "", o->name);
	for (const struct argp_child *c = argp->children; c && c->argp; c++)
		list(out, c->argp);
}

static void refuse(const struct argp *argp, const char *command, const char *typed, size_t length)
{
	struct buf all = { 0 }, option = { 0 };

	buf_add(&option, typed, length);
	list(&all, argp);
	fprintf(stderr, "%s: there is no option '%s'%s; there are: %s\n", command, text_shown(buf_text(&option)),
	        choice_like(buf_text(&all), buf_text(&option)), buf_text(&all));
	exit(CMD_UNUSABLE);
}

/* How many arguments a word with letters takes beside itself. */
static int look_at_letters(const struct argp *argp, const char *command, const char *word)
{
	for (const char *letter = word + 1; *letter; letter++) {
		const struct argp_option *o = isalnum((unsigned char)*letter) ? find(argp, NULL, 0, *letter) : NULL;

		if (!o)
			refuse(argp, command, word, strlen(word));
		if (o->arg)
			return letter[1] ? 0 : 1;
	}
	return 0;
}

static int look_at_name(const struct argp *argp, const char *command, const char *word)
{
	size_t length = strcspn(word, "=");
	const struct argp_option *o = find(argp, word + 2, length - 2, 0);

	if (!o)
		refuse(argp, command, word, length);
	return o->arg && !word[length];
}

void choice_check_options(const struct argp *argp, int argc, char **argv, int leading)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--"); i++) {
		if (argv[i][0] != '-' || !argv[i][1]) {
			if (leading)
				return;
		} else {
			i += argv[i][1] == '-' ? look_at_name(argp, argv[0], argv[i]) : look_at_letters(argp, argv[0], argv[i]);
		}
	}
}
