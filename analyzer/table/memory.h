/* memory.h - what the parts of the view of the heap have in common: the tables inside of "memory". */
#ifndef HP_TABLE_MEMORY_H
#define HP_TABLE_MEMORY_H

#include "table/view.h"

/* What columns of sites are filled from: a site, and what is known of its blocks one by one. */
struct site_figures { struct memory_site site; struct site_blocks blocks; };
#define SITE(field)   FROM(struct site_figures, site.field)
#define BLOCKS(field) FROM(struct site_figures, blocks.field)

static inline struct site_figures site_figures(const struct memory *m, const struct memory_site *s)
{
	return (struct site_figures){ *s, s->blocks < m->blocks.n ? m->blocks.v[s->blocks] : (struct site_blocks){ 0 } };
}

/* memory.sites[]: all there is of every site. */
struct table *memory_sites(const struct view_input *);
/* memory.lifetime, and that of a site: from blocks.v[index]. */
struct cell memory_lifetime(const struct view_input *, const struct site_blocks *);

/* Rankings of sites for readers: what leaks, what was freed only at the end, what did not live long, what another thread freed, what was realloced. */
struct table *memory_leaks(const struct view_input *);
struct table *memory_late(const struct view_input *);
struct table *memory_peak(const struct view_input *);
struct table *memory_churn(const struct view_input *);
struct table *memory_passed(const struct view_input *);
struct table *memory_reallocs(const struct view_input *);

/* memory.timeline[], and the same as a few lines of text. */
struct table *memory_timeline(const struct view_input *);
struct table *memory_curves(const struct view_input *);

/* memory.rss: where it was when most was resident, and each time that somebody looked; NULL: nobody did. For readers some of these. */
struct table *memory_rss(const struct view_input *);
struct table *memory_rss_rows(const struct view_input *);

/* memory.allocator: what the allocator itself took, NULL: not known. For readers: by kind of call, and the worst call paths. */
struct table *memory_allocator(const struct view_input *);
struct table *memory_allocator_kinds(const struct view_input *);
struct table *memory_allocator_sites(const struct view_input *);

/* memory.owners[]: who allocated what whom freed; memory.suppressions[]. */
struct table *memory_owners(const struct view_input *);
struct table *memory_suppressions(const struct view_input *);

/* What is live at the end of an ended process was never freed; of others, and of a part of a recording, it may be yet. */
static inline bool memory_is_final(const struct model *m)
{
	return !m->running && !m->options.to_ns;
}

#endif
