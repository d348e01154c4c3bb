/* exported.h - exports for tests, and the tools that open them. Files belong to the caller; text is malloced. */
#ifndef EXPORTED_H
#define EXPORTED_H

#include "json.h"
#include "run.h"

/* `hp-analyze export --to FORMAT MORE... -o FILE DUMP`, which must exit with 0. The file's path. more: ended by NULL, or NULL. */
char *exported(const char *dump, const char *format, const char *const *more);
/* What it says on stderr beside that. */
char *exported_saying(const char *dump, const char *format, const char *const *more, char **said);
void  exported_free(char *path);

/* Runs a tool on it: exit status 0, and nothing on stderr that says warning or error. What it prints. */
char *opened_by(const char *const *argv);
/* The same for tools of tests/tools, which print JSON. */
json *perfetto_checked(const char *path);
/* NULL: the npm package is not here. */
json *speedscope_imported(const char *path);
/* go, for `go tool pprof`; NULL: not here. */
const char *go_program(void);

/* A path in the repository. Malloced. */
char *in_repository(const char *name);

/* The number behind the first `label` in a text, with commas or a decimal point in it; the test fails if there is none. */
double number_behind(const char *text, const char *label);

#endif
