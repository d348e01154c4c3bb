#include "table/lock_places.h"

const char *lock_place(const struct view_input *in, uint32_t stack)
{
	size_t count = 0;
	const struct frame *f = stack ? naming_node(in->naming, naming_own_stack(in->naming, stack), &count) : NULL;

	if (!f || !count)
		return NULL;
	return f->file ? view_text(in, "%s (%s:%u)", f->name, view_base_name(f->file), f->line) : view_text(in, "%s", f->name);
}

const char *lock_thread(const struct view_input *in, uint32_t thread)
{
	const struct thread *t = thread == THREAD_NONE ? NULL : &in->model->threads.v.v[thread];

	if (!t)
		return NULL;
	return t->name[0] ? view_text(in, "%u %s", t->tid, t->name) : view_text(in, "%u", t->tid);
}
