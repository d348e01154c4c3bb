/* keep_file.h - a dump in memory becomes a file. */
#ifndef HP_CMD_KEEP_FILE_H
#define HP_CMD_KEEP_FILE_H

/*
 * Writes the data of `fd`, holes left out, to a new file in `directory`: `name`, or with .1, .2 behind it where there is one. What
 * holds no dump is left out. 0, or -1 with errno, and no file is left.
 */
int keep_file(int fd, const char *directory, const char *name);

#endif
