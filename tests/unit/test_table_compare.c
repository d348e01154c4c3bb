/* Comparing runs: what is chance, what is the same thing in another run, and call paths with functions put inline. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "table/diff.h"
#include "table/noise.h"
#include "table/normal.h"

/* ---- chance ---- */

/* Published critical values of U, both sides, at 1 %: (n, m, U), and the same at 5 %. */
Test(noise, ranks_have_the_chances_of_the_published_tables)
{
	static const struct { size_t n, m; double u, level; } critical[] = {
		{ 5, 5, 0, 0.01 }, { 5, 6, 1, 0.01 }, { 5, 8, 2, 0.01 }, { 6, 6, 2, 0.01 }, { 7, 7, 4, 0.01 }, { 8, 8, 7, 0.01 }, { 9, 9, 11, 0.01 }, { 10, 10, 16, 0.01 },
		{ 20, 20, 105, 0.01 }, { 5, 5, 2, 0.05 }, { 8, 8, 13, 0.05 }, { 10, 10, 23, 0.05 }, { 12, 15, 49, 0.05 }, { 20, 20, 127, 0.05 },
	};

	for (size_t i = 0; i < sizeof(critical) / sizeof(critical[0]); i++) {
		double at = noise_chance(critical[i].n, critical[i].m, critical[i].u), beyond = noise_chance(critical[i].n, critical[i].m, critical[i].u + 1);

		cr_expect(at <= critical[i].level && beyond > critical[i].level, "%zu and %zu: U = %g has %g, one more %g", critical[i].n, critical[i].m, critical[i].u, at, beyond);
	}
	cr_expect_float_eq(noise_chance(5, 5, 0), 2.0 / 252, 1e-12);
	cr_expect_float_eq(noise_chance(30, 30, 300), 0.0267, 1e-3);
}

static uint64_t state = 0x2545f4914f6cdd1du;
static double uniform(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (double)(state >> 11) / 9007199254740992.0;
}
static double bell(void) { return sqrt(-2 * log(1 - uniform())) * cos(6.283185307179586 * uniform()); }

static double share_marked(size_t n, size_t m, double shift, bool skewed)
{
	double old[32], new[32];
	int marked = 0, trials = 4000;

	for (int t = 0; t < trials; t++) {
		for (size_t i = 0; i < n; i++)
			old[i] = skewed ? exp(bell()) : bell();
		for (size_t i = 0; i < m; i++)
			new[i] = shift + (skewed ? exp(bell()) : bell());
		noise_sample(old, n);
		noise_sample(new, m);
		marked += noise_judge(old, n, new, m) == NOISE_BEYOND;
	}
	return (double)marked / trials;
}

Test(noise, one_in_a_hundred_unchanged_figures_is_taken_for_changed)
{
	for (size_t n = 1; n <= 8; n++)
		for (size_t m = n; m <= 8; m++)
			for (int skewed = 0; skewed < 2; skewed++) {
				double share = share_marked(n, m, 0, skewed);

				cr_expect(share < 0.016, "%zu and %zu runs%s: %.2f %%", n, m, skewed ? ", skewed" : "", 100 * share);
			}
}

Test(noise, large_changes_are_found_with_few_runs)
{
	cr_expect(share_marked(3, 3, 10, false) > 0.95);
	cr_expect(share_marked(4, 4, 6, false) > 0.95);
	cr_expect(share_marked(5, 5, 4, false) > 0.9);
	cr_expect(share_marked(10, 10, 3, false) > 0.95);
	cr_expect(share_marked(20, 20, 3, false) > 0.99);
}

static enum noise judge(double *old, size_t n, double *new, size_t m)
{
	noise_sample(old, n);
	noise_sample(new, m);
	return noise_judge(old, n, new, m);
}

Test(noise, what_is_the_same_in_all_repeats_is_exact)
{
	double a[] = { 7, 7, 7 }, b[] = { 8, 8, 8 }, c[] = { 7, 7 }, d[] = { 8 }, e[] = { 7 }, f[] = { 6, 7, 8 }, g[] = { 7, 8, 7, 7 };

	cr_expect_eq(judge(a, 3, b, 3), NOISE_EXACT);
	cr_expect_eq(judge(a, 3, c, 2), NOISE_SAME);
	cr_expect_eq(judge(c, 2, d, 1), NOISE_EXACT);
	cr_expect_eq(judge(e, 1, d, 1), NOISE_UNKNOWN);
	cr_expect_eq(judge(e, 1, e, 1), NOISE_SAME);
	cr_expect_eq(judge(a, 3, f, 3), NOISE_WITHIN);
	cr_expect_eq(judge(a, 3, g, 4), NOISE_WITHIN);
	cr_expect_eq(judge(e, 1, (double[]){ 20, 21 }, 2), NOISE_UNKNOWN);
}

/* ---- names ---- */

