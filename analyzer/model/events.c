/* events.c - events one by one, as a view shows them: each kind of record as one struct model_event. */
#include "private.h"

#include <string.h>

static void with_object(struct model_event *v, uint64_t object)
{
	v->object = object;
	v->has_object = 1;
}

static void with_size(struct model_event *v, uint64_t size)
{
	v->size = size;
	v->has_size = 1;
}

static void with_result(struct model_event *v, int64_t result, int error)
{
	v->result = result;
	v->error = error;
	v->has_result = 1;
}

static void with_start(const struct feed *f, struct model_event *v, uint64_t start_ticks)
{
	v->start_ns = start_ticks ? clock_ns(f->clock, start_ticks) : v->ns;
	if (v->start_ns > v->ns)
		v->start_ns = v->ns;
	v->duration_ns = v->ns - v->start_ns;
}

static void with_text(struct model_event *v, const struct dump_record *r, uint32_t fixed_words, uint32_t claimed)
{
	v->text = dump_payload(r, fixed_words, claimed, &v->text_bytes);
	v->text_bytes = (uint32_t)strnlen(v->text, v->text_bytes);
}

/* ---- memory ---- */

static void show_memory(struct feed *f, struct model_event *v)
{
	const uint32_t *w = f->e->r.w;
	const struct hp_r_alloc *a = (const void *)w;
	const struct hp_r_alloc_wide *x = (const void *)w;
	const struct hp_r_alloc_fail *fail = (const void *)w;
	const struct hp_r_vm *m = (const void *)w;
	v->name = op_name(hp_word_sub(w[0]));
	switch (f->e->r.kind) {
	case HP_R_ALLOC: case HP_R_REALLOC_END:
		with_object(v, address48(w)), with_size(v, a->size);
		v->stack = feed_stack(f, a->stack);
		break;
	case HP_R_ALLOC_WIDE:
		with_object(v, hp_u64(x->addr)), with_size(v, hp_u64(x->size));
		v->stack = feed_stack(f, x->stack);
		break;
	case HP_R_ALLOC_FAIL:
		with_object(v, 0), with_size(v, hp_u64(fail->size)), with_result(v, 0, 12);
		v->stack = feed_stack(f, fail->stack);
		break;
	case HP_R_VM:
		with_object(v, hp_u64(m->addr)), with_size(v, hp_u64(m->length));
		v->stack = feed_stack(f, m->stack);
		v->fd = m->fd;
		v->has_fd = m->fd >= 0;
		break;
	case HP_R_FREE_WIDE:
		with_object(v, hp_u64(((const struct hp_r_free_wide *)(const void *)w)->addr));
		break;
	default:
		with_object(v, address48(w));
		break;
	}
	if (f->e->r.kind == HP_R_REALLOC_BEGIN || (f->e->r.kind == HP_R_FREE_WIDE && hp_word_arg(w[0])))
		v->name = "realloc begins";
}

/* ---- functions ---- */

static void show_function(struct feed *f, struct model_event *v)
{
	const uint32_t *w = f->e->r.w;
	unsigned kind = f->e->r.kind;
	v->name = kind == DUMP_FN_EXIT ? "exit" : kind == HP_R_FN_CUT ? "cut" : "enter";
	if (kind == HP_R_FN_CUT)
		with_size(v, w[2]);
	if (kind != DUMP_FN_ENTER && kind != HP_R_FN_ENTER_WIDE)
		return;
	uint64_t address = kind == DUMP_FN_ENTER ? w[1] : hp_u64(((const struct hp_r_fn_wide *)(const void *)w)->fn);
	v->function = stacks_place(&f->m->stacks, f->scope, address, kind == DUMP_FN_ENTER, f->e->ticks);
	v->has_function = 1;
}

/* ---- locks ---- */

static const char *lock_verb(unsigned kind)
{
	switch (kind) {
	case HP_R_LOCK: case HP_R_LOCK_SH:           return "lock";
	case HP_R_LOCK_WAIT: case HP_R_LOCK_WAIT_SH: return "lock after wait";
	case HP_R_LOCK_TRYFAIL:                      return "trylock refused";
	case HP_R_LOCK_FAIL:                         return "lock failed";
	case HP_R_UNLOCK: case HP_R_UNLOCK_WAITED:   return "unlock";
	default:                                     return "?";
	}
}

static int where_is_stack(unsigned kind)
{
	return kind == HP_R_LOCK_WAIT || kind == HP_R_LOCK_WAIT_SH || kind == HP_R_LOCK_FAIL || kind == HP_R_UNLOCK_WAITED;
}

