/* Names that are looked up beforehand, with the debug information given back in between, are those that are looked up one by one. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "own_modules.h"
#include "run.h"
#include "sym/sym.h"

/* More functions than are kept at a time, in several files. */
static const char build[] =
	"for u in 1 2 3 4 5; do awk -v u=$u 'BEGIN { for (i = 0; i < 100; i++) printf \"int f%d_%d(int x) { return x + %d; }\\n\", u, i, i }' >u$u.c; done && "
	"cc -O1 -g -fvisibility=hidden -fPIC -shared -Wl,--build-id -o lib.so u1.c u2.c u3.c u4.c u5.c";
enum { FIRST = 0x1000, LAST = 0x2000, STEP = 1, PLACES = (LAST - FIRST) / STEP };

static char *told(struct sym *s, uint64_t pc)
{
	const struct sym_frame *f, *g = sym_function(s, pc - 1, SYM_ANY_TIME);

	sym_frames(s, pc, 0, SYM_ANY_TIME, &f);
	return format("%s+%u %s %s:%u, %s %s:%u", f->function, f->offset, f->raw ? f->raw : "-", f->file ? f->file : "-", f->line, g->function,
	              g->file ? g->file : "-", g->line);
}

static void step(void *done, uint64_t more)
{
	*(uint64_t *)done += more;
}

Test(ahead, names_are_the_same_as_one_by_one)
{
	char *dir = new_directory(), *path = format("%s/lib.so", dir);
	struct sym_module m = { .path = path, .lo = 0, .hi = 1 << 30, .to = UINT64_MAX };
	struct sym_place places[PLACES];
	uint64_t steps = 0;
	size_t named = 0;

	build_with(dir, NULL, NULL, build);
	struct sym *one_by_one = sym_open(&m, 1, NULL), *ahead = sym_open(&m, 1, &(struct sym_options){ .ahead_functions = 150 });
	for (size_t i = 0; i < PLACES; i++)
		places[i] = (struct sym_place){ FIRST + i * 1009 % PLACES * STEP, 0 };
	sym_ahead(ahead, places, PLACES, step, &steps);
	cr_expect(steps > 0 && steps <= PLACES);
	for (size_t i = 0; i < PLACES; i++) {
		uint64_t pc = FIRST + i * 31 % PLACES * STEP;
		char *expected = told(one_by_one, pc), *answer = told(ahead, pc);

		cr_expect(!strcmp(expected, answer), "%s, not %s", answer, expected);
		named += strstr(answer, "/u4.c:") != NULL;
		free(expected);
		free(answer);
	}
	cr_expect(named > 100, "%zu of the fourth unit", named);
	sym_close(one_by_one);
	sym_close(ahead);
	remove_tree(dir);
}
