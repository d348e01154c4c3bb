/*
 * expr.h - what `check` is asked: KEY OP VALUE.
 *
 *     memory.peak_bytes <= 64MiB             functions["parse"].calls == 10        io.files["*.log"].bytes_written < 1MB
 *     diff.memory.peak_bytes < +5%           locks[kind="mutex"].wait_ns < 5ms     process.end == "exit"
 *
 * A KEY is that of `report --json`: words with dots, and behind a list, in brackets, which of its rows: "GLOB" over what
 * they are known by (identity.h), COLUMN="GLOB", or * for all.
 */
#ifndef HP_TABLE_EXPR_H
#define HP_TABLE_EXPR_H

#include <stdbool.h>
#include <stddef.h>

#include "table/table.h"

enum expr_op { EXPR_LT, EXPR_LE, EXPR_EQ, EXPR_NE, EXPR_GE, EXPR_GT };

/* `at` and `end`: where it stands in the expression. */
struct expr_step {
	const char *name;     /* a member; NULL: rows are picked */
	const char *pattern;  /* rows: a glob */
	const char *column;   /* rows: of this column; NULL: of what they are known by */
	size_t at, end;
};

enum expr_value { EXPR_NUMBER, EXPR_TEXT, EXPR_TRUTH, EXPR_NULL };

struct expr {
	const char *text;          /* as it was given, borrowed, as is the next */
	const char *from;          /* where: "FILE:LINE", or NULL */
	bool        diff;          /* the change from --against, not the figure */
	struct expr_step *steps;
	size_t      step_count;
	enum expr_op op;
	enum expr_value type;
	long double number;        /* in bytes, ns, percent or 1; of EXPR_TRUTH 0 or 1 */
	enum unit   unit;          /* UNIT_NONE: a plain number */
	const char *word;          /* EXPR_TEXT */
	size_t      value_at;
};

/* What is wrong, and with which part of the text. */
struct expr_error { size_t at, end; char text[400]; };

enum { EXPR_STEPS_MOST = 16 };

/* 0, or -1 with *error filled. What it makes lives in the arena. */
int expr_parse(struct expr *, struct arena *, const char *text, struct expr_error *error);

const char *expr_op_text(enum expr_op);

#endif
