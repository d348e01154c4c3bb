#include "export/perfetto_packet.h"

#include <inttypes.h>
#include <string.h>

#include <perfetto.pb-c.h>

#include "dump/ops.h"
#include "util/alloc.h"
#include "util/text.h"

typedef Perfetto__Protos__TracePacket     packet_t;
typedef Perfetto__Protos__TrackEvent      event_t;
typedef Perfetto__Protos__DebugAnnotation annotation_t;
typedef Perfetto__Protos__InternedName    name_t;

enum { CLOCK_ID_REALTIME = 1, CLOCK_ID_MONOTONIC = 3, CLOCK_ID_BOOTTIME = 6 };
enum { STATE_CLEARED = 1, STATE_NEEDED = 2, SEQUENCE = 1 };
enum { ANNOTATIONS_MOST = 6, CALLERS_MOST = 12 };

/* Names that a packet is the first to use; in a packet there is at most one of each annotation. */
struct fresh {
	Perfetto__Protos__InternedData data;
	name_t  name[PACKET_TABLES][ANNOTATIONS_MOST + 2];
	name_t *at[PACKET_TABLES][ANNOTATIONS_MOST + 2];
	char   *block[PACKET_TABLES * (ANNOTATIONS_MOST + 2)];
	size_t  count[PACKET_TABLES], blocks;
};

struct message {
	packet_t     packet;
	event_t      event;
	annotation_t annotation[ANNOTATIONS_MOST];
	annotation_t *annotations[ANNOTATIONS_MOST];
	uint64_t     category, flow;
	struct fresh fresh;
};

/* ---- writing ---- */

static void write_packet(struct packets *p, const packet_t *packet)
{
	size_t bytes = perfetto__protos__trace_packet__get_packed_size(packet);
	uint8_t head[12] = { 1 << 3 | 2 }, block[512], *at = bytes <= sizeof(block) ? block : xmalloc(bytes);
	size_t n = 1;

	for (uint64_t rest = bytes; n == 1 || rest; rest >>= 7)
		head[n++] = (uint8_t)((rest & 0x7f) | (rest >> 7 ? 0x80 : 0));
	perfetto__protos__trace_packet__pack(packet, at);
	sink_write(p->to, head, n);
	sink_write(p->to, at, bytes);
	if (at != block)
		free(at);
}

static void begin_packet(struct packets *p, packet_t *packet)
{
	perfetto__protos__trace_packet__init(packet);
	packet->has_trusted_packet_sequence_id = 1;
	packet->trusted_packet_sequence_id = SEQUENCE;
	packet->has_sequence_flags = 1;
	packet->sequence_flags = p->begun ? STATE_NEEDED : STATE_CLEARED;
	p->begun = true;
}

static void begin_event(struct packets *p, struct message *m, uint64_t track, uint64_t ns, unsigned type)
{
	memset(&m->fresh, 0, offsetof(struct fresh, name));
	memset(m->fresh.count, 0, sizeof(m->fresh.count));
	m->fresh.blocks = 0;
	begin_packet(p, &m->packet);
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
	write_packet(p, &m->packet);
	while (f->blocks)
		free(f->block[--f->blocks]);
}

/* ---- names ---- */

static char *plain(const char *text, size_t bytes)
{
	struct buf b = { 0 };

	text_escape(&b, text, bytes);
	return buf_steal(&b);
}

/* The number of a name, which goes with this packet if none had it before. The key tells names of a table apart. */
static uint64_t name_number(struct packets *p, struct message *m, unsigned table, uint64_t key, const char *(*text)(struct packets *, const void *),
                            const void *of)
{
	struct map64 *numbers = &p->names[table].number;
	uint32_t number = map64_get(numbers, key);
	struct fresh *f = &m->fresh;
	name_t *name;

	if (number != MAP64_NONE)
		return number;
	number = (uint32_t)numbers->n + 1;
	map64_put(numbers, key, number);
	name = &f->name[table][f->count[table]];
	f->at[table][f->count[table]++] = name;
	perfetto__protos__interned_name__init(name);
	name->has_iid = 1;
	name->iid = number;
	of = text(p, of);
	name->name = f->block[f->blocks++] = plain(of, strlen(of));
	return number;
}

static const char *itself(struct packets *p, const void *text)
{
	return text;
}

