/*
 * input.h - from what the user typed to a model and a document: the steps that every command which reads dumps shares.
 *
 *     struct input in;
 *     int status = input_open(&in, &options, parts);
 *     if (!status) status = input_run(&in);
 *     ... in.view, in.doc ...
 *     input_close(&in);
 *
 * What fails has been said on stderr when a status other than CMD_DONE comes back.
 */
#ifndef HP_CMD_INPUT_H
#define HP_CMD_INPUT_H

#include "cmd/dumps.h"
#include "cmd/options.h"
#include "table/suppress.h"
#include "table/filter.h"
#include "table/focus.h"
#include "table/view.h"

struct render;

struct input {
	struct model     *model;
	struct view_input view;
	struct doc        doc;
	struct arena      arena;
	struct dumps      dumps;
	struct suppressions suppressions;
	struct filter     filter;
	struct focus      focus;
	char             *named;  /* the user's words, for advice */
	uint64_t          rows_asked;  /* --top; 0: not given */
	int               names_all;   /* all call paths are going to be shown: set between input_open and input_run */
};

/* Directories stand for the dumps in them (dumps.h). `parts` as in model_options. */
int input_open(struct input *, const struct options *, unsigned parts);
/* Reads all events, with progress on a terminal. */
int input_run(struct input *);
/* Draws the document on stdout, or in the file of -o, as the options want it; text shows `rows` rows a table unless they say otherwise. */
int input_draw(struct input *, const struct options *, uint64_t rows);
/* CMD_DAMAGED after structure errors or losses, else CMD_DONE. */
int input_status(const struct input *);
/* The same, for output that does not itself tell what is missing: says so on stderr. */
int input_warn(const struct input *);
void input_close(struct input *);

#endif
