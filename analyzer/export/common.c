/* common.c - what exporters share: readings, what is said about the output, and the search for what fits into a limit. */
#include "export/export.h"

#include <string.h>

#include "util/text.h"

const struct view_input *export_read(struct export *e, unsigned parts, const struct model_watch *watch)
{
	const struct view_input *in = e->open(e, parts, watch);

	if (in)
		e->run(e, in);
	return in;
}

void export_command(const struct view_input *in, struct buf *to)
{
	const struct process *p = &in->model->processes.v.v[0];

	for (uint32_t i = 0, n; i < p->cmdline_bytes && !in->no_cmdline; i += n + 1) {
		n = (uint32_t)strnlen(p->cmdline + i, p->cmdline_bytes - i);
		buf_adds(to, i ? " " : "");
		text_escape(to, p->cmdline + i, n);
	}
}

void export_left_out(struct export *e, const char *format, ...)
{
	va_list arguments;

	if (e->left_out.n)
		buf_adds(&e->left_out, "; ");
	va_start(arguments, format);
	buf_addv(&e->left_out, format, arguments);
	va_end(arguments);
}

int export_fail(struct export *e, const char *format, ...)
{
	va_list arguments;

	buf_reset(&e->error);
	va_start(arguments, format);
	buf_addv(&e->error, format, arguments);
	va_end(arguments);
	return -1;
}

static uint64_t size_with(void (*draw)(void *, size_t, struct sink *), void *data, size_t keep)
{
	struct sink count = { .out = NULL };

	draw(data, keep, &count);
	return count.bytes;
}

/* More kept may take less room by a few bytes, where a name is in both ways: what is returned has been tried. */
static size_t most_that_fits(uint64_t max, size_t all, void (*draw)(void *, size_t, struct sink *), void *data)
{
	size_t fits = 0, too_many = all;

	while (too_many - fits > 1) {
		size_t middle = fits + (too_many - fits) / 2;

		if (size_with(draw, data, middle) <= max)
			fits = middle;
		else
			too_many = middle;
	}
	return fits;
}

int export_fit(struct export *e, size_t all, void (*draw)(void *, size_t, struct sink *), void *data, size_t *kept)
{
	uint64_t least;

	*kept = all;
	if (e->max_bytes && size_with(draw, data, all) > e->max_bytes) {
		least = size_with(draw, data, 0);
		if (least > e->max_bytes)
			return export_fail(e, "--max-bytes %llu: %s takes %llu bytes at least here", (unsigned long long)e->max_bytes,
			                   e->format->name, (unsigned long long)least);
		*kept = most_that_fits(e->max_bytes, all, draw, data);
	}
	draw(data, *kept, e->sink);
	return 0;
}
