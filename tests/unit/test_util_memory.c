/* Arenas, vectors and buffers. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>

#include "util/arena.h"
#include "util/buf.h"
#include "util/vec.h"

Test(arena, what_it_gives_is_aligned_and_stays)
{
	struct arena a = { 0 };
	char *first = arena_strdup(&a, "first");

	for (size_t i = 0; i < 5000; i++) {
		unsigned char *block = arena_alloc(&a, i % 100);

		cr_assert(eq(sz, (uintptr_t)block % 16, 0));
		memset(block, 0xff, i % 100);
	}
	cr_expect(eq(str, first, "first"));
	arena_free(&a);
	cr_expect(eq(sz, a.total, 0));
}

Test(arena, large_blocks_and_none_at_all_are_fine)
{
	struct arena a = { 0 };
	char *large;

	cr_expect(ne(ptr, arena_alloc(&a, 0), NULL));
	large = arena_zalloc(&a, 8 << 20);
	cr_expect(eq(int, large[0] | large[(8 << 20) - 1], 0));
	cr_expect(eq(str, arena_strndup(&a, "abc", 2), "ab"));
	cr_expect(eq(str, arena_strndup(&a, "", 0), ""));
	arena_free(&a);
}

Test(arena, a_size_beyond_all_memory_ends_the_program_with_2, .exit_code = 2)
{
	struct arena a = { 0 };
	volatile size_t bytes = SIZE_MAX - 8;

	arena_alloc(&a, bytes);
}

Test(vec, pushed_elements_keep_their_order)
{
	VEC(int) v = { 0 };

	for (int i = 0; i < 1000; i++)
		vec_push(&v, i);
	cr_expect(eq(sz, v.n, 1000));
	for (int i = 0; i < 1000; i++)
		cr_expect(eq(int, v.v[i], i));
	vec_free(&v);
	cr_expect(eq(sz, v.n + v.cap, 0));
}

Test(vec, an_ensured_index_exists_and_is_zero)
{
	VEC(uint64_t) v = { 0 };

	vec_push(&v, 7);
	vec_ensure(&v, 100);
	cr_expect(eq(sz, v.n, 101));
	cr_expect(eq(u64, v.v[0], 7));
	cr_expect(eq(u64, v.v[100], 0));
	vec_ensure(&v, 3);
	cr_expect(eq(sz, v.n, 101));
	*vec_add(&v) = 9;
	cr_expect(eq(u64, v.v[101], 9));
	vec_free(&v);
}

Test(buf, pieces_become_one_text)
{
	struct buf b = { 0 };
	char *text;

	cr_expect(eq(str, (char *)buf_text(&b), ""));
	buf_adds(&b, "a");
	buf_addc(&b, 'b');
	buf_fill(&b, '-', 3);
	buf_addf(&b, "%d %s", 42, "x");
	cr_expect(eq(str, b.s, "ab---42 x"));
	cr_expect(eq(sz, b.n, 9));
	buf_reset(&b);
	cr_expect(eq(str, (char *)buf_text(&b), ""));
	text = buf_steal(&b);
	cr_expect(eq(str, text, ""));
	free(text);
}

Test(buf, long_formatted_text_fits)
{
	struct buf b = { 0 };

	buf_addf(&b, "%*d|%*d", 63, 1, 5000, 2);
	cr_expect(eq(sz, b.n, 5064));
	cr_expect(eq(sz, strlen(b.s), 5064));
	for (int n = 60; n < 70; n++) {
		buf_reset(&b);
		buf_addf(&b, "%*d", n, 1);
		cr_expect(eq(sz, strlen(b.s), (size_t)n));
	}
	buf_free(&b);
}
