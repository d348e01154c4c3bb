/*
 * store_file.h - the directory on disk in which what is known of files stays between reports: a file each, compressed. The
 * only user of libzstd. Whatever fails, fails silently: it is found out anew then.
 *
 * Directory and files are the user's alone. A file is written whole and put in place in one step, so that readers at the
 * same time see the old one or the new one; of two writers the last one wins. All of them together are kept within a bound.
 */
#ifndef HP_SYM_STORE_FILE_H
#define HP_SYM_STORE_FILE_H

#include "util/buf.h"

#define STORE_SUFFIX ".symbols"  /* of every name */

/* $XDG_CACHE_HOME/hp, or $HOME/.cache/hp; NULL: there is no such directory. The caller's. */
char *store_directory(void);

/* The contents, at most `most` bytes of them; -1: there is none that can be used. */
int store_read(const char *dir, const char *name, size_t most, struct buf *out);
/* Makes the directory if need be, and takes away the files that were not used for the longest time, down to `all` bytes. */
void store_write(const char *dir, const char *name, const struct buf *contents, size_t all);
void store_remove(const char *dir, const char *name);

#endif