/* Of texts that live as long as the program. */
static uint64_t word_number(struct packets *p, struct message *m, unsigned table, const char *word)
{
	return name_number(p, m, table, (uint64_t)(uintptr_t)word << 1 | 1, itself, word);
}

static const char *function_text(struct packets *p, const void *slice)
{
	const struct slice *s = slice;

	return naming_function(p->in->naming, s->function.module, s->function.offset).name;
}

static uint64_t slice_number(struct packets *p, struct message *m, const struct slice *s)
{
	if (s->name)
		return word_number(p, m, PACKET_NAME, s->name);
	return name_number(p, m, PACKET_NAME, (s->function.offset << 24 ^ s->function.module) << 1, function_text, s);
}

/* "parse < load < main": who called, without what calls main. */
static const char *stack_text(struct packets *p, const void *stack)
{
	struct stack_source source = naming_stacks(p->in->naming);
	size_t count, told = 0;
	const struct frame *f = source.frames(source.context, *(const uint32_t *)stack, &count);

	buf_reset(&p->text);
	for (size_t i = 0; i < count && f[i].owner != FRAME_START; i++) {
		if (told == CALLERS_MOST) {
			buf_adds(&p->text, " < ..");
			break;
		}
		buf_addf(&p->text, "%s%s", told++ ? " < " : "", f[i].name);
	}
	return buf_text(&p->text);
}

struct object { uint32_t process; uint64_t address; const char *name; };

static const char *object_text(struct packets *p, const void *object)
{
	return ((const struct object *)object)->name;
}

static const char *error_text(struct packets *p, const void *error)
{
	const char *name = strerrorname_np(*(const int *)error);

	buf_reset(&p->text);
	buf_addf(&p->text, name ? "%s" : "errno %s%d", name ? name : "", *(const int *)error);
	return buf_text(&p->text);
}

/* ---- annotations ---- */

