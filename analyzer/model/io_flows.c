/* io_flows.c - who reads what who writes. */
#include "io_private.h"

enum { FLOWS_MAX = 1 << 16, FILES_MAX = 1 << 22 };

static struct io_flow *flow_of(struct model *m, uint32_t file, uint32_t from, uint32_t to)
{
	struct io *io = &m->io;
	struct io_private *p = io_private(m);
	uint64_t key = (((uint64_t)from << 32 | to) * 0x9e3779b97f4a7c15u + file) >> 1;
	for (;; key++) {
		uint32_t i = map64_get(&p->by_flow, key);
		if (i == MAP64_NONE)
			break;
		if (io->flows.v[i].file == file && io->flows.v[i].from == from && io->flows.v[i].to == to)
			return &io->flows.v[i];
	}
	if (io->flows.n >= FLOWS_MAX)
		return NULL;
	map64_put(&p->by_flow, key, (uint32_t)io->flows.n);
	vec_push(&io->flows, (struct io_flow){ .file = file, .from = from, .to = to });
	return &io->flows.v[io->flows.n - 1];
}

static void add(struct feed *f, uint32_t file, uint32_t from, uint32_t to, uint64_t bytes)
{
	if (!f->count)
		return;
	struct io_flow *flow = flow_of(f->m, file, from, to);
	if (!flow) {
		f->m->io.flows_left_out += bytes;
		return;
	}
	flow->bytes += bytes;
	flow->calls++;
}

/* What goes in at one end of a pair comes out at the other. */
static void through_pair(struct feed *f, const struct open_file *o, const struct io_call *c, uint64_t bytes)
{
	struct io_private *p = io_private(f->m);
	int is_pipe = *f->m->io.files.v[o->file].kind == 'p';
	unsigned in = is_pipe ? 0 : !o->end, out = is_pipe ? 0 : o->end;
	int reads = c->class == HP_CLASS_READ;
	struct pair_queue *q = &p->pairs.v[o->pair - 1].queue[reads ? out : in];
	struct pair_bytes other;
	for (uint64_t n; (n = pair_take(q, !reads, bytes, reads ? 0 : c->start, &other)); bytes -= n)
		add(f, reads ? o->file : other.file, reads ? other.thread : f->thread, reads ? f->thread : other.thread, n);
	pair_add(q, reads, (struct pair_bytes){ bytes, reads ? f->e->ns : UINT64_MAX, f->thread, o->file });
}

/* Who wrote last; of files that is by name, whoever has opened them. NULL: nothing that others read. */
static uint32_t *writer_of(struct feed *f, struct open_file *o)
{
	struct io_private *p = io_private(f->m);
	const char *kind = f->m->io.files.v[o->file].kind;
	if (*kind == 'e')
		return &o->writer;
	if (*kind != 'f' || o->file >= FILES_MAX)
		return NULL;
	if (o->file >= p->writers.n)
		vec_ensure(&p->writers, o->file);
	return &p->writers.v[o->file];
}

void io_flow(struct feed *f, struct open_file *o, const struct io_call *c, uint64_t bytes)
{
	if (!bytes)
		return;
	if (o->pair) {
		through_pair(f, o, c, bytes);
		return;
	}
	uint32_t *writer = writer_of(f, o);
	if (writer && c->class != HP_CLASS_READ)
		*writer = f->thread + 1;
	else if (writer && *writer && *writer - 1 != f->thread)
		add(f, o->file, *writer - 1, f->thread, bytes);
}
