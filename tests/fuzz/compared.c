#include "compared.h"

#include <stdlib.h>

#include "table/checks.h"
#include "table/diff.h"

static const char *const expressions[] = {
	"memory.peak_bytes < 0", "memory.sites[*].bytes < 0", "memory.sites[\"*a*\"].lifetime.max_ns < 0", "functions[*].calls < 0", "functions[\"?*\"].max_ns > 1h", "functions[*].self_ns < 0",
	"locks[*].waiters[*].wait_ns < 0", "locks[kind=\"m*\"].hold_ns < 0", "waits[*].time_ns < 0", "io.files[\"/*\"].sites[*].bytes < 0", "io.ops[*].errno[*] < 0",
	"threads[*].cpu_ns < 0", "process.end == \"exit\"", "recorder.blind_spots < 0", "modules[*].symbols == \"full\"", "locks < 0", "diff.memory.alloc_calls < -1",
};
enum { EXPRESSIONS = sizeof expressions / sizeof *expressions };

void compare_with_itself(const struct view_input *in, const struct doc *doc, void (*draw)(const struct doc *, int markdown))
{
	struct compare c = { .runs = { 0 } };
	struct arena arena = { 0 };
	struct diff d;
	for (int i = 0; i < 3; i++)
		compare_add(&c, i ? SIDE_NEW : SIDE_OLD, "dump", in, doc);
	compare_pair(&c);
	diff_make(&d, &c, &arena);
	for (int complete = 0; complete < 2; complete++) {
		struct doc told;
		doc_init(&told, &arena);
		told.stacks = compare_stacks(&c);
		diff_tables(&d, &told, &(struct diff_options){ .all = true, .complete = complete });
		draw(&told, !complete);
	}
	if (d.counts[VERDICT_WORSE] || d.counts[VERDICT_BETTER])
		abort();
	diff_free(&d);
	compare_free(&c);
	arena_free(&arena);
}

void check_some(const struct view_input *in, struct doc *doc, void (*draw)(const struct doc *, int junit))
{
	struct expr e[EXPRESSIONS];
	struct check checks[EXPRESSIONS];
	struct expr_error error;
	struct worst_stacks stacks;
	struct doc told;
	size_t n = 0;
	for (size_t i = 0; i < EXPRESSIONS; i++) {
		if (expr_parse(&e[i], in->arena, expressions[i], &error))
			continue;
		checks[n] = (struct check){ .expr = &e[i] };
		if (e[i].diff)
			check_old(&checks[n], in, doc, &error);
		if (check_judge(&checks[n], in, doc, &error))
			check_free(&checks[n]);
		else
			n++;
	}
	doc_init(&told, in->arena);
	told.stacks = worst_stacks(&stacks, in, doc->stacks);
	doc_add(&told, checks_table(in, checks, n, true));
	draw(&told, 1);
	draw(&told, 0);
	for (size_t i = 0; i < n; i++)
		check_free(&checks[i]);
	worst_stacks_free(&stacks);
}
