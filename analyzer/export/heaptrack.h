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

#endif
