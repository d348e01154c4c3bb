/* library.h - where libhp.so is, in a form that LD_PRELOAD can name. */
#ifndef HP_CMD_LIBRARY_H
#define HP_CMD_LIBRARY_H

/* libhp.so beside the running hp-analyze, or in ../lib; NULL: not found. The caller's. */
char *library_find(void);
/*
 * LD_PRELOAD has no way to write a blank or a colon, so a path with one is replaced by a link in a new directory, which
 * *made names (else it is NULL) and library_forget removes. NULL: could not be made.
 */
char *library_safe_path(const char *library, char **made);
void library_forget(char *made);

#endif
