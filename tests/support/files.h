/* files.h - directories, files and the state of processes, for run.c and the tests. */
#ifndef FILES_H
#define FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* A new directory below $TMPDIR that everybody may enter. Malloced. */
char *new_directory(void);
/* A directory that everybody may write to: tests also run programs as other users. */
bool mkdir_open(const char *path);
void remove_tree(const char *path);
/* Paths of the files in `dir` whose names end in `suffix`, by name; malloced, ended by NULL. */
char **list_files(const char *dir, const char *suffix, size_t *count);
/* Bytes that a file takes on disk. */
long long disk_bytes(const char *path);
long long file_bytes(const char *path);
/* Whether each thread of a process waits in the kernel. */
bool all_threads_sleep(pid_t pid);

#endif
