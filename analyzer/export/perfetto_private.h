/* perfetto_private.h - what the files of perfetto_packet.h share: a message on its way, with the names that it brings along. */
#ifndef HP_EXPORT_PERFETTO_PRIVATE_H
#define HP_EXPORT_PERFETTO_PRIVATE_H

#include <perfetto.pb-c.h>

#include "export/perfetto_packet.h"

typedef Perfetto__Protos__TracePacket     packet_t;
typedef Perfetto__Protos__TrackEvent      event_t;
typedef Perfetto__Protos__DebugAnnotation annotation_t;
typedef Perfetto__Protos__InternedName    name_t;

enum { ANNOTATIONS_MOST = 6 };

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

/* ---- packets ---- */
void packet_init(struct packets *, packet_t *);
void packet_write(struct packets *, const packet_t *);

/* ---- numbers of names ---- */
/* Of texts that live as long as the program. */
uint64_t packet_word(struct packets *, struct message *, unsigned table, const char *word);
uint64_t packet_slice_name(struct packets *, struct message *, const struct slice *);
uint64_t packet_error(struct packets *, struct message *, int error);
/* "parse < load < main": who called, without what calls main. */
uint64_t packet_stack(struct packets *, struct message *, uint32_t stack);
/* Of an object that has a name. */
uint64_t packet_object(struct packets *, struct message *, uint32_t process, uint64_t address, const char *name);
/* Escaped. Malloced. */
char *packet_text(const char *text, size_t bytes);

/* ---- tracks ---- */
static inline uint64_t process_track(uint32_t process) { return (uint64_t)process * 8 + 1; }
static inline uint64_t thread_track(uint32_t thread)   { return (uint64_t)thread * 8 + 2; }
static inline uint64_t counter_track(uint32_t process, enum packet_counter counter)
{
	return (uint64_t)process * 8 + 3 + counter;
}

#endif
