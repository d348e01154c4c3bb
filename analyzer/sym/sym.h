/*
 * sym.h - from addresses of a recorded process to names.
 *
 * A symbolizer knows the modules of one process. Files are opened when an address first needs them, and everything that
 * was found out is remembered, per (module, offset), and kept on disk for those who ask next (known.h). All text that is returned lives until sym_close; it comes from files
 * that need not be trusted, so escape it before it is shown (util/text.h). One thread at a time.
 *
 * A file is used only if its build id is the recorded one. Nothing is fetched over the network.
 */
#ifndef HP_SYM_H
#define HP_SYM_H

#include <stddef.h>
#include <stdint.h>

/* One loaded object. The same file loaded again, or two at one address at different times, are several of these. */
struct sym_module {
	const char    *path;        /* as the process saw it; "" or relative: has no file */
	const uint8_t *build_id;
	size_t         build_id_bytes;  /* 0: unknown, then the file is taken as it is */
	uint64_t       base;        /* load bias: address in the process - address in the file */
	uint64_t       lo, hi;      /* executable range */
	uint64_t       from, to;    /* times between which it was loaded; the unit is the caller's; to = UINT64_MAX: to the end */
};

struct sym_options {
	const char *debug_dir;  /* where separate debug files are looked for, besides /usr/lib/debug; NULL: nowhere */
	const char *sysroot;    /* put in front of every path; NULL: none */
	size_t      ahead_functions;  /* sym_ahead: so many functions' debug information stays in memory; 0: 50,000 */
	const char *cache_dir;  /* where answers are kept for the next time; NULL: nowhere */
};

/* For `time`: whatever was there last. */
#define SYM_ANY_TIME UINT64_MAX

enum sym_state {
	SYM_NONE,     /* no names */
	SYM_DYNAMIC,  /* exported names only */
	SYM_FULL,     /* all functions; file and line if it was built with -g */
};

struct sym_frame {
	const char *function;  /* demangled; of an unknown one "MODULE+0xOFFSET" or "0xADDRESS"; never NULL */
	const char *raw;       /* as the linker knows it; NULL: unknown */
	const char *file;      /* source file; NULL: unknown */
	uint32_t    line;      /* 0: unknown */
	int32_t     module;    /* index into the modules; -1: none */
	uint32_t    offset;    /* of the address from the function's start; 0: unknown, or inlined */
	uint8_t     inlined;   /* the next frame is the function that this one was inlined into */
};

struct sym_data {
	const char *name;      /* demangled */
	const char *raw;
	uint64_t    offset;    /* of the address in the object */
	int32_t     module;
};

/* Copies the modules, their paths and build ids. */
struct sym *sym_open(const struct sym_module *modules, size_t n, const struct sym_options *options);
void sym_close(struct sym *);

/*
 * The functions at `pc`, innermost first: one, and one more for each that it is inlined into; never none. A return
 * address belongs to the call before it, so say with `exact` whether pc is one (0) or an instruction that was reached.
 */
size_t sym_frames(struct sym *, uint64_t pc, int exact, uint64_t time, const struct sym_frame **frames);

/*
 * sym_frames and sym_function for many places at once, unit by unit, so that little of the debug information is in memory at a
 * time. Sorts the places. `step` is called now and then with how many more are done.
 */
struct sym_place { uint64_t pc; uint8_t exact; };
void sym_ahead(struct sym *, struct sym_place *places, size_t n, void (*step)(void *, uint64_t more), void *opaque);

/* The function that starts at, or contains, `address`, with the place of its declaration; never NULL. */
const struct sym_frame *sym_function(struct sym *, uint64_t address, uint64_t time);

/* The global or static variable that `address` lies in. 0, or -1: none is known. */
int sym_data(struct sym *, uint64_t address, uint64_t time, struct sym_data *out);

/*
 * The first text (a string constant) that the code of a module's function refers to and `accept` takes; NULL: there is none.
 * Nothing is run: the code is searched for addresses. So what a simple function returns is found, however it was compiled.
 */
const char *sym_text_in(struct sym *, size_t module, const char *function, int (*accept)(const char *text));

/* The module whose executable range holds `address`; -1: none. */
int32_t sym_module_at(struct sym *, uint64_t address, uint64_t time);

/* What names the module has. *note (may be NULL) becomes a reason or an advice for the user, or NULL. */
enum sym_state sym_state(struct sym *, size_t module, const char **note);
/* The word of enum sym_state in reports. */
const char *sym_state_name(enum sym_state);

#endif
