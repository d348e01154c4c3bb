/* parts: preload/intern.c preload/unwind/shape.c preload/sys.c */
/* Shapes of stacks that are made here, and a handler that jumps out while one is learnt. */
#include <criterion/criterion.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>

#include "unwind/shape.h"

enum { PAGE = 4096, PLACES_A_PAGE = PAGE / sizeof(uint16_t), WORDS = 1000 };
uint8_t hp_sandboxed;
void hp_meta_node(struct hp_thread *t, uint32_t id, uint32_t parent, uintptr_t pc, unsigned flags);
void hp_meta_node(struct hp_thread *t, uint32_t id, uint32_t parent, uintptr_t pc, unsigned flags) {}

static uintptr_t stack[WORDS];
static sigjmp_buf out;

static void on_fault(int signo)
{
	siglongjmp(out, 1);
}

static struct hp_thread *new_thread(void)
{
	struct hp_thread *t = mmap(NULL, sizeof *t, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	t->live = 1;
	t->stack.frames = t->stack.own[0];
	t->stack.stamp = t->stack.generation = 1;
	return t;
}

/* The first place that is a page's first. */
static size_t page_of(const struct hp_stack *st)
{
	return (PAGE - (uintptr_t)st->places % PAGE) % PAGE / sizeof *st->places;
}

/* Learns a stack of three frames, so many words apart. */
static void learn(struct hp_thread *t, struct hp_caller c, uintptr_t apart)
{
	struct hp_stack *st = &t->stack;
	st->count = 3;
	for (uintptr_t i = 0; i < 3; i++)
		st->frames[i] = (struct hp_stack_frame){ .sp = c.sp + 8 * apart * (2 - i), .info = 1u << HP_FRAME_RA | (i ? 0 : HP_FRAME_SETTLED) };
	hp_shape_learn(t, c);
}

/* A caller with its shapes in the same set as another's, at another stack pointer. */
static struct hp_caller rival(struct hp_stack *st, struct hp_caller of, uintptr_t sp)
{
	struct hp_caller c = { of.pc + 1, sp, 0 };
	while (hp_shape_set(st, c) != hp_shape_set(st, of))
		c.pc++;
	return c;
}

Test(shape, one_that_is_replaced_is_not_used_when_a_handler_jumps_out_halfway)
{
	struct hp_thread *t = new_thread();
	struct hp_stack *st = &t->stack;
	struct hp_caller high = { 0x400000, (uintptr_t)(stack + WORDS - 10), 0 };
	size_t page = PLACES_A_PAGE + page_of(st);
	hp_intern_init();
	/* the places of the first lie on either side of the end of a page */
	st->next_place = page - 1;
	learn(t, high, 2);
	cr_assert(hp_shape_fits(st, hp_shape_set(st, high), high));
	learn(t, rival(st, high, high.sp), 2);
	st->next_place = 4 * PLACES_A_PAGE;
	mprotect(st->places + page, PAGE, PROT_READ);
	signal(SIGSEGV, on_fault);
	if (!sigsetjmp(out, 1)) {
		learn(t, rival(st, high, (uintptr_t)stack), 400);
		cr_assert_fail("the page can be written to");
	}
	/* 400 words from the high stack pointer there is no stack */
	cr_assert(st->places[page - 1] > 300);
	cr_assert_not(hp_shape_fits(st, hp_shape_set(st, high), high));
}
