/*
 * output.h - the file of -o. What is written stands beside it and takes its place when all went well, so that a failure leaves
 * what was there; pipes and devices are written to directly, and "-" is the standard output.
 */
#ifndef HP_CMD_OUTPUT_H
#define HP_CMD_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

struct output { const char *path; char *beside; FILE *file; };

/* Refuses to overwrite a dump, and to send binary data to a terminal. Says what is wrong; returns an exit status. */
int output_open(struct output *, const char *path, bool binary);
/* status: how the writing went. Returns it, or what is wrong with the file; to be called also when output_open failed. */
int output_close(struct output *, int status);

#endif
