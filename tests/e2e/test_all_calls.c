/* Every I/O, wait and stdio function returns, sets errno and writes to memory as it does without hp. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>

#include "run.h"

ParameterizedTestParameters(all_calls, answer_as_without_hp)
{
	static char names[][16] = { "io_all", "path_all", "wait_all", "stdio_all" };
	return cr_make_param_array(char[16], names, sizeof names / sizeof names[0]);
}

ParameterizedTest(char name[16], all_calls, answer_as_without_hp)
{
	struct run *plain = run((struct run_how){ 0 }, ARGV(target(name)));
	struct run *recorded = run((struct run_how){ .preload = true }, ARGV(target(name)));
	cr_expect_eq(plain->status, 0);
	cr_expect_eq(recorded->status, 0);
	cr_expect_str_eq(recorded->out, plain->out);
	cr_expect_str_eq(recorded->err, plain->err);
	run_free(plain);
	run_free(recorded);
}
