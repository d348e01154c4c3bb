#include "meta.h"

#include <string.h>

enum { GONE_SEARCH = 4096 };  /* how far back a MODULE_GONE looks for its module */

#define WORDS(type) (sizeof(struct type) / 4)

/* The next string of a list of NUL-ended ones; "" when there is none. */
static const char *next_string(struct dump *d, const char **at, const char *end)
{
	size_t n = strnlen(*at, (size_t)(end - *at));
	if (!n && *at == end)
		return "";
	const char *copy = arena_strndup(&d->arena, *at, n);
	*at += n + (*at + n < end);
	return copy;
}

static void process(struct dump *d, struct dump_scope **scope, const struct dump_record *rec)
{
	const struct hp_r_process *r = (const void *)rec->w;
	struct dump_scope *s = *scope;
	if (s->described && s->forked) {
		map64_put(&d->by_pid, s->pid, MAP64_NONE);
		*scope = s = dump_scope_of(d, s->pid, 1);
	}
	uint32_t bytes;
	const char *at = dump_payload(rec, WORDS(hp_r_process), r->strings_bytes, &bytes), *end = at + bytes;
	s->described = 1;
	s->ppid = r->ppid;
	s->parent_pid = r->parent_pid;
	s->parent_uid = r->parent_uid;
	struct hp_clocks now = { hp_u64(r->clocks), hp_u64(r->clocks + 2), hp_u64(r->clocks + 4), hp_u64(r->clocks + 6) };
	if (s->forked)
		s->start = now;  /* the process that opened the dump: the header has it */
	clock_sample(&d->clock, &now);
	s->exe = next_string(d, &at, end);
	s->cwd = next_string(d, &at, end);
	s->host = next_string(d, &at, end);
	s->cmdline_bytes = (uint32_t)(end - at);
	s->cmdline = arena_strndup(&d->arena, at, s->cmdline_bytes);
	s->argc = r->argc < s->cmdline_bytes ? r->argc : s->cmdline_bytes;  /* each has a NUL at least */
}

static void module(struct dump *d, struct dump_scope *s, const struct dump_record *rec)
{
	const struct hp_r_module *r = (const void *)rec->w;
	uint32_t id_bytes, bytes;
	const char *id = dump_payload(rec, WORDS(hp_r_module), r->build_id_bytes, &id_bytes);
	dump_payload(rec, WORDS(hp_r_module), UINT32_MAX, &bytes);
	bytes -= id_bytes;
	if (r->path_bytes < bytes)
		bytes = r->path_bytes;
	vec_push(&s->modules, (struct dump_module){
		.base = hp_u64(r->base), .lo = hp_u64(r->lo), .hi = hp_u64(r->hi),
		.from = hp_u64(r->ticks), .to = UINT64_MAX, .dev = hp_u64(r->dev), .ino = hp_u64(r->ino),
		.path = arena_strndup(&d->arena, id + id_bytes, strnlen(id + id_bytes, bytes)),
		.build_id = arena_copy(&d->arena, id, id_bytes), .build_id_bytes = id_bytes,
	});
}

static void module_gone(struct dump_scope *s, const struct hp_r_module_gone *r)
{
	size_t oldest = s->modules.n > GONE_SEARCH ? s->modules.n - GONE_SEARCH : 0;
	for (size_t i = s->modules.n; i-- > oldest; ) {
		struct dump_module *m = &s->modules.v[i];
		if (m->base == hp_u64(r->base) && m->to == UINT64_MAX)
			m->to = hp_u64(r->ticks);
	}
}

static void thread(struct dump *d, struct dump_scope *s, const struct hp_r_thread *r)
{
	struct dump_thread *t = dump_thread_of(d, s, r->uid, r->tid);
	t->described = 1;
	t->pthread = hp_u64(r->pthread);
	t->start_ticks = hp_u64(r->ticks);
	t->stack_lo = hp_u64(r->stack_lo);
	t->stack_hi = hp_u64(r->stack_hi);
	t->created_uid = r->created_uid;
	memcpy(t->name, r->name, sizeof r->name);
}

static void node(struct dump *d, struct dump_scope *s, const struct hp_r_node *r)
{
	uint64_t pc = (uint64_t)hp_word_arg(r->w) << 32 | r->pc_lo;
	unsigned flags = hp_word_sub(r->w);
	d->node_cuts += !!(flags & (HP_NODE_CUT | HP_NODE_STOPPED));
	vec_push(&s->nodes, (struct dump_node){ r->id, r->parent, pc, flags, (uint32_t)s->modules.n });
}

static void lock_def(struct dump_scope *s, const struct hp_r_lock_def *r)
{
	vec_push(&s->lock_defs, (struct dump_lock_def){
		.ticks = hp_u64(r->ticks), .address = hp_u64(r->addr), .index = hp_word_arg(r->w),
		.init_stack = r->init_stack, .pid = r->pid, .type = r->type, .kind = hp_word_sub(r->w),
	});
}

static void fd(struct dump *d, struct dump_scope *s, const struct dump_record *rec)
{
	const struct hp_r_fd *r = (const void *)rec->w;
	uint32_t bytes;
	const char *path = dump_payload(rec, WORDS(hp_r_fd), r->path_bytes, &bytes);
	vec_push(&s->fds, (struct dump_fd_def){ r->fd, arena_strndup(&d->arena, path, strnlen(path, bytes)) });
}

static void option(struct dump *d, const struct dump_record *rec)
{
	const struct hp_r_option *r = (const void *)rec->w;
	uint32_t bytes;
	const char *text = dump_payload(rec, WORDS(hp_r_option), r->text_bytes, &bytes);
	vec_push(&d->options, arena_strndup(&d->arena, text, strnlen(text, bytes)));
}

static void filter(struct dump *d, const struct dump_record *rec)
{
	const struct hp_r_filter *r = (const void *)rec->w;
	uint32_t bytes;
	const char *text = dump_payload(rec, WORDS(hp_r_filter), r->text_bytes, &bytes);
	d->filter = bytes ? arena_strndup(&d->arena, text, strnlen(text, bytes)) : NULL;
	d->min_ns = hp_u64(r->min_ns);
}

static void difference(struct dump *d, const struct dump_scope *s, const struct hp_r_stack_differs *r)
{
	vec_push(&d->differences, (struct dump_difference){ s, r->ours, r->theirs });
}

static void cost(struct dump *d, const struct hp_r_cost *r)
{
	if (hp_word_sub(r->w) == HP_COST_STAMP)
		d->stamp_picoseconds = r->picoseconds;
	else
		vec_push(&d->costs, *r);
}

void meta_record(struct dump *d, struct dump_scope **scope, const struct dump_record *rec)
{
	const void *r = rec->w;
	switch (rec->kind) {
	case HP_R_PROCESS:     process(d, scope, rec); break;
	case HP_R_MODULE:      module(d, *scope, rec); break;
	case HP_R_MODULE_GONE: module_gone(*scope, r); break;
	case HP_R_THREAD:      thread(d, *scope, r); break;
	case HP_R_NODE:        node(d, *scope, r); break;
	case HP_R_LOCK_DEF:    lock_def(*scope, r); break;
	case HP_R_FD:          fd(d, *scope, rec); break;
	case HP_R_OPTION:      option(d, rec); break;
	case HP_R_FILTER:      filter(d, rec); break;
	case HP_R_STACK_DIFFERS: difference(d, *scope, r); break;
	case HP_R_COST:        cost(d, (const struct hp_r_cost *)r); break;
	default:               break;
	}
}
