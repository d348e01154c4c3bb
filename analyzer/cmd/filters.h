/* filters.h - filters of function calls as users give them: include/hp_filter.h, or @file:PATH for what is in a file. */
#ifndef HP_CMD_FILTERS_H
#define HP_CMD_FILTERS_H

/*
 * The filter's text, which stays. What cannot be understood is shown on stderr, with the place, and ends the program (CMD_UNUSABLE).
 * command: who says so, "report".
 */
const char *filters_read(const char *command, const char *text);

#endif
