/* resident_read.c - samples that somebody outside put into the dump. Their mappings are read when they are asked for. */
#include "resident.h"
#include "scan.h"

void scan_resident(struct dump *d, uint32_t pid, const struct dump_record *r, uint64_t offset)
{
	const struct hp_r_resident *x = (const void *)r->w;
	uint32_t room = (uint32_t)((r->words * sizeof *r->w - sizeof *x) / sizeof(struct hp_resident_map));
	vec_push(&d->resident, (struct dump_resident){
		.monotonic = hp_u64(x->monotonic), .rss = x->rss, .anonymous = x->anonymous, .file = x->file, .shared = x->shared,
		.swapped = x->swapped, .peak = x->peak, .pid = pid, .maps = x->maps < room ? x->maps : room, .maps_at = offset + sizeof *x,
	});
}

int dump_resident_maps(const struct dump *d, const struct dump_resident *r, struct resident_maps *to)
{
	size_t bytes = r->maps * sizeof *to->v;
	to->n = 0;
	vec_reserve(to, r->maps);
	if (dump_file_read(&d->file, r->maps_at, to->v, (uint32_t)bytes) != (long)bytes)
		return -1;
	to->n = r->maps;
	return 0;
}