static void expect_normal(void (*normal)(struct buf *, const char *), const char *name, const char *wanted)
{
	struct buf b = { 0 };

	normal(&b, name);
	cr_expect_str_eq(buf_text(&b), wanted, "%s: %s", name, buf_text(&b));
	buf_free(&b);
}

Test(normal, functions_are_named_without_offsets_and_copies)
{
	expect_normal(normal_function, "parse", "parse");
	expect_normal(normal_function, "parse.isra.0", "parse");
	expect_normal(normal_function, "parse.constprop.0.cold", "parse");
	expect_normal(normal_function, "ns::parse(int) [clone .part.3]", "ns::parse(int)");
	expect_normal(normal_function, "libfoo.so.1+0xa7504", "libfoo.so.1");
	expect_normal(normal_function, "operator+0x", "operator+0x");
	expect_normal(normal_function, "0x7f001234", "?");
	expect_normal(normal_function, ".cold", ".cold");
	expect_normal(normal_function, "", "");
}

Test(normal, locks_are_named_without_addresses)
{
	expect_normal(normal_lock, "cache_lock", "cache_lock");
	expect_normal(normal_lock, "table+0x40", "table+0x40");
	expect_normal(normal_lock, "init@setup+0x1c", "init@setup");
	expect_normal(normal_lock, "mutex@0x7ffc0123", "mutex@");
}

static struct process processes[] = { { .pid = 4711, .exe = "/usr/bin/tool", .cmdline = "", .host = "" }, { .pid = 99, .exe = "", .cmdline = "", .host = "" } };
static const struct model two_processes = { .processes.v = { .v = processes, .n = 2 } };

static void expect_path(const char *path, const char *wanted)
{
	struct buf b = { 0 };

	normal_path(&b, &two_processes, path);
	cr_expect_str_eq(buf_text(&b), wanted, "%s: %s", path, buf_text(&b));
	buf_free(&b);
}

Test(normal, files_are_named_without_process_numbers_and_random_parts)
{
	expect_path("/etc/passwd", "/etc/passwd");
	expect_path("/tmp/run.4711/a", "/tmp/run.PID/a");
	expect_path("/proc/99/maps", "/proc/PID/maps");
	expect_path("/proc/98/maps", "/proc/98/maps");
	expect_path("/tmp/sortQx3Zab", "/tmp/sortXXXXXX");
	expect_path("/tmp/tmp.aB3dE9/out.txt", "/tmp/tmp.XXXXXX/out.txt");
	expect_path("/tmp/report.txt", "/tmp/report.txt");
	expect_path("/var/log/AbCdE1", "/var/log/AbCdE1");
	expect_path("pipe:[12345]", "pipe:[N]");
	expect_path("/tmp/12345678901234567890123", "/tmp/12345678901234567890123");
}

Test(normal, modules_are_named_without_versions_and_the_program_not_at_all)
{
	static const char *const names[][2] = { { "/usr/bin/tool", "" }, { "/lib/libz.so.1.2.13", "libz.so" }, { "/opt/plugin", "plugin" } };

	for (size_t i = 0; i < 3; i++) {
		struct buf b = { 0 };

		normal_module(&b, &two_processes, names[i][0]);
		cr_expect_str_eq(buf_text(&b), names[i][1]);
		buf_free(&b);
	}
}

Test(normal, call_paths_begin_at_main_and_hold_recursion_once)
{
	static const struct frame frames[] = { { .name = "malloc_here.isra.1" }, { .name = "walk", .line = 3 }, { .name = "walk", .line = 4 }, { .name = "main" }, { .name = "_start", .owner = FRAME_START } };
	struct buf b = { 0 };

	normal_stack(&b, frames, 5, PLACES_OUT);
	cr_expect_str_eq(buf_text(&b), "main;walk;malloc_here");
	buf_free(&b);
}

Test(normal, functions_without_a_name_are_places_of_their_build)
{
	static const struct frame frames[] = { { .name = "lib.so+0x10" }, { .name = "lib.so+0x20" }, { .name = "main" } };
	struct buf out = { 0 }, kept = { 0 };

	normal_stack(&out, frames, 3, PLACES_OUT);
	normal_stack(&kept, frames, 3, PLACES_KEPT);
	cr_expect_str_eq(buf_text(&out), "main;lib.so");
	cr_expect_str_eq(buf_text(&kept), "main;lib.so+0x20;lib.so+0x10");
	buf_free(&out);
	buf_free(&kept);
}

/* ---- runs ---- */

static const struct column site_columns[] = { { "bytes", "", .unit = UNIT_BYTES }, { "stack", "", .unit = UNIT_NONE } };
static const struct column memory_columns[] = { { "sites", "", .unit = UNIT_NONE } };

struct site { const char *path; uint64_t bytes; };  /* outermost first, blanks between; a path's number is its stack */

