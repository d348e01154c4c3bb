/*
 * naming.h - names for what a model knows by numbers: call paths, functions, locks, modules. Symbols are looked up when
 * they are asked for. What is returned is raw text (the renderers escape it) and lives until naming_free.
 */
#ifndef HP_TABLE_NAMING_H
#define HP_TABLE_NAMING_H

#include "model/model.h"
#include "sym/sym.h"
#include "table/table.h"

struct buf;
struct naming;

/* The model and its strings must outlive it. */
struct naming *naming_new(const struct model *model, const struct sym_options *options);
void naming_free(struct naming *naming);

/* Several threads read events: whoever looks names up for them meanwhile, takes turns. */
void naming_lock_for_run(struct naming *naming);
void naming_unlock_for_run(struct naming *naming);

/*
 * For doc->stacks: a stack is a node of model->stacks. Inlined functions are frames of their own; one more, "[cut: ...]", is
 * the outermost when there are frames that were not taken.
 */
struct stack_source naming_stacks(struct naming *naming);
/* The frames of one node alone, the innermost inlined one first; good until the next call. */
const struct frame *naming_node(struct naming *naming, uint32_t node, size_t *count);

struct function_name {
	const char *name, *module, *file;  /* module "" and file NULL: unknown */
	uint32_t    line;
	uint8_t     owner;                 /* enum frame_owner */
};
/* The linker's name of the function there; NULL: unknown. */
const char *naming_symbol(struct naming *naming, uint32_t module, uint64_t offset);
struct function_name naming_function(struct naming *naming, uint32_t module, uint64_t offset);

/* The innermost frame of the user's own code on a stack and where its call returns to: "setup+0x1c". NULL for stack 0. */
const char *naming_return_site(struct naming *naming, uint32_t stack);

/*
 * The stack without the calls inside of libc and the like at its inner end; itself where nothing else is below them. Stacks
 * that differ only there look alike.
 */
uint32_t naming_own_stack(const struct naming *naming, uint32_t stack);

/* The variable at a place, or that the place lies in: "queue", "server+0x40"; NULL: none is known there. */
const char *naming_variable(struct naming *naming, uint32_t module, uint64_t offset);

/* The same without a name: "libsqlite3.so.0+0x139ac8"; NULL: the module does not reach so far. */
const char *naming_data_place(struct naming *naming, uint32_t module, uint64_t offset);

/* The variable at an address of a process; NULL: none is known there (lock_name.c, as is the next). */
const char *naming_address(struct naming *naming, uint32_t process, uint64_t address);
/* A lock's, never empty: its variable, else "init@FUNCTION+0x1c", "MODULE+0x1234", "used@FUNCTION+0x1c", "KIND@ADDRESS". */
const char *naming_lock(struct naming *naming, uint32_t lock);

/* Looks up the names of all call paths beforehand, where a view is going to show all of them: see sym_ahead. */
void naming_ahead(struct naming *naming);

/* A text that a function of a module refers to: see sym_text_in. */
const char *naming_text_in(struct naming *naming, uint32_t module, const char *function, int (*accept)(const char *text));

/* For the parts of the naming: its model; a text that it keeps, from a buffer that is emptied. */
const struct model *naming_model(const struct naming *naming);
const char *naming_keep(struct naming *naming, struct buf *text);

/* Whether the module is one of libc's, the loader's, a language's runtime's. */
bool naming_is_foreign(const struct naming *naming, uint32_t module);

/* What names the module has, and (or NULL) why not more. */
enum sym_state naming_module(struct naming *naming, uint32_t module, const char **note);

#endif
