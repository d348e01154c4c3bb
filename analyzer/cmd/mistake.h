/* mistake.h - shows what of a user's words could not be understood. */
#ifndef HP_CMD_MISTAKE_H
#define HP_CMD_MISTAKE_H

#include <stddef.h>

/*
 * On stderr: what is wrong, then the text with a mark below the part from `at` to `end`:
 *     hp-analyze: check: there is no key 'peek_bytes' here; ...
 *       memory.peek_bytes < 5MiB
 *              ^~~~~~~~~~
 * `from`: where the text stands, "FILE:LINE", or NULL.
 */
void mistake_show(const char *command, const char *from, const char *text, size_t at, size_t end, const char *what);

#endif
