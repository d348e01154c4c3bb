#include "table/view.h"

#include <stdarg.h>
#include <string.h>

#include "util/buf.h"
#include "util/fmt.h"

enum { PERCENT_MOST = 1000000 };  /* of damaged times */

extern const struct view view_process, view_recorder, view_modules, view_summary, view_memory, view_functions, view_locks,
	view_waits, view_io, view_threads, view_spans, view_deadlocks;

const struct view *const views[] = {
	&view_process, &view_recorder, &view_deadlocks, &view_summary, &view_memory, &view_functions, &view_locks, &view_waits, &view_io,
	&view_threads, &view_spans, &view_modules, NULL,
};

const struct view *view_find(const char *name)
{
	for (size_t i = 0; views[i]; i++)
		if (views[i]->name && !strcmp(views[i]->name, name))
			return views[i];
	return NULL;
}

const char *view_text(const struct view_input *in, const char *format, ...)
{
	struct buf text = { 0 };
	va_list arguments;
	const char *copy;

	va_start(arguments, format);
	buf_addv(&text, format, arguments);
	va_end(arguments);
	copy = arena_strdup(in->arena, buf_text(&text));
	buf_free(&text);
	return copy;
}

const char *view_count(const struct view_input *in, uint64_t count, const char *noun)
{
	return view_text(in, "%s %s%s", fmt_count(count).s, noun, count == 1 ? "" : "s");
}

struct cell view_quantile(const struct hist *h, double q)
{
	return h->count ? cell_int(hist_quantile(h, q)) : CELL_UNKNOWN;
}

struct cell view_least(const struct hist *h)
{
	return h->count ? cell_int(h->min) : CELL_UNKNOWN;
}

struct cell view_most(const struct hist *h)
{
	return h->count ? cell_int(h->max) : CELL_UNKNOWN;
}

uint64_t view_life(const struct model *m, const struct thread *t)
{
	uint64_t from = t->start_ns > m->options.from_ns ? t->start_ns : m->options.from_ns;
	uint64_t to = m->options.to_ns && m->options.to_ns < t->end_ns ? m->options.to_ns : t->end_ns;

	return to > from ? to - from : 0;
}

bool view_has_thread(const struct model *m, const struct thread *t)
{
	return !m->options.tid || t->tid == m->options.tid;
}

const char *view_base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

unsigned view_percent(uint64_t part, uint64_t whole)
{
	double percent = whole ? (double)part / (double)whole * 100 + .5 : 0;

	return percent < PERCENT_MOST ? (unsigned)percent : PERCENT_MOST;
}

const char *view_in(const struct view_input *in, uint32_t stack)
{
	size_t n = 0;
	const struct frame *f = stack ? naming_node(in->naming, naming_own_stack(in->naming, stack), &n) : NULL;

	if (!n || !f[0].name)
		return "";
	if (!f[0].file)
		return view_text(in, " in %s", f[0].name);
	return view_text(in, " in %s (%s:%u)", f[0].name, view_base_name(f[0].file), f[0].line);
}

static const char *status_text(const struct view_input *in, const struct process *p)
{
	if (p->aborted)
		return "aborted";
	return p->has_status ? view_text(in, "exited with status %d", (int)p->exit_status) : "exited";
}

const char *view_end(const struct view_input *in, const struct process *p)
{
	switch (p->end) {
	case PROCESS_RUNNING: return "still running";
	case PROCESS_EXEC:    return p->exec_path ? view_text(in, "went on as %s", p->exec_path) : "went on as another program";
	case PROCESS_KILLED:  return p->aborted ? "aborted" : "killed";
	case PROCESS_MOVED:   return "went on in a dump of its own";
	case PROCESS_EXIT:    return status_text(in, p);
	}
	return "";
}
