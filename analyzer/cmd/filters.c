#include "cmd/filters.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/mistake.h"
#include "hp_filter.h"
#include "util/buf.h"
#include "util/err.h"
#include "util/text.h"

enum { FILE_MOST = 1 << 20 };

static char *read_file(const char *command, const char *path)
{
	struct buf text = { 0 };
	FILE *in = fopen(path, "r");
	int c;

	if (!in)
		err_die("%s: --filter @file:%s: %s", command, text_shown(path), strerror(errno));
	while ((c = getc(in)) != EOF && text.n < FILE_MOST)
		buf_addc(&text, (char)c);
	fclose(in);
	return buf_steal(&text);
}

/* The end of the item, or of its part, that begins at `at`. */
static size_t end_of(const char *text, size_t at)
{
	size_t end = at + (text[at] != '\0');

	while (!hp_filter_ends(text[end]) && text[end] != '@')
		end++;
	return end;
}

const char *filters_read(const char *command, const char *text)
{
	int from_file = strncmp(text, "@file:", 6) == 0;
	char *filter = from_file ? read_file(command, text + 6) : NULL;
	const char *all = from_file ? filter : text, *bad, *why;
	struct hp_filter_rules rules;
	struct buf what = { 0 };

	bad = hp_filter_check(all, &rules, &why);
	if (!bad)
		return all;
	buf_addf(&what, "--filter: %s", why);
	mistake_show(command, from_file ? text + 6 : NULL, all, (size_t)(bad - all), end_of(all, (size_t)(bad - all)), buf_text(&what));
	exit(CMD_UNUSABLE);
}
