/* io.peers[]: connections by who is at the other end. Whoever connects has a port of its own each time: those are taken together. */
#include <string.h>

#include "table/io_private.h"

struct peer { const char *name, *role; uint64_t connections, reads, bytes_read, writes, bytes_written, time_ns, errors; };

enum { TIME, CONNECTIONS, READS, BYTES_READ, WRITES, BYTES_WRITTEN, ERRORS, ROLE, PEER };
static const struct column columns[] = {
	[TIME]          = { "time_ns", "time", UNIT_NS, FROM(struct peer, time_ns) },
	[CONNECTIONS]   = { "connections", "connections", UNIT_COUNT, FROM(struct peer, connections) },
	[READS]         = { "reads", "reads", UNIT_COUNT, FROM(struct peer, reads) },
	[BYTES_READ]    = { "bytes_read", "read", UNIT_BYTES, FROM(struct peer, bytes_read) },
	[WRITES]        = { "writes", "writes", UNIT_COUNT, FROM(struct peer, writes) },
	[BYTES_WRITTEN] = { "bytes_written", "written", UNIT_BYTES, FROM(struct peer, bytes_written) },
	[ERRORS]        = { "errors", "errors", UNIT_COUNT, COLUMN_SPARE, FROM(struct peer, errors) },
	[ROLE]          = { "role", "", .flags = COLUMN_WORDS },
	[PEER]          = { "peer", "peer", .unit = UNIT_NONE },
};

/* Without the port, if it was the peer that connected. */
static const char *peer_name(const struct view_input *in, const struct io_file *f)
{
	const char *port = strrchr(f->path, ':');

	if (!f->accepted || !strncmp(f->path, "unix:", 5) || !port)
		return f->path;
	return view_text(in, "%.*s", (int)(port - f->path), f->path);
}

static int by_name(const void *a, const void *b)
{
	const struct peer *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order ? order : strcmp(x->role, y->role);
}

/* Of those with one name and role one remains, in the first one's place. */
static size_t put_together(struct peer *all, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		struct peer *last = kept ? &all[kept - 1] : NULL;

		if (!last || by_name(last, &all[i])) {
			all[kept++] = all[i];
			continue;
		}
		last->connections += all[i].connections;
		last->reads += all[i].reads, last->bytes_read += all[i].bytes_read;
		last->writes += all[i].writes, last->bytes_written += all[i].bytes_written;
		last->time_ns += all[i].time_ns, last->errors += all[i].errors;
	}
	return kept;
}

struct table *io_peers(const struct view_input *in)
{
	const struct io *io = &in->model->io;
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, "peers", "Connections", columns);
	VEC(struct peer) all = { 0 };

	for (size_t i = 0; i < io->files.n; i++) {
		const struct io_file *f = &io->files.v[i];

		if (f->accepted || f->connected)
			vec_push(&all, (struct peer){ peer_name(in, f), f->accepted ? "has connected" : "was connected to", f->accepted + f->connected,
				f->reads, f->bytes_read, f->writes, f->bytes_written, f->time_ns, f->errors });
	}
	vec_sort(&all, by_name);
	all.n = put_together(all.v, all.n);
	for (size_t i = 0; i < all.n; i++) {
		struct cell *c = table_row(t);

		table_fill(t, c, &all.v[i]);
		c[ROLE] = cell_name(all.v[i].role);
		c[PEER] = cell_name(all.v[i].name);
	}
	vec_free(&all);
	table_sort(t, "time_ns");
	return t;
}
