/*
 * err.h - messages on stderr, all in one form: "hp-analyze: TEXT". Text from a dump is escaped by the caller.
 * err_die and err_usage leave the process with status 2; only main.c, cmd/ and util/alloc.c call them.
 */
#ifndef HP_UTIL_ERR_H
#define HP_UTIL_ERR_H

enum { ERR_STATUS_UNUSABLE = 2 };  /* contract: bad usage, or a dump that cannot be read at all */

void err_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));
_Noreturn void err_die(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
