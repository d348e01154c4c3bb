/*
 * perfetto_packet.h - the packets of a Perfetto trace, one call each. All are of one sequence, on which names are written the
 * first time that they are used.
 */
#ifndef HP_EXPORT_PERFETTO_PACKET_H
#define HP_EXPORT_PERFETTO_PACKET_H

#include "export/sink.h"
#include "export/slices.h"
#include "table/view.h"
#include "util/buf.h"

enum { PACKET_NAME, PACKET_CATEGORY, PACKET_KEY, PACKET_TEXT, PACKET_TABLES };

/* Names of one table that were written: 64-bit key -> number. */
struct packet_names { struct map64 number; };

struct packets {
	struct sink             *to;
	const struct view_input *in;
	uint64_t                 boot_ns, monotonic_ns;  /* those clocks at ns 0 of the run */
	struct packet_names      names[PACKET_TABLES];
	bool                     begun;
	struct buf               text;
};

void packets_begin(struct packets *, const struct view_input *, struct sink *);
void packets_free(struct packets *);

/* ---- what there is ---- */
void packet_clocks(struct packets *);
void packet_process(struct packets *, uint32_t process);
void packet_thread(struct packets *, uint32_t thread, const struct thread *);
/* A counter of bytes of a process. */
enum packet_counter { COUNTER_LIVE, COUNTER_MAPPED, COUNTER_RESIDENT };
void packet_counter_track(struct packets *, uint32_t process, enum packet_counter);

/* ---- what happened ---- */
void packet_begin(struct packets *, uint32_t thread, const struct slice *);
void packet_end(struct packets *, uint32_t thread, uint64_t ns);
void packet_count(struct packets *, uint32_t process, enum packet_counter, uint64_t ns, uint64_t bytes);
/* A moment of a thread. flow 0: none; else it begins here, or (ends) ends here. text NULL: none; raw. */
void packet_moment(struct packets *, uint32_t thread, uint64_t ns, const char *name, uint64_t flow, bool ends, const char *text, size_t bytes);

#endif
