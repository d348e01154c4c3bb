/* What would give a module more names, for the user. */
#include <stdlib.h>

#include "sym/package.h"
#include "sym/sym_private.h"
#include "util/alloc.h"
#include "util/buf.h"

static const char *kept(struct sym *s, struct buf *text)
{
	const char *copy = arena_strdup(&s->arena, buf_text(text));

	buf_free(text);
	return copy;
}

/* Of all files at once: asking takes a tenth of a second. */
static void find_packages(struct sym *s)
{
	const char **paths = xcalloc(s->files.n, sizeof(*paths));

	for (size_t i = 0; i < s->files.n; i++)
		paths[i] = s->files.v[i].path;
	s->packages = arena_zalloc(&s->arena, (s->files.n + 1) * sizeof(*s->packages));
	packages_of(&s->arena, paths, s->files.n, s->packages);
	free(paths);
}

/* Below another root are another system's packages. */
static const char *package_of(struct sym *s, const struct file *f)
{
	if (s->options.sysroot)
		return NULL;
	if (!s->packages)
		find_packages(s);
	return s->packages[f - s->files.v];
}

static const char *without_names(struct sym *s, const struct file *f)
{
	const char *package = package_of(s, f), *has = f->state == SYM_DYNAMIC ? "only exported names" : "it has no symbols at all";
	struct buf text = { 0 };

	if (package)
		buf_addf(&text, "%s: apt install %s (it is in Debian's archive of debug symbols), or give --debug-dir", has, package);
	else if (f->state == SYM_DYNAMIC)
		buf_addf(&text, "%s; build it without stripping it, or install its debug symbols, or give --debug-dir", has);
	else
		buf_addf(&text, "%s; build it without -s, or give --debug-dir", has);
	return kept(s, &text);
}

static const char *without_file(struct sym *s, const struct file *f)
{
	struct buf text = { 0 };

	if (f->path[0] != '/')
		return f->note;
	buf_addf(&text, "%s; if you have the right one elsewhere, give --sysroot, or --debug-dir for its debug file", f->note ? f->note : "it cannot be read");
	return kept(s, &text);
}

const char *advice_of(struct sym *s, struct file *f)
{
	if (f->advised)
		return f->note;
	f->advised = 1;
	if (!f->main.elf && !f->debug.elf)
		f->note = without_file(s, f);
	else if (f->state != SYM_FULL)
		f->note = without_names(s, f);
	return f->note;
}