/* The address that an index of the table means at a time; 0 unknown. */
static uint64_t lock_address(const struct dump_scope *s, uint32_t index, uint64_t ticks)
{
	uint64_t address = 0, from = 0;
	for (size_t i = 0; i < s->lock_defs.n; i++) {
		const struct dump_lock_def *d = &s->lock_defs.v[i];
		if (d->index == index && (!address || (d->ticks <= ticks && d->ticks >= from))) {
			address = d->address;
			from = d->ticks;
		}
	}
	return address;
}

static void show_lock(struct feed *f, struct model_event *v)
{
	const uint32_t *w = f->e->r.w;
	const struct hp_r_lock_wait *r = (const void *)w;
	const struct hp_r_lock_x *x = (const void *)w;
	unsigned kind = f->e->r.kind, sub = hp_word_sub(w[0]);
	uint32_t where = w[2];
	if (kind == HP_R_LOCK_X) {
		kind = sub;
		where = x->where;
		with_object(v, hp_u64(x->addr));
		with_start(f, v, hp_u64(x->start));
	} else {
		with_object(v, lock_address(f->dump_thread->scope, hp_word_arg(w[0]), f->e->ticks));
		if (kind == HP_R_LOCK_WAIT || kind == HP_R_LOCK_WAIT_SH || kind == HP_R_LOCK_FAIL)
			with_start(f, v, hp_u64(r->start));
	}
	if (kind == HP_R_LOCK_FAIL)
		with_result(v, -1, (int)(f->e->r.kind == HP_R_LOCK_X ? x->seq & 0xff : sub));
	v->name = lock_verb(kind);
	v->stack = where_is_stack(kind) ? feed_stack(f, where) : stacks_site(&f->m->stacks, f->scope, where, f->e->ticks);
}

/* ---- calls with an operation ---- */

static int has_path(unsigned class)
{
	return class == HP_CLASS_OPEN || class == HP_CLASS_PATH;
}

static void show_io(struct feed *f, struct model_event *v)
{
	const struct hp_r_io *r = (const void *)f->e->r.w;
	const struct hp_r_io_x *x = (const void *)f->e->r.w;
	int wide = f->e->r.kind == HP_R_IO_X;
	unsigned op = wide ? x->op : hp_word_sub(r->w), class = op_info(op)->class;
	int64_t result = wide ? (int64_t)hp_u64(x->result) : r->result;
	v->name = op_name(op);
	v->fd = wide ? x->fd : r->fd;
	v->has_fd = v->fd >= 0;
	v->stack = feed_stack(f, wide ? x->stack : r->stack);
	with_start(f, v, wide ? hp_u64(x->start) : f->e->ticks - r->ticks);
	with_result(v, result, wide ? x->err : (int)hp_word_arg(r->w));
	if (result >= 0 && (class == HP_CLASS_READ || class == HP_CLASS_WRITE || class == HP_CLASS_COPY))
		with_size(v, (uint64_t)result);
	if (wide && has_path(class))
		with_text(v, &f->e->r, sizeof *x / 4, x->payload_bytes);
}

static void show_wait(struct feed *f, struct model_event *v)
{
	const struct hp_r_wait *r = (const void *)f->e->r.w;
	v->name = op_name(hp_word_sub(r->w));
	with_object(v, hp_u64(r->object));
	with_start(f, v, hp_u64(r->start));
	with_result(v, r->result, (int)hp_word_arg(r->w));
	v->stack = feed_stack(f, r->stack);
}

static void show_sync(struct feed *f, struct model_event *v)
{
	const struct hp_r_sync *r = (const void *)f->e->r.w;
	v->name = op_name(hp_word_sub(r->w));
	with_object(v, hp_u64(r->object));
	with_result(v, r->value, 0);
	v->stack = feed_stack(f, r->stack);
}

static void show_abandoned(struct feed *f, struct model_event *v)
{
	const struct hp_r_abandoned *r = (const void *)f->e->r.w;
	v->name = op_name(hp_word_sub(r->w));
	with_object(v, hp_u64(r->object));
	with_start(f, v, hp_u64(r->start));
	v->stack = feed_stack(f, r->stack);
}

/* ---- threads, processes, the recording ---- */

static void show_thread(struct feed *f, struct model_event *v)
{
	const void *w = f->e->r.w;
	const struct hp_r_thread_create *create = w;
	const struct hp_r_name *name = w;
	switch (f->e->r.kind) {
	case HP_R_THREAD_CREATE:
		v->name = "pthread_create";
		with_object(v, hp_u64(create->pthread));
		with_result(v, create->result, create->result);
		v->stack = feed_stack(f, create->stack);
		v->function = stacks_place(&f->m->stacks, f->scope, hp_u64(create->start_fn), 0, f->e->ticks);
		v->has_function = 1;
		break;
	case HP_R_THREAD_NAME:
		v->name = "pthread_setname_np";
		with_object(v, hp_u64(name->pthread));
		with_text(v, &f->e->r, sizeof *name / 4, UINT32_MAX);
		break;
	default:
		v->name = "thread ends";
		break;
	}
}

