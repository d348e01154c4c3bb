#include "focus.h"
#include "thread_pass.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"
#include "util/limits.h"

/* ---- do they belong together? ---- */

static int same_id(const uint8_t a[16], const uint8_t b[16])
{
	static const uint8_t zero[16];
	return memcmp(a, zero, 16) && !memcmp(a, b, 16);
}

int model_related(const struct hp_header *x, const struct hp_header *y)
{
	return same_id(x->run_id, y->run_id) || same_id(x->parent_id, y->dump_id) || same_id(y->parent_id, x->dump_id)
		|| same_id(x->parent_id, y->parent_id);
}

/* Grows the set of dumps that are related to the first one; whoever is not in it is a stranger. */
static int check_related(const struct model *m, struct dump_error *e)
{
	unsigned n = m->dump_count, *todo = xcalloc(n, sizeof *todo), head = 0, tail = 1;
	uint8_t *in = xcalloc(n, 1);
	const char *stranger = NULL;
	in[0] = 1;
	while (head < tail) {
		unsigned at = todo[head++];
		for (unsigned i = 0; i < n; i++) {
			if (in[i] || !model_related(&m->dumps[at]->file.header, &m->dumps[i]->file.header))
				continue;
			in[i] = 1;
			todo[tail++] = i;
		}
	}
	for (unsigned i = 0; i < n && !stranger; i++)
		stranger = in[i] ? NULL : m->dumps[i]->file.path;
	free(todo);
	free(in);
	return stranger ? dump_fail(e, DUMP_E_UNRELATED, 0, "%s: not of the same run as %s", stranger, m->dumps[0]->file.path) : 0;
}

static int open_dumps(struct model *m, const char *const *paths, unsigned n, struct dump_error *e)
{
	struct dump_error inner = { 0 };
	for (unsigned i = 0; i < n; i++) {
		struct dump *d;
		int code = dump_open(&d, paths[i], &inner);
		if (code)
			return dump_fail(e, code, inner.offset, "%s: %s", paths[i], inner.text);
		m->dumps[m->dump_count++] = d;
	}
	return 0;
}

int model_open(struct model **out, const char *const *paths, unsigned n, const struct model_options *options, struct dump_error *e)
{
	struct model *m = xcalloc(1, sizeof *m);
	m->private = xcalloc(1, sizeof *m->private);
	m->dumps = xcalloc(n ? n : 1, sizeof *m->dumps);
	m->options = options ? *options : (struct model_options){ 0 };
	if (!m->options.parts)
		m->options.parts = MODEL_ALL | MODEL_BLOCKS;
	if (m->options.parts & (MODEL_ACTS | MODEL_GRAPH))
		m->options.parts |= MODEL_ACTS | MODEL_LOCKS | MODEL_WAITS | MODEL_IO;
	if (!m->options.short_ns)
		m->options.short_ns = MODEL_SHORT_NS;
	stacks_init(&m->stacks);
	*out = NULL;
	limits_allow_files(n);  /* every dump stays open */
	int code = n ? open_dumps(m, paths, n, e) : dump_fail(e, DUMP_E_NOT_DUMP, 0, "no dump given");
	if (!code)
		code = check_related(m, e);
	if (code) {
		model_free(m);
		return code;
	}
	model_assemble(m);
	*out = m;
	return 0;
}

static void free_private(struct model_private *p)
{
	for (size_t i = 0; i < p->process_states.n; i++)
		map64_free(&p->process_states.v[i].by_pthread);
	for (size_t i = 0; i < p->states.n; i++)
		if (p->states.v[i])
			filter_free(p->states.v[i]->filter);
	vec_free(&p->states);
	vec_free(&p->creates);
	vec_free(&p->process_states);
	map64_free(&p->lock_indices);
	vec_free(&p->lock_numbers);
	arena_free(&p->arena);
	focus_free(p);
	free(p);
}

void model_free(struct model *m)
{
	if (!m)
		return;
	thread_pass_free(m);
	memory_free(&m->memory);
	functions_free(&m->functions);
	vec_free(&m->left_out.v);
	locks_free(&m->locks);
	lock_pairs_free(&m->lock_pairs);
	deadlocks_free(&m->deadlocks);
	io_free(&m->io);
	acts_free(&m->acts);
	for (unsigned i = 0; i < WAIT_CLASS_COUNT; i++)
		hist_free(&m->waits.by_class[i]);
	work_free(m->works);
	stacks_free(&m->stacks);
	vec_free(&m->processes.v);
	vec_free(&m->threads.v);
	vec_free(&m->pending);
	for (unsigned i = 0; i < m->dump_count; i++)
		dump_close(m->dumps[i]);
	free(m->dumps);
	free_private(m->private);
	free(m);
}
