#include "export/perfetto_private.h"

#include <stdlib.h>
#include <string.h>

#include "dump/ops.h"

/* ---- writing ---- */

static void begin_event(struct packets *p, struct message *m, uint64_t track, uint64_t ns, unsigned type)
{
	memset(&m->fresh, 0, offsetof(struct fresh, name));
	memset(m->fresh.count, 0, sizeof(m->fresh.count));
	m->fresh.blocks = 0;
	packet_init(p, &m->packet);
	perfetto__protos__track_event__init(&m->event);
	m->packet.has_timestamp = 1;
	m->packet.timestamp = p->boot_ns + ns;
	m->packet.track_event = &m->event;
	m->event.has_type = m->event.has_track_uuid = 1;
	m->event.type = type;
	m->event.track_uuid = track;
	m->event.debug_annotations = m->annotations;
}

static void write_event(struct packets *p, struct message *m)
{
	struct fresh *f = &m->fresh;

	if (f->blocks) {
		perfetto__protos__interned_data__init(&f->data);
		f->data.n_event_names = f->count[PACKET_NAME],                      f->data.event_names = f->at[PACKET_NAME];
		f->data.n_event_categories = f->count[PACKET_CATEGORY],             f->data.event_categories = f->at[PACKET_CATEGORY];
		f->data.n_debug_annotation_names = f->count[PACKET_KEY],            f->data.debug_annotation_names = f->at[PACKET_KEY];
		f->data.n_debug_annotation_string_values = f->count[PACKET_TEXT],   f->data.debug_annotation_string_values = f->at[PACKET_TEXT];
		m->packet.interned_data = &f->data;
	}
	packet_write(p, &m->packet);
	while (f->blocks)
		free(f->block[--f->blocks]);
}

/* ---- annotations ---- */

static annotation_t *annotate(struct packets *p, struct message *m, const char *key)
{
	annotation_t *a = &m->annotation[m->event.n_debug_annotations];

	perfetto__protos__debug_annotation__init(a);
	m->annotations[m->event.n_debug_annotations++] = a;
	a->has_name_iid = 1;
	a->name_iid = packet_word(p, m, PACKET_KEY, key);
	return a;
}

static void annotate_text(struct packets *p, struct message *m, const char *key, uint64_t number)
{
	annotation_t *a = annotate(p, m, key);

	a->has_string_value_iid = 1;
	a->string_value_iid = number;
}

static void annotate_object(struct packets *p, struct message *m, uint32_t process, uint64_t address)
{
	const char *name = naming_address(p->in->naming, process, address);
	annotation_t *a;

	if (name) {
		annotate_text(p, m, "object", packet_object(p, m, process, address, name));
		return;
	}
	a = annotate(p, m, "object");
	a->has_pointer_value = 1;
	a->pointer_value = address;
}

static void annotate_slice(struct packets *p, struct message *m, uint32_t process, const struct slice *s)
{
	if (s->has_fd) {
		annotation_t *a = annotate(p, m, "fd");

		a->has_int_value = 1;
		a->int_value = s->fd;
	}
	if (s->has_size) {
		annotation_t *a = annotate(p, m, "bytes");

		a->has_uint_value = 1;
		a->uint_value = s->size;
	}
	if (s->has_object && s->kind & HP_LOCK)
		annotate_object(p, m, process, s->object);
	if (s->error)
		annotate_text(p, m, "error", packet_error(p, m, s->error));
	if (s->stack)
		annotate_text(p, m, "in", packet_stack(p, m, s->stack));
}

static uint32_t process_of(const struct packets *p, uint32_t thread)
{
	return p->in->model->threads.v.v[thread].process;
}

/* ---- what happened ---- */

static void categorise(struct packets *p, struct message *m, unsigned kind)
{
	m->category = packet_word(p, m, PACKET_CATEGORY, kind ? kind_name((unsigned)__builtin_ctz(kind)) : "recording");
	m->event.n_category_iids = 1;
	m->event.category_iids = &m->category;
}

void packet_begin(struct packets *p, uint32_t thread, const struct slice *s)
{
	struct message m;

	begin_event(p, &m, thread_track(thread), s->start_ns, PERFETTO__PROTOS__TRACK_EVENT__TYPE__TYPE_SLICE_BEGIN);
	m.event.has_name_iid = 1;
	m.event.name_iid = packet_slice_name(p, &m, s);
	categorise(p, &m, s->kind);
	if (s->name)
		annotate_slice(p, &m, process_of(p, thread), s);
	write_event(p, &m);
}

void packet_end(struct packets *p, uint32_t thread, uint64_t ns)
{
	struct message m;

	begin_event(p, &m, thread_track(thread), ns, PERFETTO__PROTOS__TRACK_EVENT__TYPE__TYPE_SLICE_END);
	write_event(p, &m);
}

void packet_count(struct packets *p, uint32_t process, enum packet_counter counter, uint64_t ns, uint64_t bytes)
{
	struct message m;

	begin_event(p, &m, counter_track(process, counter), ns, PERFETTO__PROTOS__TRACK_EVENT__TYPE__TYPE_COUNTER);
	m.event.has_counter_value = 1;
	m.event.counter_value = (int64_t)bytes;
	write_event(p, &m);
}

void packet_moment(struct packets *p, uint32_t thread, uint64_t ns, const char *name, uint64_t flow, bool ends, const char *text, size_t bytes)
{
	struct message m;
	char *copy = text ? packet_text(text, bytes) : NULL;

	begin_event(p, &m, thread_track(thread), ns, PERFETTO__PROTOS__TRACK_EVENT__TYPE__TYPE_INSTANT);
	m.event.has_name_iid = 1;
	m.event.name_iid = packet_word(p, &m, PACKET_NAME, name);
	categorise(p, &m, 0);
	m.flow = flow;
	if (flow && ends)
		m.event.n_terminating_flow_ids = 1, m.event.terminating_flow_ids = &m.flow;
	else if (flow)
		m.event.n_flow_ids = 1, m.event.flow_ids = &m.flow;
	if (copy)
		annotate(p, &m, "text")->string_value = copy;
	write_event(p, &m);
	free(copy);
}

void packets_begin(struct packets *p, const struct view_input *in, struct sink *to)
{
	const struct dump *first = in->model->dumps[0];

	*p = (struct packets){ .to = to, .in = in };
	for (unsigned i = 1; i < in->model->dump_count; i++)
		if (in->model->dumps[i]->file.header.start.realtime < first->file.header.start.realtime)
			first = in->model->dumps[i];
	p->boot_ns = first->file.header.start.boottime;
	p->monotonic_ns = first->file.header.start.monotonic;
}

void packets_free(struct packets *p)
{
	for (unsigned i = 0; i < PACKET_TABLES; i++)
		map64_free(&p->names[i].number);
	buf_free(&p->text);
}