static void show_process(struct feed *f, struct model_event *v)
{
	const void *w = f->e->r.w;
	const struct hp_r_fork *fork = w;
	const struct hp_r_exec *exec = w;
	const struct hp_r_end *end = w;
	switch (f->e->r.kind) {
	case HP_R_FORK:
		v->name = "fork";
		with_result(v, fork->pid, 0);
		v->stack = feed_stack(f, fork->stack);
		break;
	case HP_R_EXEC:
		v->name = "exec";
		v->stack = feed_stack(f, exec->stack);
		with_text(v, &f->e->r, sizeof *exec / 4, exec->path_bytes);
		break;
	case HP_R_EXEC_FAILED:
		v->name = "exec failed";
		with_result(v, -1, (int)hp_word_arg(f->e->r.w[0]));
		break;
	default:
		v->name = hp_word_sub(end->w) == HP_END_ABORT ? "abort" : "process exits";
		with_result(v, end->status, 0);
		break;
	}
}

static void show_recording(struct feed *f, struct model_event *v)
{
	const uint32_t *w = f->e->r.w;
	static const char *const controls[] = { "?", "recording on", "recording off", "clear" };
	switch (f->e->r.kind) {
	case HP_R_GAP:
		v->name = "events lost";
		with_size(v, w[2]);
		break;
	case HP_R_CONTROL:
		v->name = controls[hp_word_sub(w[0]) < 4 ? hp_word_sub(w[0]) : 0];
		break;
	case HP_R_MARK:
		v->name = "mark";
		with_text(v, &f->e->r, sizeof(struct hp_r_mark) / 4, UINT32_MAX);
		break;
	default:
		v->name = record_name(f->e->r.kind);
		break;
	}
}

static void show(struct feed *f, struct model_event *v)
{
	*v = (struct model_event){ .ns = f->e->ns, .start_ns = f->e->ns, .thread = f->thread, .process = f->process,
		.raw = f->e, .fd = -1, .function = { MODULE_NONE, 0 } };
	v->counts = recorder_counts(f->e, &v->kind) != 0;
	switch (f->e->r.kind) {
	case DUMP_FN_ENTER: case DUMP_FN_EXIT: case HP_R_FN_ENTER_WIDE: case HP_R_FN_CUT:
		show_function(f, v); break;
	case HP_R_ALLOC: case HP_R_FREE: case HP_R_REALLOC_BEGIN: case HP_R_REALLOC_END: case HP_R_ALLOC_WIDE:
	case HP_R_FREE_WIDE: case HP_R_ALLOC_FAIL: case HP_R_VM:
		show_memory(f, v); break;
	case HP_R_LOCK: case HP_R_LOCK_SH: case HP_R_UNLOCK: case HP_R_UNLOCK_WAITED: case HP_R_LOCK_TRYFAIL:
	case HP_R_LOCK_WAIT: case HP_R_LOCK_WAIT_SH: case HP_R_LOCK_FAIL: case HP_R_LOCK_X:
		show_lock(f, v); break;
	case HP_R_IO: case HP_R_IO_X:  show_io(f, v); break;
	case HP_R_WAIT:                show_wait(f, v); break;
	case HP_R_SYNC:                show_sync(f, v); break;
	case HP_R_ABANDONED:           show_abandoned(f, v); break;
	case HP_R_THREAD_CREATE: case HP_R_THREAD_NAME: case HP_R_THREAD_END:
		show_thread(f, v); break;
	case HP_R_FORK: case HP_R_EXEC: case HP_R_EXEC_FAILED: case HP_R_END:
		show_process(f, v); break;
	default:                       show_recording(f, v); break;
	}
}

int model_events(struct model *m, int (*each)(void *data, const struct model_event *), void *data)
{
	struct dump_merge *merge = dump_merge_new(m->dumps, m->dump_count);
	struct feed f = { .m = m };
	struct model_event v;
	uint64_t to = m->options.to_ns ? m->options.to_ns : UINT64_MAX;
	int stop = 0;
	while (!stop && (f.e = dump_merge_next(merge)) && f.e->ns <= to) {
		if (f.e->thread != f.dump_thread)
			feed_turn(&f, f.e);
		if (!f.count || f.e->ns < m->options.from_ns)
			continue;
		show(&f, &v);
		stop = each(data, &v);
	}
	dump_merge_free(merge);
	return stop;
}
