/*
 * suppress.h - leaks that are known and not to be reported, in LeakSanitizer's syntax and meaning: lines of "leak:PATTERN",
 * '#' begins a comment. A pattern is looked for in the module's path and in the names and source files of all frames of a
 * stack, inlined ones too; `*` stands for anything, `^` and `$` for the beginning and the end.
 *
 * They come from a file, from the program itself (what its __lsan_default_suppressions returns: its code is read, not run),
 * and from a list of what the C library keeps to its end by design (librarys.c).
 */
#ifndef HP_TABLE_SUPPRESS_H
#define HP_TABLE_SUPPRESS_H

#include "table/naming.h"
#include "util/arena.h"
#include "util/vec.h"

enum suppression_source { SUPPRESSION_FILE, SUPPRESSION_PROGRAM, SUPPRESSION_BUILTIN };

struct suppression {
	const char *pattern;
	enum suppression_source source;
	uint64_t bytes, blocks;     /* what it has suppressed */
};

struct suppressions {
	VEC(struct suppression) v;  /* the first that matches counts */
	struct arena arena;
	bool none;                  /* not even the program's and the built-in ones */
};

/* Where and why a file is not one of suppressions. line 0: it cannot be read. */
struct suppression_error { unsigned line; const char *text; };

/* The file's are added. 0, or -1. "none" is no file: nothing is to be suppressed. */
int suppressions_read(struct suppressions *, const char *path, struct suppression_error *);
/* Those in `text` are added; 0, or the number of the first line that is none. */
unsigned suppressions_parse(struct suppressions *, const char *text, enum suppression_source);

/* After model_run: what they match no longer counts as leaked. */
void suppressions_apply(struct suppressions *, struct model *, struct naming *);
void suppressions_free(struct suppressions *);

/* As LeakSanitizer does it: there is no going back, the first place where a piece of the pattern fits is taken. */
bool suppression_matches(const char *pattern, const char *text);

/* Which function of the C library or the loader keeps a block that was allocated on this stack; NULL: none is known to. */
const char *librarys_keeper(struct naming *, uint32_t stack);

#endif
