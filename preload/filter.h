/* filter.h - what a seccomp filter that the program is about to install would do with us. */
#ifndef HP_FILTER_H
#define HP_FILTER_H

#include "preload.h"
#include <linux/filter.h>

/*
 * 1: it lets pass, or refuses with an error, the two system calls that are made in a sandbox (file.c). 0: it would end the
 * program for one of them, or it cannot be read. Runs the filter, which the kernel has not seen yet.
 */
HP_HIDDEN int hp_filter_spares_us(const struct sock_fprog *filter);

#endif
