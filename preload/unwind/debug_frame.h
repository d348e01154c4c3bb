/*
 * debug_frame.h - unwind tables that are not loaded, or not to be found by program headers: .debug_frame of what was
 * compiled without .eh_frame, and .eh_frame without PT_GNU_EH_FRAME. Section headers tell where they are, in the file.
 *
 * Files are read by the constructor alone: a hook opens none. What is loaded later stays without such tables.
 */
#ifndef HP_UNWIND_DEBUG_FRAME_H
#define HP_UNWIND_DEBUG_FRAME_H

#include "unwind/module.h"

/* How many modules may have such tables; how many bytes of .debug_frame are copied into memory in all. */
enum { HP_DEBUG_FRAMES_MAX = 32, HP_DEBUG_FRAME_BYTES = 16 << 20 };

/* Looks for tables of a module whose code is at lo..hi. loaded: it has PT_GNU_EH_FRAME. Constructor only. */
HP_HIDDEN void hp_debug_frame_add(const char *path, uintptr_t lo, uintptr_t hi, uintptr_t bias, int loaded);
/* The n-th table for this address. 0, or -1: there are no more. Lock-free. */
HP_HIDDEN int hp_debug_frame_find(uintptr_t pc, unsigned n, struct hp_module *m);

#endif
