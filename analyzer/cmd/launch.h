/*
 * launch.h - starts a program under libhp.so, with all dumps of the run in one directory, and waits for it. While it runs,
 * the terminal's SIGINT and SIGQUIT are left to the program, and signals that others send to us are passed on to it.
 */
#ifndef HP_CMD_LAUNCH_H
#define HP_CMD_LAUNCH_H

#include <sys/types.h>

struct launch {
	char      **argv;       /* the program and its arguments */
	const char *library;    /* absolute path of libhp.so; NULL: without it */
	int         asan;       /* the program is linked with AddressSanitizer's library, which wants to be the first */
	const char *directory;  /* for the dumps; NULL: hp.NAME.PID */
	const char *keeper;     /* a socket that dumps in memory are sent to; NULL: they are files in the directory */
	void      (*attend)(void *, pid_t process, const char *directory);  /* called while it runs, returns at its end; or NULL */
	void       *attend_with;
};

struct launched {
	char *directory;        /* where the dumps are, or should have been; the caller's */
	int   made_directory;   /* it was not there before */
	int   wait_status;      /* as waitpid gives it */
	const char *failed;     /* what could not be done, when the program was not started; else NULL */
	int   error;            /* errno of that */
	int   no_directory;     /* it was `directory` that could not be made or entered */
};

/* For who attends: the process has ended, though nobody has waited for it. */
int launch_is_over(pid_t);

/* Runs the program to its end. 0, or -1: it was not started, see `failed`. */
int launch(const struct launch *, struct launched *);

#endif