static const struct site *told;
static const struct frame *frames_of(void *context, uint64_t stack, size_t *count)
{
	static struct frame frames[8];
	static char names[200];
	char *rest = strcpy(names, told[stack - 1].path), *name;
	size_t n = 0;

	(void)context;
	while ((name = strsep(&rest, " "))) {
		memmove(frames + 1, frames, sizeof(frames[0]) * n++);
		frames[0] = (struct frame){ .name = name };
	}
	*count = n;
	return frames;
}

static void add_run(struct compare *c, enum side side, const struct site *sites, size_t n)
{
	struct arena arena = { 0 };
	struct doc doc;
	struct view_input in = { .model = &two_processes, .arena = &arena, .dumps = "d" };
	struct table *memory = TABLE_NEW(&arena, TABLE_OBJECT, "memory", NULL, memory_columns), *all = TABLE_NEW(&arena, TABLE_ROWS, "sites", NULL, site_columns);

	told = sites;
	for (size_t i = 0; i < n; i++) {
		struct cell *cells = table_row(all);

		cells[0] = cell_int(sites[i].bytes);
		cells[1] = cell_stack(i + 1);
	}
	table_row(memory)[0] = cell_table(all);
	doc_init(&doc, &arena);
	doc.stacks = (struct stack_source){ frames_of, NULL };
	doc_add(&doc, memory);
	compare_add(c, side, "d", &in, &doc);
	arena_free(&arena);
}

static const struct change *change_of(const struct diff *d, const char *innermost)
{
	for (size_t i = 0; i < d->changes.n; i++) {
		uint32_t stack = d->compare->rows.v[d->changes.v[i].row].stack;

		if (stack && !strcmp(d->compare->stacks.v[stack - 1].frames[0].name, innermost))
			return &d->changes.v[i];
	}
	cr_assert_fail("no change of %s", innermost);
	return NULL;
}

Test(compare, call_paths_are_the_same_by_names_and_inlined_functions_do_not_part_them)
{
	static const struct site old[] = { { "main load parse dup", 100 }, { "main load", 10 }, { "main work step", 7 }, { "main gone away", 5 } };
	static const struct site new[] = { { "main parse dup", 130 }, { "main load", 10 }, { "main work step", 7 }, { "main work step", 7 }, { "init fresh", 3 } };
	struct compare c = { .runs = { 0 } };
	struct arena arena = { 0 };
	struct diff d;
	const struct change *x;

	for (int i = 0; i < 2; i++) {
		add_run(&c, SIDE_OLD, old, 4);
		add_run(&c, SIDE_NEW, new, 5);
	}
	compare_pair(&c);
	cr_assert_eq(diff_make(&d, &c, &arena), 0);
	x = change_of(&d, "dup");
	cr_expect(x->old.median == 100 && x->new.median == 130 && x->noise == NOISE_EXACT && x->verdict == VERDICT_WORSE);
	cr_expect(c.rows.v[x->row].paired);
	cr_expect_eq(change_of(&d, "load")->verdict, VERDICT_SAME);
	cr_expect(change_of(&d, "step")->new.median == 14, "sites of one path are added up");
	cr_expect(change_of(&d, "away")->new.median == 0 && change_of(&d, "away")->verdict == VERDICT_BETTER);
	cr_expect(change_of(&d, "fresh")->old.median == 0);
	cr_expect_eq(d.counts[VERDICT_WORSE], 3);
	cr_expect(d.changes.v[0].row == x->row, "the largest comes first");
	diff_free(&d);
	compare_free(&c);
	arena_free(&arena);
}

/* In one build an unnamed function is known by its place; of another build's only their module is known to be the same. */
Test(compare, functions_without_names_are_told_apart_in_one_build_and_put_together_in_two)
{
	static const struct site old[] = { { "main app+0x10", 100 }, { "main app+0x20", 10 } };
	static const struct site same[] = { { "main app+0x10", 100 }, { "main app+0x20", 30 }, { "main app+0x30", 1 } };
	static const struct site other[] = { { "main app+0x18", 120 }, { "main app+0x28", 10 } };
	struct arena arena = { 0 };

	for (int builds = 1; builds <= 2; builds++) {
		struct compare c = { .runs = { 0 } };
		struct diff d;

		add_run(&c, SIDE_OLD, old, 2);
		add_run(&c, SIDE_OLD, old, 2);
		add_run(&c, SIDE_NEW, builds == 1 ? same : other, builds == 1 ? 3 : 2);
		compare_pair(&c);
		cr_assert_eq(diff_make(&d, &c, &arena), 0);
		if (builds == 1) {
			cr_expect_eq(change_of(&d, "app+0x10")->verdict, VERDICT_SAME);
			cr_expect(change_of(&d, "app+0x20")->new.median == 30 && change_of(&d, "app+0x30")->old.median == 0);
		} else {
			cr_assert_eq(d.changes.n, 1);
			cr_expect(d.changes.v[0].old.median == 110 && d.changes.v[0].new.median == 130);
		}
		diff_free(&d);
		compare_free(&c);
	}
	arena_free(&arena);
}
