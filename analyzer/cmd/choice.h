/* choice.h - what a user may have meant who named something that does not exist. */
#ifndef HP_CMD_CHOICE_H
#define HP_CMD_CHOICE_H

#include <argp.h>

/* " (did you mean 'WORD'?)" of a list with blanks or commas between its words; "" if none is like it. Good until the next call. */
const char *choice_like(const char *list, const char *typed);

/*
 * Looks through argv for an option that a command does not have, before argp does: if there is one, names it with those that exist, and
 * exits with status 2. leading: options end at the first other argument.
 */
void choice_check_options(const struct argp *, int argc, char **argv, int leading);

#endif
