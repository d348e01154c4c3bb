/*
 * stacks.h - the modules and call stacks of all processes of a run, made comparable: a frame is (module, offset), so the
 * same stack in two processes is one node, wherever things were loaded. Node 0 is the root and means "no stack".
 * A stack is known by its innermost node; walk `parent` outwards.
 */
#ifndef HP_MODEL_STACKS_H
#define HP_MODEL_STACKS_H

#include "dump/dump.h"
#include "util/map64.h"

#define MODULE_NONE UINT32_MAX  /* an address in no known module: offset is the address */

struct module {
	const char *path;            /* "" unknown; raw bytes, the dump's */
	const uint8_t *build_id;
	uint32_t build_id_bytes;
	uint32_t loads;              /* in how many processes, each time it was loaded */
	uint64_t dev, ino;
	uint64_t first_base;         /* load bias where it was seen first */
};

struct stack_node {
	uint32_t parent;
	uint32_t depth;              /* frames from here to the outermost; the root has 0 */
	uint32_t module;             /* index, or MODULE_NONE */
	uint32_t flags;              /* HP_NODE_*; without HP_NODE_EXACT offset is a return address: look up offset - 1 */
	uint64_t offset;             /* address in the module's own terms (its ELF virtual address) */
};

struct stacks {
	VEC(struct module) modules;
	VEC(struct stack_node) nodes;      /* a parent's index is less than its children's */
	struct map64 by_frame, by_module;  /* private, as is the next */
	VEC(struct stack_scope *) scopes;
};

void stacks_init(struct stacks *);
void stacks_free(struct stacks *);

/*
 * Takes a scope's modules and nodes in; returns its number for the calls below. parent: the number of the scope that it was
 * forked from and shares its modules with, or MODULE_NONE. Nodes whose parents are unknown end there, marked as cut.
 */
uint32_t stacks_add_scope(struct stacks *, const struct dump_scope *, uint32_t parent);

/* The run's node of a scope's stack id: 0 for 0 and for an unknown id (then *unknown is counted up). */
uint32_t stacks_node(const struct stacks *, uint32_t scope, uint32_t id, uint64_t *unknown);

/* A stack of one frame for a return address known by its low 32 bits (a call site); ticks tell which module was there. */
uint32_t stacks_site(struct stacks *, uint32_t scope, uint32_t low32, uint64_t ticks);

/* The same of a stack's innermost frame alone. */
uint32_t stacks_innermost(struct stacks *, uint32_t node);

/* The module and offset of an address, or of its low 32 bits if `low` is set. */
struct stack_place { uint32_t module; uint64_t offset; };
struct stack_place stacks_place(const struct stacks *, uint32_t scope, uint64_t address, int low, uint64_t ticks);

/* Whether what these low 32 bits mean depends on the time; and whether there are any such in the scope. */
int stacks_is_mixed(const struct stacks *, uint32_t scope, uint32_t low32);
int stacks_has_mixed(const struct stacks *, uint32_t scope);

#endif
