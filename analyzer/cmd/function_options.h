/*
 * function_options.h - what report can say of functions beyond the usual: --percentiles --recent --longest --parallelism, as an
 * argp child (options.h). Its input is a struct function_options, zeroed.
 */
#ifndef HP_CMD_FUNCTION_OPTIONS_H
#define HP_CMD_FUNCTION_OPTIONS_H

#include <argp.h>

#include "cmd/input.h"
#include "model/calls.h"
#include "table/functions.h"

struct function_options {
	struct functions_options shown;
	const char *recent, *longest;    /* names or globs, NULL: not given */
	struct calls_wanted calls;
	struct input *input;             /* private, as is the next */
	unsigned found;                  /* CALLS_*: for which of them there was a function */
};

extern const struct argp function_options;
#define OPTIONS_FUNCTIONS { &function_options, 0, "Functions:", 2 }

/* Whether any of them was given: then the view of functions is what the user wants to see. */
bool function_options_given(const struct function_options *);
/* After input_open, before input_run; `o` must live until input_close. */
void function_options_apply(struct function_options *, struct input *);
/* After input_run: CMD_UNUSABLE, and said why, if there is no such function. */
int function_options_check(const struct function_options *);

#endif
