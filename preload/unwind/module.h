/*
 * module.h - which module a program counter is in, and where its unwind tables are. Lock-free and async-signal-safe; the
 * loader's lock is never taken. Tables are read only through hp_module_bytes, which stays inside the module's readable
 * segments as its program headers tell them.
 */
#ifndef HP_UNWIND_MODULE_H
#define HP_UNWIND_MODULE_H

#include "unwind/bytes.h"

struct dl_find_object;
/* glibc's _dl_find_object (2.35 and later), set by the constructor. NULL: hp_module_add's table is used. */
extern HP_HIDDEN int (*hp_dl_find_object)(void *, struct dl_find_object *);

struct hp_module {
	uintptr_t lo, hi;            /* mapped range; the ELF header is at lo */
	uintptr_t eh_frame_hdr;      /* PT_GNU_EH_FRAME */
	const void *headers;         /* program headers; NULL: not in the first page, so memory is asked whether it can be read */
	unsigned header_count;
	uintptr_t bias;
	const uint8_t *frames;       /* the entries themselves, where no header leads to them (debug_frame.h); else NULL */
	size_t frames_bytes;
	int debug;                   /* they are those of .debug_frame */
};

/* What _dl_find_object says of an address. 0, or -1: it is in no object, or there is no such function. */
struct link_map;
struct hp_object { uintptr_t lo, hi, eh_frame_hdr; const struct link_map *map; };
HP_HIDDEN int hp_module_object(uintptr_t address, struct hp_object *o);

/* The module with this code address. 0, or -1: in none, without unwind tables, or not readable. */
HP_HIDDEN int hp_module_find(uintptr_t pc, struct hp_module *m);
/* The bytes from `at` to the end of the readable segment around it, or of `frames`. 0, or -1. */
HP_HIDDEN int hp_module_bytes(const struct hp_module *m, uintptr_t at, struct hp_bytes *b);

/*
 * For a libc without _dl_find_object: modules as they are seen to come and go. Any number of threads may call these. A
 * full table (HP_MODULES_MAX) ignores further ones. Call hp_stack_modules_changed() after.
 */
enum { HP_MODULES_MAX = 1024 };
HP_HIDDEN void hp_module_add(uintptr_t lo, uintptr_t hi, uintptr_t eh_frame_hdr);
HP_HIDDEN void hp_module_remove(uintptr_t lo);

#endif
