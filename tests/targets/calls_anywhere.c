/* flags: -finstrument-functions -fno-builtin */
/* Instrumented functions where others are not looked for: in a handler, in the child of a vfork, in a constructor and at the end. */
#include <signal.h>
#include <sys/wait.h>

#include "tally.h"

static volatile int sink;

__attribute__((noinline)) void in_constructor(void) { sink++; }
__attribute__((noinline)) void in_handler(void) { sink++; }
__attribute__((noinline)) void in_vfork_child(void) { sink++; }
__attribute__((noinline)) void in_parent(void) { sink++; }
__attribute__((noinline)) void at_end(void) { sink++; }

static void handle(int signo) { (void)signo; in_handler(); }
__attribute__((constructor, no_instrument_function)) static void first(void) { in_constructor(); }
__attribute__((destructor, no_instrument_function)) static void last(void) { at_end(); }

__attribute__((noinline)) void parent(void)
{
	for (int i = 0; i < 20; i++) {
		pid_t child = vfork();
		if (!child) {
			in_vfork_child();
			_exit(0);
		}
		waitpid(child, NULL, 0);
		in_parent();
		raise(SIGUSR1);
	}
}

__attribute__((no_instrument_function)) int main(void)
{
	signal(SIGUSR1, handle);
	parent();
	tally("in_constructor", 1);
	tally("in_handler", 20);
	tally("in_vfork_child", 20);
	tally("in_parent", 20);
	tally("parent", 1);
	tally("at_end", 1);
}
