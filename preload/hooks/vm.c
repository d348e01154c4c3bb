/* vm.c - the address space as the program itself maps it; the allocator's own mmap and brk never pass here (libc-internal). */
#include "event.h"
#include "real.h"
#include "state.h"
#include "sys.h"

static int hp_failed_map(const void *p) { return p == MAP_FAILED; }

static void put_vm(struct hp_thread *t, uint64_t now, unsigned op, uint64_t at, uint64_t length, unsigned flags, int fd, struct hp_caller caller)
{
	uint32_t stack = hp_stack_id(t, caller);
	struct hp_r_vm *r = (void *)hp_open(t, now, HP_R_VM, sizeof *r / 4);
	r->t32 = (uint32_t)now;
	hp_put64(r->addr, at);
	hp_put64(r->length, length);
	r->stack = stack;
	r->flags = flags;
	r->fd = fd;
	hp_commit(&r->w, hp_word(HP_R_VM, op, 0));
}

static void note_map(void *p, size_t length, int prot, int flags, int fd, struct hp_caller caller)
{
	struct hp_thread *t = hp_failed_map(p) ? NULL : hp_enter(HP_VM);
	if (t)
		put_vm(t, hp_ticks(), HP_OP_MMAP, (uint64_t)p, length, (unsigned)prot | (unsigned)flags << 8, fd, caller);
}

HP_EXPORT void *mmap(void *at, size_t length, int prot, int flags, int fd, off_t offset)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early()) {
		long r = hp_sys6(SYS_mmap, at, length, prot, flags, fd, offset);
		return r < 0 && r > -4096 ? MAP_FAILED : (void *)r;
	}
	void *p = hp_real.mmap(at, length, prot, flags, fd, offset);
	note_map(p, length, prot, flags, fd, HP_CALLER());
	return p;
}

HP_EXPORT void *mmap64(void *at, size_t length, int prot, int flags, int fd, off64_t offset)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early()) {
		long r = hp_sys6(SYS_mmap, at, length, prot, flags, fd, offset);
		return r < 0 && r > -4096 ? MAP_FAILED : (void *)r;
	}
	void *p = hp_real.mmap64(at, length, prot, flags, fd, offset);
	note_map(p, length, prot, flags, fd, HP_CALLER());
	return p;
}

HP_EXPORT int munmap(void *at, size_t length)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return hp_sys2(SYS_munmap, at, length) ? -1 : 0;
	uint64_t before = hp_ticks();
	int r = hp_real.munmap(at, length);
	struct hp_thread *t = r ? NULL : hp_enter(HP_VM);
	if (t)
		put_vm(t, before, HP_OP_MUNMAP, (uint64_t)at, length, 0, -1, HP_CALLER());
	return r;
}

HP_EXPORT void *mremap(void *old, size_t old_length, size_t length, int flags, ...)
{
	va_list va;
	va_start(va, flags);
	void *wanted = flags & MREMAP_FIXED ? va_arg(va, void *) : NULL;
	va_end(va);
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early()) {
		long r = hp_sys6(SYS_mremap, old, old_length, length, flags, wanted, 0);
		return r < 0 && r > -4096 ? MAP_FAILED : (void *)r;
	}
	uint64_t before = hp_ticks();
	void *p = hp_real.mremap(old, old_length, length, flags, wanted);
	struct hp_thread *t = hp_failed_map(p) ? NULL : hp_enter(HP_VM);
	if (t) {
		put_vm(t, before, HP_OP_MREMAP_FROM, (uint64_t)old, old_length, 0, -1, HP_CALLER());
		put_vm(t, hp_ticks(), HP_OP_MREMAP_TO, (uint64_t)p, length, 0, -1, HP_CALLER());
	}
	return p;
}

HP_EXPORT int brk(void *to)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return (void *)hp_sys1(SYS_brk, to) < to ? -1 : 0;
	int r = hp_real.brk(to);
	struct hp_thread *t = r ? NULL : hp_enter(HP_VM);
	if (t)
		put_vm(t, hp_ticks(), HP_OP_BRK, (uint64_t)to, 0, 0, -1, HP_CALLER());
	return r;
}

HP_EXPORT void *sbrk(intptr_t by)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return (void *)-1;
	void *p = hp_real.sbrk(by);
	struct hp_thread *t = p == (void *)-1 || !by ? NULL : hp_enter(HP_VM);
	if (t)
		put_vm(t, hp_ticks(), HP_OP_SBRK, (uint64_t)p + (uint64_t)by, (uint64_t)by, 0, -1, HP_CALLER());
	return p;
}
