#include "cmd/runs.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "cmd/cmd.h"
#include "dump/file.h"
#include "util/alloc.h"
#include "util/err.h"
#include "util/text.h"

static bool is_directory(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static void add_run(struct runs *all, const char *path)
{
	vec_add(all);
	vec_push(&all->v[all->n - 1].paths, xstrdup(path));
}

/* The headers of a directory's dumps; one that cannot be read stays zero: it is related to none. */
static struct hp_header *read_headers(const struct dumps *d)
{
	struct hp_header *headers = xcalloc(d->n, sizeof(*headers));

	for (size_t i = 0; i < d->n; i++) {
		struct dump_file file;
		struct dump_error ignored;

		if (dump_file_open(&file, d->v[i], &ignored))
			continue;
		headers[i] = file.header;
		dump_file_close(&file);
	}
	return headers;
}

/* The dump that a set of dumps is known by, through however many of them. */
static size_t first_of(size_t *set, size_t i)
{
	while (set[i] != i)
		i = set[i] = set[set[i]];
	return i;
}

static size_t *group(const struct dumps *d)
{
	struct hp_header *headers = read_headers(d);
	size_t *set = xcalloc(d->n, sizeof(*set));

	for (size_t i = 0; i < d->n; i++) {
		set[i] = i;
		for (size_t k = 0; k < i; k++) {
			size_t a, b;

			if (!model_related(&headers[i], &headers[k]))
				continue;
			a = first_of(set, i);
			b = first_of(set, k);
			set[a > b ? a : b] = a > b ? b : a;
		}
	}
	free(headers);
	return set;
}

/* A run that is alone in its directory is named by that. */
static void add_groups(struct runs *all, const char *path, const struct dumps *d)
{
	size_t *set = group(d), groups = 0;

	for (size_t i = 0; i < d->n; i++)
		groups += first_of(set, i) == i;
	if (groups == 1) {
		add_run(all, path);
		free(set);
		return;
	}
	for (size_t i = 0; i < d->n; i++) {
		if (first_of(set, i) != i)
			continue;
		add_run(all, d->v[i]);
		for (size_t k = i + 1; k < d->n; k++)
			if (first_of(set, k) == i)
				vec_push(&all->v[all->n - 1].paths, xstrdup(d->v[k]));
	}
	free(set);
}

static int is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* The dumps of the directory; how many runs that were. */
static size_t add_dumps(struct runs *all, const char *path)
{
	struct dumps dumps = { 0 };
	size_t before = all->n;
	int found = dumps_in(&dumps, path);

	if (found < 0)
		err_die("%s: %s", text_shown(path), strerror(errno));
	if (found > 0)
		add_groups(all, path, &dumps);
	dumps_free(&dumps);
	return all->n - before;
}

static void add_directory(struct runs *all, const char *path)
{
	struct dirent **entries;
	size_t before = all->n;
	int n;

	if (add_dumps(all, path))
		return;
	n = scandir(path, &entries, is_visible, versionsort);
	for (int i = 0; i < n; i++) {
		char *inner = xasprintf("%s/%s", path, entries[i]->d_name);

		if (is_directory(inner))
			add_dumps(all, inner);
		free(inner);
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
	if (all->n == before)
		err_die("%s: there is no dump in this directory, nor in those in it", text_shown(path));
}

void runs_named(struct runs *all, char *const *paths, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t before = all->n;

		if (is_directory(paths[i]))
			add_directory(all, paths[i]);
		else
			add_run(all, paths[i]);
		for (; before < all->n; before++)
			all->v[before].given = paths[i];
	}
}

void runs_free(struct runs *all)
{
	for (size_t i = 0; i < all->n; i++)
		dumps_free(&all->v[i].paths);
	vec_free(all);
}

static unsigned parts_of(bool (*wanted)(const void *, const struct view *), const void *data)
{
	unsigned parts = 0;

	for (size_t i = 0; views[i]; i++)
		if (wanted(data, views[i]))
			parts |= views[i]->parts;
	return parts ? parts : MODEL_WAITS;
}

int runs_report(const struct one_run *run, const struct options *o, bool (*wanted)(const void *, const struct view *), const void *data, struct input *in)
{
	struct options own = *o;
	int status;

	own.paths = run->paths.v;
	own.n_paths = run->paths.n;
	status = input_open(in, &own, parts_of(wanted, data));
	if (!status)
		status = input_run(in);
	for (size_t i = 0; !status && views[i]; i++)
		if (wanted(data, views[i]))
			views[i]->add(&in->view, &in->doc);
	return status;
}
