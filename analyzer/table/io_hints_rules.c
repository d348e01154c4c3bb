/* The rules of the hints on I/O. */
#include <string.h>

#include "dump/ops.h"
#include "table/io_hints.h"
#include "util/fmt.h"

enum {
	MATTERS_PER_MILLE = 5,      /* of the run: time that is less is not worth a change */
	TINY_BYTES = 256,           /* a call costs as much as copying some KiB */
	TINY_MESSAGE = 16,          /* of pipes and sockets: messages are small by nature */
	SEEN_LEAST = 1000,          /* calls: of a habit */
	SYNCS_LEAST = 20,
	OPENS_LEAST = 10, OPENS_MANY = 100, LOOKUPS_LEAST = 50, MISSING_LEAST = 20,
	JUDGED_LEAST = 100, JUMPY_PERCENT = 30, JUMPY_BYTES = 65536,
	VAIN_LEAST = 100,
	AGAIN_BYTES = 65536,        /* read twice, this is worth a word; less, if it was read ten times */
	SHORT_WAIT_NS = 20000000,
};

bool io_matters(const struct view_input *in, uint64_t ns)
{
	return ns >= io_reported_ns(in->model) / 1000 * MATTERS_PER_MILLE;
}

/* ---- call sites ---- */

static struct io_hint of_place(const struct view_input *in, const struct io_place *p, const struct io_place_files *files)
{
	return (struct io_hint){ .path = io_place_file(in, files), .count = p->times.calls, .bytes = p->bytes, .time_ns = p->times.ns, .stack = p->stack };
}

/* Requests and answers take turns: each is as long as it is. */
static bool is_dialogue(const struct io_file *f)
{
	return f->reads >= f->writes / 2 && f->writes >= f->reads / 2;
}

static bool is_tiny(const struct view_input *in, const struct io_place *p, const struct io_place_files *files, unsigned class)
{
	const struct io_file *file = files->file < in->model->io.files.n ? &in->model->io.files.v[files->file] : NULL;
	const char *kind = file ? file->kind : "";
	bool messages = *kind == 'p' || *kind == 's';

	if (op_info(p->op)->class != class || op_info(p->op)->kind != HP_IO || p->times.calls < SEEN_LEAST || !p->bytes)
		return false;
	if ((*kind != 'f' && *kind != 'd' && *kind != 'm' && !messages) || (messages && is_dialogue(file)))
		return false;
	return p->bytes / p->times.calls < (messages ? TINY_MESSAGE : TINY_BYTES) && io_matters(in, p->times.ns);
}

bool io_hint_small_writes(const struct view_input *in, const struct io_place *p, const struct io_place_files *files, struct io_hint *h)
{
	if (!is_tiny(in, p, files, HP_CLASS_WRITE))
		return false;
	*h = of_place(in, p, files);
	h->text = view_text(in, "%s() of %s on average, %s times, %s in all%s: gather them in a buffer", op_name(p->op),
	                    fmt_bytes(p->bytes / p->times.calls).s, fmt_count(p->times.calls).s, fmt_duration(p->times.ns).s, view_in(in, p->stack));
	return true;
}

bool io_hint_small_reads(const struct view_input *in, const struct io_place *p, const struct io_place_files *files, struct io_hint *h)
{
	if (!is_tiny(in, p, files, HP_CLASS_READ))
		return false;
	*h = of_place(in, p, files);
	h->text = view_text(in, "%s() of %s on average, %s times, %s in all%s: read more at once", op_name(p->op),
	                    fmt_bytes(p->bytes / p->times.calls).s, fmt_count(p->times.calls).s, fmt_duration(p->times.ns).s, view_in(in, p->stack));
	return true;
}

bool io_hint_asked_in_vain(const struct view_input *in, const struct io_place *p, const struct io_place_files *files, struct io_hint *h)
{
	if (p->would_block < VAIN_LEAST || p->would_block * 2 < p->times.calls)
		return false;
	*h = of_place(in, p, files);
	h->of = h->count;
	h->count = p->would_block;
	h->text = view_text(in, "%s() had nothing to do (EAGAIN) %s of %s times, %s in all%s: wait for it with poll or epoll", op_name(p->op),
	                    fmt_count(h->count).s, fmt_count(h->of).s, fmt_duration(p->times.ns).s, view_in(in, p->stack));
	return true;
}

bool io_hint_synced_often(const struct view_input *in, const struct io_place *p, const struct io_place_files *files, struct io_hint *h)
{
	if ((p->op != HP_OP_FSYNC && p->op != HP_OP_FDATASYNC) || p->times.calls < SYNCS_LEAST || !io_matters(in, p->times.ns))
		return false;
	*h = of_place(in, p, files);
	h->text = view_text(in, "%s() %s times, %s in all, %u %% of the run%s: several records to a sync%s", op_name(p->op), fmt_count(h->count).s,
	                    fmt_duration(h->time_ns).s, view_percent(h->time_ns, io_reported_ns(in->model)), view_in(in, p->stack),
	                    p->op == HP_OP_FSYNC ? ", or fdatasync()" : "");
	return true;
}

/* ---- files ---- */

/* Where most of the calls on a file of some class are made. */
static uint32_t worst_stack(const struct model *m, const struct io_file *f, unsigned class)
{
	const struct io_site *worst = NULL;

	for (uint32_t i = f->first_site; i; i = m->io.sites.v[i - 1].next) {
		const struct io_site *s = &m->io.sites.v[i - 1];

		if (s->place < m->io.places.n && op_info(m->io.places.v[s->place].op)->class == class && (!worst || s->calls > worst->calls))
			worst = s;
	}
	return worst ? worst->stack : 0;
}

