#include "export/export.h"
#include "export/paths.h"

int paths_write(struct export *e, const struct path_drawing *d)
{
	struct path_times times = { 0 };
	const struct view_input *in = export_read(e, MODEL_ALL, paths_watch(&times));
	struct paths p;
	size_t kept;
	int code;

	if (!in)
		return -1;
	paths_build(&p, in, &times, d->mask);
	d->use(d->data, e, &p);
	code = export_fit(e, p.ranked.n, d->draw, d->data, &kept);
	if (kept < p.ranked.n)
		export_left_out(e, "%zu of %zu call paths, together in (other)", p.ranked.n - kept, p.ranked.n);
	paths_free(&p);
	path_times_free(&times);
	return code;
}
