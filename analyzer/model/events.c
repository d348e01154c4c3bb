/* events.c - events one by one, as a view shows them: each kind of record as one struct model_event. */
#include "events_private.h"
#include "focus.h"

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

/* 0: it is a function's that the filter leaves out. *cut: how many calls a cut has left. */
static int passes(struct feed *f, uint32_t *cut)
{
	const uint32_t *w = f->e->r.w;
	struct filter_calls **of = &f->s->filter;
	if (!f->m->options.filter || !f->count)
		return 1;
	switch (f->e->r.kind) {
	case DUMP_FN_ENTER:      return filter_enter(f, of, w[1], 1);
	case HP_R_FN_ENTER_WIDE: return filter_enter(f, of, hp_u64(((const struct hp_r_fn_wide *)(const void *)w)->fn), 0);
	case DUMP_FN_EXIT:       return filter_exit(f, of);
	case HP_R_FN_CUT:        return (*cut = filter_cut(f, of, w[2])) > 0;
	default:                 return 1;
	}
}

int model_events(struct model *m, int (*each)(void *data, const struct model_event *), void *data)
{
	struct dump_merge *merge = dump_merge_new(m->dumps, m->dump_count);
	struct feed f = { .m = m };
	struct model_event v;
	uint64_t to = m->options.to_ns ? m->options.to_ns : UINT64_MAX;
	uint32_t cut = 0;
	int stop = 0;
	focus_begin(m);
	while (!stop && (f.e = dump_merge_next(merge)) && (f.e->ns <= to || m->options.crossing)) {
		if (f.e->thread != f.dump_thread)
			feed_turn(&f, f.e);
		if (m->private->focus)
			focus_event(&f, 0);
		if (!passes(&f, &cut) || !f.count || f.e->ns < m->options.from_ns)
			continue;
		show(&f, &v);
		if (cut && f.e->r.kind == HP_R_FN_CUT)
			with_size(&v, cut);
		if (f.e->ns > to && v.start_ns >= to)
			continue;
		stop = each(data, &v);
	}
	dump_merge_free(merge);
	recorder_finish(m);
	return stop;
}