bool io_hint_opened_again(const struct view_input *in, const struct io_file *f, struct io_hint *h)
{
	if (f->path_opens < OPENS_LEAST || *f->kind == 'p' || (f->path_opens < OPENS_MANY && !io_matters(in, f->path_ns)))
		return false;
	*h = (struct io_hint){ .path = f->path, .count = f->path_opens, .time_ns = f->path_ns, .stack = worst_stack(in->model, f, HP_CLASS_OPEN) };
	h->text = view_text(in, "opened %s times%s: keep it open, or what was read of it", fmt_count(h->count).s, view_in(in, h->stack));
	return true;
}

bool io_hint_looked_up_again(const struct view_input *in, const struct io_file *f, struct io_hint *h)
{
	if (f->lookups < LOOKUPS_LEAST || f->missing >= MISSING_LEAST)
		return false;
	*h = (struct io_hint){ .path = f->path, .count = f->lookups, .time_ns = f->path_ns, .stack = worst_stack(in->model, f, HP_CLASS_PATH) };
	h->text = view_text(in, "looked up %s times (stat, access)%s: keep the answer", fmt_count(h->count).s, view_in(in, h->stack));
	return true;
}

bool io_hint_looked_for_in_vain(const struct view_input *in, const struct io_file *f, struct io_hint *h)
{
	if (f->missing < MISSING_LEAST)
		return false;
	*h = (struct io_hint){ .path = f->path, .count = f->missing, .of = f->lookups + f->path_opens + f->failed_opens, .time_ns = f->path_ns,
		.stack = worst_stack(in->model, f, f->failed_opens * 2 > f->missing ? HP_CLASS_OPEN : HP_CLASS_PATH) };
	h->text = view_text(in, "not there (ENOENT) %s times%s: remember that, or be told when it comes (inotify)", fmt_count(h->count).s,
	                    view_in(in, h->stack));
	return true;
}

bool io_hint_jumps_about(const struct view_input *in, const struct io_file *f, struct io_hint *h)
{
	const struct io_data *d = f->data[IO_READ];

	if (!d || d->judged < JUDGED_LEAST || view_percent(d->sequential, d->judged) >= JUMPY_PERCENT || d->judged_bytes / d->judged >= JUMPY_BYTES
	    || !io_matters(in, d->times.ns))
		return false;
	*h = (struct io_hint){ .path = f->path, .count = d->judged - d->sequential, .of = d->judged, .bytes = d->judged_bytes, .time_ns = d->times.ns,
		.stack = worst_stack(in->model, f, HP_CLASS_READ) };
	h->text = view_text(in, "%s of %s reads (%s each) begin elsewhere than the last one ended%s: read in order, more at once, or map it",
	                    fmt_count(h->count).s, fmt_count(h->of).s, fmt_bytes(d->judged_bytes / d->judged).s, view_in(in, h->stack));
	return true;
}

/* Where most bytes are read that go on where the last ones ended, and how long they all took. */
static uint32_t plain_reads(const struct model *m, const struct io_file *f, uint64_t *time_ns)
{
	const struct io_site *most = NULL;

	*time_ns = 0;
	for (uint32_t i = f->first_site; i; i = m->io.sites.v[i - 1].next) {
		const struct io_site *s = &m->io.sites.v[i - 1];
		unsigned op = s->place < m->io.places.n ? m->io.places.v[s->place].op : 0;

		if (op != HP_OP_READ && op != HP_OP_READV)
			continue;
		*time_ns += s->time_ns;
		most = !most || s->bytes > most->bytes ? s : most;
	}
	return most ? most->stack : 0;
}

/* The kernel makes up what is in them anew each time. */
static bool is_of_the_kernel(const char *path)
{
	return !strncmp(path, "/proc/", 6) || !strncmp(path, "/sys/", 5);
}

bool io_hint_read_again(const struct view_input *in, const struct io_file *f, struct io_hint *h)
{
	uint64_t time;

	if (f->whole_reads < 2 || is_of_the_kernel(f->path) || (f->whole_bytes < AGAIN_BYTES && f->whole_reads < OPENS_LEAST))
		return false;
	*h = (struct io_hint){ .path = f->path, .count = f->whole_reads, .bytes = f->whole_bytes, .stack = plain_reads(in->model, f, &time) };
	h->time_ns = time;
	h->text = view_text(in, "read from start to end %s times, %s in all%s: keep what was read", fmt_count(h->count).s, fmt_bytes(h->bytes).s,
	                    view_in(in, h->stack));
	return true;
}

/* ---- waits ---- */

bool io_hint_timed_out_again(const struct view_input *in, const struct io_poll *p, struct io_hint *h)
{
	if (p->timeouts < VAIN_LEAST || p->timeouts * 2 < p->times.calls || p->times.ns / p->times.calls > SHORT_WAIT_NS)
		return false;
	*h = (struct io_hint){ .count = p->timeouts, .of = p->times.calls, .time_ns = p->times.ns, .stack = p->stack };
	h->text = view_text(in, "%s() timed out %s of %s times, after %s on average%s: wait longer, or be woken (eventfd)", op_name(p->op),
	                    fmt_count(h->count).s, fmt_count(h->of).s, fmt_duration(p->times.ns / p->times.calls).s, view_in(in, p->stack));
	return true;
}
