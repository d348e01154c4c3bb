/*
 * program.h - what kind of program a command starts, as far as it decides whether libhp.so gets into it. Scripts are
 * followed to their interpreters.
 */
#ifndef HP_SYM_PROGRAM_H
#define HP_SYM_PROGRAM_H

#include <stdint.h>

/* A shared runtime that insists on its place among the libraries. Those that are linked into the program do not mind. */
enum program_sanitizer { PROGRAM_NO_SANITIZER, PROGRAM_ASAN, PROGRAM_TSAN };

struct program {
	char *path;         /* the executable that runs in the end */
	char *loader;       /* its program interpreter; NULL: statically linked */
	enum program_sanitizer sanitizer;
	int   scripts;      /* how many #! lines led to it */
	uint8_t is_elf;
	uint8_t foreign;    /* made for another CPU or word size than this program */
	uint8_t privileged; /* runs with other rights than ours: set-id, or with capabilities */
};

/* The file that execvp would run; the caller's. NULL: there is none. */
char *program_find(const char *name);
/* pre: `path` is from program_find. What cannot be read stays unknown: is_elf = 0. */
void program_inspect(struct program *, const char *path);
void program_free(struct program *);

#endif
