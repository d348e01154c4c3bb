/*
 * packed.h - dumps as the fuzzer has them: small. A dump is a sparse file of 64 KiB chunks that are mostly empty towards
 * their ends, so an input is a head and the extents that hold something, each with the page that it starts at:
 *
 *     struct packed_head; { struct packed_extent; the extent's bytes } ...
 *
 * A chunk is one extent; each piece of a HP_CHUNK_FORK chunk is one, and so are the header and each page of slots.
 */
#ifndef HP_FUZZ_PACKED_H
#define HP_FUZZ_PACKED_H

#include <stddef.h>

#include "hp_dump.h"

enum {
	PACKED_FILES = 2, PACKED_EXTENTS = 48, PACKED_PAGES = 2048,
	PACKED_PAGES_A_CHUNK = HP_CHUNK_BYTES / HP_PIECE_BYTES,
};

/* What is done with the dump: bits of packed_head.flags. */
enum {
	PACKED_RUNNING = 1,      /* as if its process still ran */
	PACKED_WINDOW  = 2,      /* figures of a part of the run, by packed_head.from and to */
	PACKED_THREAD  = 4,      /* of one thread: the last one */
	PACKED_EVENTS  = 8,      /* a list of events, and a tree of their times, in place of the report */
	PACKED_SUMMARY = 16,     /* what the summary needs and no more */
	PACKED_VAST    = 32,     /* a file of 16 GiB, nearly all of it holes */
	PACKED_JSON    = 64,     /* drawn as JSON, in place of text */
	PACKED_COMPENSATE = 128, /* times without the recorder's own cost */
	PACKED_TREE    = 256,    /* trees of the report's figures, too; of events: those that cross the window's end as well */
	PACKED_EXPORT  = 512,    /* exported, in place of the report: which format packed_head.to says */
	PACKED_COMPARE = 1024,   /* of the report: compared with itself, and checked */
	PACKED_GRAPH   = 2048,   /* of the report of a whole run: the critical path and the what-if of the window, too */
	PACKED_FLAGS   = 12,
	PACKED_ALL     = (1 << PACKED_FLAGS) - 1,
};

struct packed_head { uint32_t flags, cut; /* 0, or bytes that the first file ends after */ uint32_t from_us, to_us; };
struct packed_extent { uint32_t where, bytes; /* file << 16 | page */ };

struct extent {
	_Alignas(64) uint32_t w[HP_CHUNK_BYTES / 4];
	uint32_t file, page, bytes;
};

struct packed {
	struct packed_head head;
	unsigned n;
	struct extent e[PACKED_EXTENTS];
};

/* Whatever the bytes are: what makes no sense is left out. */
void packed_read(struct packed *, const uint8_t *data, size_t bytes);
/* The other way; extents that do not fit into `room` are left out. Returns how many bytes it made. */
size_t packed_write(const struct packed *, uint8_t *data, size_t room);

/* Takes a dump in as file `file`, no more of any extent than `most` bytes. */
void packed_add_dump(struct packed *, uint32_t file, const char *bytes, size_t n, uint32_t most);
/* Writes file `file` to `fd`; returns how many bytes are data, 0 when there is no such file. */
size_t packed_unpack(const struct packed *, uint32_t file, int fd);

/* Where the records of an extent begin, in words; its length when it has none. */
uint32_t packed_records(const struct extent *);

#endif
