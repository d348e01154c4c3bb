/*
 * export.h - a recording as another tool's format. An exporter is one file NAME.c with a const struct at its end, and one row
 * in list.c.
 *
 * An exporter draws from readings of the dump, which it opens itself: most need one, some look twice. Names from the program
 * are made harmless as the format wants it. What a size limit or --min-ns leaves out is said with export_left_out, and the
 * output never gets larger than the limit.
 */
#ifndef HP_EXPORT_H
#define HP_EXPORT_H

#include "export/metrics.h"
#include "export/sink.h"
#include "export/slices.h"
#include "table/view.h"
#include "util/buf.h"

struct export;

struct exporter {
	const char *name;
	const char *opened_by;   /* for the list of formats */
	uint32_t    metrics;     /* bits 1 << METRIC_*: what --metric may be; 0: it has no choice */
	bool        slices;      /* --min-ns means something to it */
	bool        tables;      /* --view does */
	bool        binary;      /* not for a terminal */
	int       (*write)(struct export *);  /* 0, or -1 with e->error set */
};

struct export {
	const struct exporter *format;
	const struct metric   *metric;   /* NULL: not given */
	const char            *table;    /* --view; NULL: not given */
	uint64_t               min_ns, max_bytes;  /* 0: no limit */
	struct sink           *sink;
	/*
	 * Opens the dump once more, as the user's options choose of it; NULL when that failed, which has been said. It stays open
	 * until the export is over. Then either `run` reads its events into the model, or `stream` hands out one by one.
	 */
	const struct view_input *(*open)(struct export *, unsigned parts, const struct model_watch *);
	void      (*run)(struct export *, const struct view_input *);
	void      (*stream)(struct export *, const struct view_input *, int (*each)(void *data, const struct model_event *), void *data);
	/* Takes the time window off a reading that is to be streamed: see slices.h. */
	struct slices_window (*window)(struct export *, const struct view_input *);
	void       *caller;
	struct buf  left_out, error;
};

/* Ends with NULL. */
extern const struct exporter *const exporters[];
/* NULL: there is none of that name. */
const struct exporter *exporter_find(const char *name);

/* Opens a reading and runs it; NULL when it could not be opened. */
const struct view_input *export_read(struct export *, unsigned parts, const struct model_watch *);

/* Appends the root process's arguments, escaped, with blanks between; nothing with --no-cmdline. */
void export_command(const struct view_input *, struct buf *);

/* For the reader: what is not in the output. */
void export_left_out(struct export *, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Why there is no output: always -1. */
int export_fail(struct export *, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * For formats that are drawn whole: draws so much that it fits into the limit. draw(data, keep, to) draws the first `keep` of
 * `all` things and sums the others up or leaves them out; it may be called several times. *kept: how many there are in the end.
 */
int export_fit(struct export *, size_t all, void (*draw)(void *data, size_t keep, struct sink *), void *data, size_t *kept);

#endif
