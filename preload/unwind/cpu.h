/*
 * cpu.h - what the unwinder must know of the CPU: DWARF register numbers, where a call leaves the return address, how
 * a signal frame looks, and one instruction that C has no portable words for. Selects one file by CPU.
 */
#ifndef HP_UNWIND_CPU_H
#define HP_UNWIND_CPU_H

#include "preload.h"

#if defined(__x86_64__)
#include "unwind/cpu_x86_64.h"
#else
#include "unwind/cpu_aarch64.h"
#endif

#endif
