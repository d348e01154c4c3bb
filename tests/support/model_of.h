/* model_of.h - for unit tests: the model of a dump that dump_writer.h made. */
#ifndef HP_TESTS_MODEL_OF_H
#define HP_TESTS_MODEL_OF_H

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dump_writer.h"
#include "model/model.h"

/* Paths for temporary files, 0 or 1; the caller unlinks them. */
static inline const char *dump_path_of(unsigned i)
{
	static char path[2][80];
	const char *dir = getenv("TMPDIR");
	snprintf(path[i], sizeof path[i], "%s/hp-unit-%d.%u.hpd", dir && strlen(dir) < 40 ? dir : "/tmp", (int)getpid(), i);
	return path[i];
}

static inline const char *dump_path(void)
{
	return dump_path_of(0);
}

/* Writes, frees the writer, opens, runs. */
static inline struct model *model_with(struct dump_writer *w, const struct model_options *options)
{
	struct model *m;
	struct dump_error e;
	const char *path = dump_path();
	dw_write(w, path);
	dw_free_writer(w);
	cr_assert_eq(model_open(&m, &path, 1, options, &e), 0, "%s", e.text);
	cr_assert_eq(model_run(m, NULL, NULL), 0);
	unlink(path);
	return m;
}

static inline struct model *model_of(struct dump_writer *w)
{
	return model_with(w, NULL);
}

#endif
