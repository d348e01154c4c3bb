/*
 * text.h - names that come from a program, a file or a dump, made fit for a terminal. Such text may hold anything:
 * control sequences, bytes that are no UTF-8, characters that reverse or hide what follows.
 */
#ifndef HP_UTIL_TEXT_H
#define HP_UTIL_TEXT_H

#include <stddef.h>
#include <stdint.h>

struct buf;

/*
 * Appends `text` as printable UTF-8 on one line: C0 controls, DEL and bytes that are no UTF-8 as \xNN (tab, newline,
 * return as \t \n \r), C1 controls and invisible or direction-changing characters as \u{NNNN}.
 */
void text_escape(struct buf *, const char *text, size_t bytes);
/* The same as a new block for the caller. */
char *text_escaped(const char *text) __attribute__((returns_nonnull));
/* The same for a message that is printed at once: good until the fourth next call. One thread at a time. */
const char *text_shown(const char *text);
/* Whether text_escape would change nothing. */
int text_is_plain(const char *text, size_t bytes);

/* Columns that escaped text takes on a terminal: wide characters two, combining ones none. */
size_t text_width(const char *text);
/*
 * Appends escaped text in at most `columns` columns; what is too much is cut out of the middle and "..." put there,
 * because C++ and Rust names and paths say the most at their ends.
 */
void text_clip(struct buf *, const char *text, size_t columns);

/* The character at `text`, its length in *used (>= 1 when bytes > 0); -1 for a byte that is no UTF-8. */
int32_t text_decode(const char *text, size_t bytes, size_t *used);

#endif