static annotation_t *annotate(struct packets *p, struct message *m, const char *key)
{
	annotation_t *a = &m->annotation[m->event.n_debug_annotations];

	perfetto__protos__debug_annotation__init(a);
	m->annotations[m->event.n_debug_annotations++] = a;
	a->has_name_iid = 1;
	a->name_iid = word_number(p, m, PACKET_KEY, key);
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
	struct object object = { process, address, name };
	annotation_t *a;

	if (name) {
		annotate_text(p, m, "object", name_number(p, m, PACKET_TEXT, address << 3 ^ (uint64_t)process << 50 ^ 2, object_text, &object));
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
		annotate_text(p, m, "error", name_number(p, m, PACKET_TEXT, (uint64_t)(unsigned)s->error << 3 | 1, error_text, &s->error));
	if (s->stack)
		annotate_text(p, m, "in", name_number(p, m, PACKET_TEXT, (uint64_t)s->stack << 3, stack_text, &s->stack));
}

/* ---- tracks ---- */

static uint64_t process_track(uint32_t process) { return (uint64_t)process * 4 + 1; }
static uint64_t live_track(uint32_t process)    { return (uint64_t)process * 4 + 2; }
static uint64_t thread_track(uint32_t thread)   { return (uint64_t)thread * 4 + 3; }

static uint32_t process_of(const struct packets *p, uint32_t thread)
{
	return p->in->model->threads.v.v[thread].process;
}

void packet_process(struct packets *p, uint32_t process)
{
	const struct process *of = &p->in->model->processes.v.v[process];
	Perfetto__Protos__ProcessDescriptor d = PERFETTO__PROTOS__PROCESS_DESCRIPTOR__INIT;
	Perfetto__Protos__TrackDescriptor track = PERFETTO__PROTOS__TRACK_DESCRIPTOR__INIT;
	const char *exe = view_base_name(of->exe);
	packet_t packet;

	begin_packet(p, &packet);
	packet.track_descriptor = &track;
	track.has_uuid = 1, track.uuid = process_track(process);
	track.process = &d;
	d.has_pid = 1, d.pid = (int32_t)of->pid;
	d.process_name = plain(exe, strlen(exe));
	write_packet(p, &packet);
	free(d.process_name);
}

void packet_thread(struct packets *p, uint32_t thread, const struct thread *of)
{
	Perfetto__Protos__ThreadDescriptor d = PERFETTO__PROTOS__THREAD_DESCRIPTOR__INIT;
	Perfetto__Protos__TrackDescriptor track = PERFETTO__PROTOS__TRACK_DESCRIPTOR__INIT;
	packet_t packet;

	begin_packet(p, &packet);
	packet.track_descriptor = &track;
	track.has_uuid = 1, track.uuid = thread_track(thread);
	track.has_parent_uuid = 1, track.parent_uuid = process_track(of->process);
	track.thread = &d;
	d.has_pid = 1, d.pid = (int32_t)p->in->model->processes.v.v[of->process].pid;
	d.has_tid = 1, d.tid = of->tid;
	d.thread_name = plain(of->name, strnlen(of->name, sizeof(of->name)));
	write_packet(p, &packet);
	free(d.thread_name);
}

void packet_live_track(struct packets *p, uint32_t process)
{
	Perfetto__Protos__CounterDescriptor d = PERFETTO__PROTOS__COUNTER_DESCRIPTOR__INIT;
	Perfetto__Protos__TrackDescriptor track = PERFETTO__PROTOS__TRACK_DESCRIPTOR__INIT;
	char name[] = "live heap";
	packet_t packet;

	begin_packet(p, &packet);
	packet.track_descriptor = &track;
	track.has_uuid = 1, track.uuid = live_track(process);
	track.has_parent_uuid = 1, track.parent_uuid = process_track(process);
	track.name = name;
	track.counter = &d;
	d.has_unit = 1, d.unit = PERFETTO__PROTOS__COUNTER_DESCRIPTOR__UNIT__UNIT_SIZE_BYTES;
	write_packet(p, &packet);
}

/* The clocks of the run's earliest dump at its start, so that traces of other tools can be laid over this one. */
void packet_clocks(struct packets *p)
{
	Perfetto__Protos__ClockSnapshot__Clock clock[3], *clocks[3];
	Perfetto__Protos__ClockSnapshot snapshot = PERFETTO__PROTOS__CLOCK_SNAPSHOT__INIT;
	static const uint32_t ids[3] = { CLOCK_ID_BOOTTIME, CLOCK_ID_MONOTONIC, CLOCK_ID_REALTIME };
	const uint64_t at[3] = { p->boot_ns, p->monotonic_ns, p->in->model->start_unix_ns };
	packet_t packet;

	for (unsigned i = 0; i < 3; i++) {
		perfetto__protos__clock_snapshot__clock__init(&clock[i]);
		clock[i].has_clock_id = clock[i].has_timestamp = 1;
		clock[i].clock_id = ids[i];
		clock[i].timestamp = at[i];
		clocks[i] = &clock[i];
	}
	begin_packet(p, &packet);
	snapshot.n_clocks = 3;
	snapshot.clocks = clocks;
	snapshot.has_primary_trace_clock = 1;
	snapshot.primary_trace_clock = CLOCK_ID_BOOTTIME;
	packet.clock_snapshot = &snapshot;
	write_packet(p, &packet);
}

/* ---- what happened ---- */

static void categorise(struct packets *p, struct message *m, unsigned kind)
{
	m->category = word_number(p, m, PACKET_CATEGORY, kind ? kind_name((unsigned)__builtin_ctz(kind)) : "recording");
	m->event.n_category_iids = 1;
	m->event.category_iids = &m->category;
}

void packet_begin(struct packets *p, uint32_t thread, const struct slice *s)
{
	struct message m;

	begin_event(p, &m, thread_track(thread), s->start_ns, PERFETTO__PROTOS__TRACK_EVENT__TYPE__TYPE_SLICE_BEGIN);
	m.event.has_name_iid = 1;
	m.event.name_iid = slice_number(p, &m, s);
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

void packet_live(struct packets *p, uint32_t process, uint64_t ns, uint64_t bytes)
{
	struct message m;

	begin_event(p, &m, live_track(process), ns, PERFETTO__PROTOS__TRACK_EVENT__TYPE__TYPE_COUNTER);
	m.event.has_counter_value = 1;
	m.event.counter_value = (int64_t)bytes;
	write_event(p, &m);
}

void packet_moment(struct packets *p, uint32_t thread, uint64_t ns, const char *name, uint64_t flow, bool ends, const char *text, size_t bytes)
{
	struct message m;
	char *copy = text ? plain(text, bytes) : NULL;

	begin_event(p, &m, thread_track(thread), ns, PERFETTO__PROTOS__TRACK_EVENT__TYPE__TYPE_INSTANT);
	m.event.has_name_iid = 1;
	m.event.name_iid = word_number(p, &m, PACKET_NAME, name);
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
