/* perfetto_tracks.c - packets that describe: clocks, processes, threads, counters; and how packets are written. */
#include <stdlib.h>
#include <string.h>

#include "export/perfetto_private.h"
#include "util/alloc.h"

enum { CLOCK_ID_REALTIME = 1, CLOCK_ID_MONOTONIC = 3, CLOCK_ID_BOOTTIME = 6 };
enum { STATE_CLEARED = 1, STATE_NEEDED = 2, SEQUENCE = 1 };

void packet_write(struct packets *p, const packet_t *packet)
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

void packet_init(struct packets *p, packet_t *packet)
{
	perfetto__protos__trace_packet__init(packet);
	packet->has_trusted_packet_sequence_id = 1;
	packet->trusted_packet_sequence_id = SEQUENCE;
	packet->has_sequence_flags = 1;
	packet->sequence_flags = p->begun ? STATE_NEEDED : STATE_CLEARED;
	p->begun = true;
}

void packet_process(struct packets *p, uint32_t process)
{
	const struct process *of = &p->in->model->processes.v.v[process];
	Perfetto__Protos__ProcessDescriptor d = PERFETTO__PROTOS__PROCESS_DESCRIPTOR__INIT;
	Perfetto__Protos__TrackDescriptor track = PERFETTO__PROTOS__TRACK_DESCRIPTOR__INIT;
	const char *exe = view_base_name(of->exe);
	packet_t packet;

	packet_init(p, &packet);
	packet.track_descriptor = &track;
	track.has_uuid = 1, track.uuid = process_track(process);
	track.process = &d;
	d.has_pid = 1, d.pid = (int32_t)of->pid;
	d.process_name = packet_text(exe, strlen(exe));
	packet_write(p, &packet);
	free(d.process_name);
}

void packet_thread(struct packets *p, uint32_t thread, const struct thread *of)
{
	Perfetto__Protos__ThreadDescriptor d = PERFETTO__PROTOS__THREAD_DESCRIPTOR__INIT;
	Perfetto__Protos__TrackDescriptor track = PERFETTO__PROTOS__TRACK_DESCRIPTOR__INIT;
	packet_t packet;

	packet_init(p, &packet);
	packet.track_descriptor = &track;
	track.has_uuid = 1, track.uuid = thread_track(thread);
	track.has_parent_uuid = 1, track.parent_uuid = process_track(of->process);
	track.thread = &d;
	d.has_pid = 1, d.pid = (int32_t)p->in->model->processes.v.v[of->process].pid;
	d.has_tid = 1, d.tid = of->tid;
	d.thread_name = packet_text(of->name, strnlen(of->name, sizeof(of->name)));
	packet_write(p, &packet);
	free(d.thread_name);
}

void packet_counter_track(struct packets *p, uint32_t process, enum packet_counter counter)
{
	static const char *const names[] = { [COUNTER_LIVE] = "live heap", [COUNTER_MAPPED] = "mapped", [COUNTER_RESIDENT] = "resident" };
	Perfetto__Protos__CounterDescriptor d = PERFETTO__PROTOS__COUNTER_DESCRIPTOR__INIT;
	Perfetto__Protos__TrackDescriptor track = PERFETTO__PROTOS__TRACK_DESCRIPTOR__INIT;
	packet_t packet;

	packet_init(p, &packet);
	packet.track_descriptor = &track;
	track.has_uuid = 1, track.uuid = counter_track(process, counter);
	track.has_parent_uuid = 1, track.parent_uuid = process_track(process);
	track.name = (char *)(uintptr_t)names[counter];
	track.counter = &d;
	d.has_unit = 1, d.unit = PERFETTO__PROTOS__COUNTER_DESCRIPTOR__UNIT__UNIT_SIZE_BYTES;
	packet_write(p, &packet);
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
	packet_init(p, &packet);
	snapshot.n_clocks = 3;
	snapshot.clocks = clocks;
	snapshot.has_primary_trace_clock = 1;
	snapshot.primary_trace_clock = CLOCK_ID_BOOTTIME;
	packet.clock_snapshot = &snapshot;
	packet_write(p, &packet);
}
