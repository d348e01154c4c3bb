/*
 * keeper.h - `record --safe`: dumps live in memory while they are written, where nobody can cut them and no disk gets full,
 * and become files when their processes have ended. Each process sends its dump's descriptor to the keeper's socket.
 */
#ifndef HP_CMD_KEEPER_H
#define HP_CMD_KEEPER_H

#include <sys/types.h>

#include "cmd/dumps.h"
#include "cmd/sampler.h"
#include "util/vec.h"

struct kept_dump {
	int   fd;      /* an open file of ours: its lock tells whether the process still maps it */
	int   failed;  /* it could not be written */
	int   sampled; /* the sampler has it */
	char *name;    /* what its file is to be called */
};

struct keeper {
	int   listener;
	char *place, *path;      /* the socket, in a directory of its own */
	const char *directory;   /* where the files go, */
	int   told;              /* that something could not be written there */
	char *elsewhere;         /* or where they went when that did not work; NULL: it did */
	struct sampler *sampler; /* looks at the processes meanwhile; NULL: nobody does */
	struct { VEC_FIELDS(struct kept_dump) } dumps;
	struct { VEC_FIELDS(int) } callers;  /* connected, but have not sent anything yet */
};

/* 0, or -1 with errno. keeper.path is for the programs' HP_KEEPER. */
int keeper_open(struct keeper *);
/* Takes dumps, and writes those of ended processes to `directory`, until the process has ended. It is not waited for. */
void keeper_attend(void *keeper, pid_t process, const char *directory);
/* The last look: writes what has ended, also what could not be written before. How many processes still run. */
size_t keeper_finish(struct keeper *);
/* Adds what is in memory only: of running processes, and what could not be written anywhere. The paths are this process's. */
void keeper_list(const struct keeper *, struct dumps *);
/* Leaves a process in the background that writes the rest when it has ended. 0, or -1. */
int keeper_stay(struct keeper *);
/* Also gives up what was not written. */
void keeper_close(struct keeper *);

#endif
