/* same.h - a program does under hp what it does without: output, exit status, signal, and files left behind. */
#ifndef SAME_H
#define SAME_H

#include "run.h"

/* Runs it plain and under libhp.so, where it must leave a dump. */
void expect_same(struct run_how how, const char *const *argv);
/* The same, and hands back the run under hp. */
struct run *run_same(struct run_how how, const char *const *argv);

#endif
