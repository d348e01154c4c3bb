/*
 * advise.h - which functions cost more to record than they are worth: small ones that are called often. What a recording
 * without them is told by, and what it saves.
 */
#ifndef HP_TABLE_ADVISE_H
#define HP_TABLE_ADVISE_H

#include "table/view.h"

struct advise_options {
	uint64_t at_most_ns;   /* a function is small if its calls take no more, on average; 0: ten times what recording one costs */
	double   share;        /* and worth a word if it makes so many percent of all calls */
};

/* The model: its function times compensated, and no filter set. */
void advise_add(const struct view_input *, const struct advise_options *, struct doc *);

/* The names to leave functions out by (advise_names.c). */
struct advised {
	uint32_t    function;          /* index */
	const char *name, *symbol, *file, *module;  /* symbol, file NULL: unknown */
	char       *filter;            /* an item of HP_FILTER, without its !; NULL: there is no name that means only what is advised */
	char       *token;             /* of gcc's list of functions; NULL: there is none, or it would take others along */
	uint64_t    calls;
	uint8_t     small;             /* no harm if it is left out, too */
	uint8_t     chosen;
	uint8_t     left_out;          /* by the filter that is advised */
};
struct advised_list { VEC_FIELDS(struct advised) };

/* Names of all functions; filter and token of those that are chosen, of one item or piece once. */
void advise_names(const struct view_input *, struct advised_list *);
/* "a,b": names of source files of which some function is chosen and all are small; NULL: there are none. */
char *advise_files(const struct advised_list *);
void advise_free(struct advised_list *);

#endif
