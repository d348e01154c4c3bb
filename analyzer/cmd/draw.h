/* draw.h - where a document goes. */
#ifndef HP_CMD_DRAW_H
#define HP_CMD_DRAW_H

#include "render/render.h"

/* Into a file, or on stdout if `path` is NULL. CMD_UNUSABLE when it could not be written, which has been said then. */
int draw_on(const struct renderer *, const struct doc *, const char *path);

#endif
