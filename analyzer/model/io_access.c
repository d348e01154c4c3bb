/* io_access.c - where in a file reads and writes go: what continues the one before, what is small, what is unaligned. */
#include "io_private.h"

/* "file" and "memfd"; no other kind begins so. */
static int has_places(const struct io_file *file)
{
	return *file->kind == 'f' || *file->kind == 'm';
}

static int is_write(const struct io_call *c)
{
	return c->class == HP_CLASS_WRITE;
}

/* pread's and pwrite's own; 0: none was given. */
static int offset_of(const struct io_call *c, uint64_t *at)
{
	if (c->payload_bytes < sizeof *at)
		return 0;
	memcpy(at, c->payload, sizeof *at);
	return *at <= INT64_MAX;
}

/* All of it was read: at its end, or as far as anything was ever seen of it. */
static void read_whole(struct feed *f, struct open_file *o, struct io_file *file)
{
	if (f->count && o->flags & OPEN_WHOLE && o->flags & OPEN_PLACED && o->position) {
		file->whole_reads++;
		file->whole_bytes += o->position;
	}
	o->flags &= (uint8_t)~OPEN_WHOLE;
}

struct io_access io_access(struct feed *f, struct open_file *o, const struct io_call *c, uint64_t bytes)
{
	struct io_file *file = &f->m->io.files.v[o->file];
	struct io_access a = { .bytes = bytes };
	int given = offset_of(c, &a.at), appends = is_write(c) && o->flags & OPEN_APPENDS;
	if (c->result < 0 || !has_places(file))
		return a;
	if (!bytes) {
		if (!is_write(c) && !given)
			read_whole(f, o, file);
		return a;
	}
	if (!given)
		a.at = o->position;
	a.placed = !appends && (given || o->flags & OPEN_PLACED);
	a.judged = appends || (a.placed && o->flags & OPEN_USED);
	a.sequential = appends || (a.judged && a.at == o->next);
	o->next = a.at + bytes;
	o->flags |= OPEN_USED;
	if (is_write(c) || !a.placed || !a.sequential)
		o->flags &= (uint8_t)~OPEN_WHOLE;
	if (appends || !a.placed)
		o->flags &= (uint8_t)~(OPEN_PLACED | OPEN_USED);
	else if (!given)
		o->position = o->next;
	if (a.placed && o->next > file->extent)
		file->extent = o->next;
	return a;
}

void io_count_access(struct model *m, struct io_data *d, const struct io_access *a)
{
	if (!a->bytes)
		return;
	coarse_add_size(&m->io.coarse, &d->sizes, a->bytes);
	if (a->bytes < IO_SMALL)
		d->small++, d->small_bytes += a->bytes;
	if (a->judged)
		d->judged++, d->judged_bytes += a->bytes;
	if (a->sequential)
		d->sequential++, d->sequential_bytes += a->bytes;
	if (!a->placed)
		return;
	d->placed++;
	d->unaligned += (a->at | a->bytes) % IO_SECTOR != 0;
	d->page_unaligned += (a->at | a->bytes) % IO_PAGE != 0;
}

void io_moved(struct feed *f, struct open_file *o, const struct io_call *c)
{
	struct io_file *file = &f->m->io.files.v[o->file];
	if (c->stdio || c->class == HP_CLASS_COPY) {
		o->flags &= OPEN_APPENDS;  /* libc, or the kernel, goes on somewhere else */
	} else if (c->op == HP_OP_LSEEK && c->result >= 0) {
		if (o->position >= file->extent)
			read_whole(f, o, file);
		o->position = (uint64_t)c->result;
		o->flags = (uint8_t)(o->flags | OPEN_PLACED | (c->result ? 0 : OPEN_WHOLE));
		if (!(o->flags & OPEN_USED))
			o->next = o->position, o->flags |= OPEN_USED;
	} else if (c->class == HP_CLASS_CLOSE && o->descriptors == 1 && o->position >= file->extent) {
		read_whole(f, o, file);
	}
}
