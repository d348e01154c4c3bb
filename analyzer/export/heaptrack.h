/* heaptrack.h - numbers for names, places, call paths and sorts of blocks, each written when it is first needed. */
#ifndef HP_EXPORT_HEAPTRACK_H
#define HP_EXPORT_HEAPTRACK_H

#include "export/export.h"
#include "export/paths.h"

struct heaptrack_names {
	struct sink  *to;
	struct paths  paths;
	struct map64  strings, infos;
	uint32_t      string_count, ip_count, trace_count, info_count;
	VEC(uint32_t) ip_of_place, trace_of_node, trace_of_site;  /* number, 0: not written so far */
};

void heaptrack_names_begin(struct heaptrack_names *, const struct view_input *, struct sink *);
void heaptrack_names_free(struct heaptrack_names *);

/* Of a site's call path. */
uint32_t heaptrack_trace(struct heaptrack_names *, const struct model *, uint32_t site);
/* Of blocks of a size from a site. There are two of each: this one and the next. */
uint32_t heaptrack_info(struct heaptrack_names *, const struct model *, uint64_t size, uint32_t site);

/* What a trial without a limit has counted, by site: lines of blocks, and how many sorts of them. */
struct heaptrack_trial { const struct heaptrack_names *names; const uint64_t *lines, *infos; size_t sites; };

/*
 * Marks the weightiest sites whose lines fit into `room`. Numbers in the file that comes are no longer than those of the
 * trial, whose counts the names go on from here.
 */
void heaptrack_choose(const struct heaptrack_trial *, const struct view_input *, uint64_t room, uint8_t *wanted);

#endif
