/*
 * hp_dump.h - the dump format. This header is its specification; docs/format.md explains it in prose.
 *
 * A dump is a sparse file of chunks of HP_CHUNK_BYTES. Chunk 0 holds struct hp_header and the first slots; every
 * other chunk starts with struct hp_chunk and holds records, or slots. All numbers are in the byte order and width of
 * the machine that wrote it (hp_header.endian tells); all structs are fixed-width and packed by construction.
 *
 * RECORDS are multiples of 4 bytes, 4-aligned, and never cross the end of their chunk (or of their piece, see
 * HP_CHUNK_FORK). The first 32-bit word decides:
 *
 *   0              nothing here: step over this word (reserved and never written, or not yet)
 *   bit 0 set      a function record, see HP_FN_*: 4 bytes (exit) or 8 bytes (entry)
 *   otherwise      bits 0..7 the kind (hp_records.def), bits 8..15 `sub`, bits 16..31 `arg`;
 *                  kinds from 0x80 on: `arg` is the record's length in words, first word included
 *
 * A record longer than 8 bytes is written in this order: first word = OPEN with sub = kind and arg = length in words;
 * payload; first word. A killed process therefore leaves zeros or OPEN words, never half a record that looks whole.
 *
 * ADDRESSES of 48 bits stand in `arg` (high 16) and the second word (low 32); others use the _WIDE or _X kinds.
 *
 * NEAR records are the usual case of a longer kind in fewer bytes; a reader turns them into that kind. Their first word is
 * kind | t24 << 8.
 *
 * TIME: t32 is the low 32 bits of the clock's ticks (30 bits in function records, 24 in near ones). A reader keeps a running 64-bit time
 * per segment, starts it at the OWNER record, and takes the value nearest to it that has these low bits; TIME, CLOCK and
 * OWNER set it. The writer puts a TIME record whenever more than HP_TIME_QUARTER ticks have passed since the last one of
 * these. Small regressions within a thread are normal (a signal handler between stamp and reservation).
 *
 * SEGMENTS: an OWNER record starts a segment: the records up to the next OWNER, or the end of the chunk, are that thread's.
 * The segments of a thread are ordered by hp_r_owner.seq. Ids (nodes, locks, threads' uids) are scoped by process: a
 * forked child that still writes into its parent's dump defines its own, in segments with its pid.
 *
 * VERSION: a reader refuses another `version`. New kinds, ops, and fields in reserved space do not raise it, as unknown
 * variable-length kinds are skipped; everything else does.
 */
#ifndef HP_DUMP_H
#define HP_DUMP_H

#include <stddef.h>
#include <stdint.h>

#define HP_MAGIC "hpdump\r\n"
enum {
	HP_VERSION      = 3,
	HP_ENDIAN       = 0x01020304,
	HP_CHUNK_BYTES  = 65536,
	HP_PIECE_BYTES  = 4096,        /* of a HP_CHUNK_FORK chunk */
	HP_CHUNK_MAGIC  = 0x6b637068,  /* "hpck" */
	HP_DEPTH_MAX    = 16384,
};
#define HP_TIME_QUARTER (1u << 22)

enum hp_clock { HP_CLOCK_MONOTONIC, HP_CLOCK_TSC, HP_CLOCK_CNTVCT };

/* Why events were lost; index into hp_header.dropped and hp_r_gap.reason. HP_STOP_NONE: recording goes on. */
#define HP_STOPS(X) \
	X(NONE, "") X(DISK_FULL, "disk full") X(LIMIT, "HP_MAX_BYTES reached") X(SANDBOX, "sandbox entered, no room left") \
	X(NO_MEMORY, "no address space") X(DURATION, "HP_DURATION over") X(FORK, "forked child without a dump")
enum hp_stop {
#define X(name, text) HP_STOP_##name,
	HP_STOPS(X)
#undef X
	HP_STOP_COUNT
};

enum hp_kind_bit {
#define HP_KIND(bit, NAME, name) HP_##NAME = 1u << (bit),
#include "hp_kinds.def"
#undef HP_KIND
	HP_ALL_KINDS = (1u << 9) - 1,
};

enum hp_record_kind {
#define HP_RECORD(code, NAME, type, words) HP_R_##NAME = code,
#include "hp_records.def"
#undef HP_RECORD
};

enum hp_op {
#define HP_OP(code, NAME, name, KIND, CLASS) HP_OP_##NAME = code,
#include "hp_ops.def"
#undef HP_OP
};

/* What an operation means to the models. */
enum hp_class {
	HP_CLASS_NONE,
	HP_CLASS_OPEN,        /* result = new descriptor, payload = path; of open and its like the int of its flags follows the NUL */
	HP_CLASS_CLOSE,       /* closes fd */
	HP_CLASS_CLOSE_MANY,  /* closes fd up to payload u32 (last), minus none if the call failed */
	HP_CLASS_DUP,         /* result = new descriptor for the same file as fd */
	HP_CLASS_PAIR,        /* payload = two u32 descriptors */
	HP_CLASS_MAKE,        /* result = new descriptor of a kind named by the operation */
	HP_CLASS_ACCEPT,      /* result = new descriptor, payload = the peer's sockaddr */
	HP_CLASS_CONNECT,     /* payload = the peer's sockaddr */
	HP_CLASS_BIND,        /* payload = our own sockaddr */
	HP_CLASS_READ,        /* result = bytes; payload of pread and its like: the offset, 64 bits; -1: none was given */
	HP_CLASS_WRITE,       /* result = bytes; payload of pwrite and its like: the same */
	HP_CLASS_COPY,        /* result = bytes written to fd, read from the descriptor in payload u32 */
	HP_CLASS_FILE,        /* any other call on fd; payload of epoll_ctl, if it worked: struct hp_epoll_change */
	HP_CLASS_PATH,        /* any other call on a path (payload) */
	HP_CLASS_COND, HP_CLASS_SEM, HP_CLASS_BARRIER, HP_CLASS_FUTEX, HP_CLASS_LOCK,
	HP_CLASS_JOIN, HP_CLASS_POLL, HP_CLASS_SLEEP, HP_CLASS_CHILD,
	HP_CLASS_INIT, HP_CLASS_DESTROY, HP_CLASS_WAKE,
	HP_CLASS_ALLOC, HP_CLASS_FREE, HP_CLASS_MAP, HP_CLASS_UNMAP, HP_CLASS_BREAK,
	HP_CLASS_CHDIR,       /* payload = path as given NUL directory that the process is in now NUL, if it is known */
};

/* Kinds of synchronisation objects, in LOCK_DEF.lock_kind and LOCK_X.arg; the words of locks[].kind. */
#define HP_LOCK_KINDS(X) X(NONE, "") X(MUTEX, "mutex") X(RWLOCK, "rwlock") X(SPIN, "spin") X(COND, "cond") X(SEM, "sem") \
	X(BARRIER, "barrier") X(FUTEX, "futex")
enum hp_lock_kind {
#define X(name, text) HP_LOCK_KIND_##name,
	HP_LOCK_KINDS(X)
#undef X
};

/* One reading of all clocks, as close together as possible. ns since each clock's epoch; ticks of hp_header.clock. */
struct hp_clocks { uint64_t ticks, monotonic, realtime, boottime; };

/*
 * The start of the file. The writer sets all of it before the magic, except the words marked (live), which change under
 * a reader's eyes and are written atomically.
 */
struct hp_header {
	char     magic[8];
	uint32_t endian, version;
	uint32_t header_bytes, chunk_bytes;
	uint32_t page_bytes, elf_machine;
	uint64_t file_bytes;              /* apparent size: the limit of this recording */
	uint8_t  dump_id[16], run_id[16], parent_id[16];  /* zero: none */
	uint32_t pid, ppid;
	uint32_t clock, thread_slots;     /* enum hp_clock; slots in chunk 0 */
	uint64_t ticks_per_second;        /* measured at start, 1 % or better; clock samples are exact */
	struct hp_clocks start;
	uint64_t pid_namespace;           /* inode number of /proc/self/ns/pid, 0 unknown */
	uint8_t  boot_id[16];
	uint32_t kinds, depth;            /* configured HP_HOOKS mask, HP_DEPTH */
	uint32_t stack_mode, flags;       /* enum hp_stack_mode, HP_FLAG_* */
	uint32_t near[2];                 /* bits 36.. of the addresses in near records, by region */
	uint64_t reserved0[11];

	/* (live) written by the recorder and by `hp-analyze ctl`, each on its own cache line */
	_Alignas(64) uint32_t control;    /* mask of kinds that are recorded now; 0 = off */
	uint32_t control_off;             /* kinds that somebody outside has switched off at some time */
	uint32_t reserved1[14];
	_Alignas(64) uint32_t next_chunk; /* chunks handed out so far, chunk 0 included */
	uint32_t next_uid;                /* thread uids handed out */
	uint32_t stop_reason, stop_errno; /* enum hp_stop, first one wins */
	uint64_t fork_pieces;             /* chunk index << 32 | next piece, of the current HP_CHUNK_FORK chunk */
	uint64_t early_calls;             /* hooked calls before the recorder was ready */
	uint32_t next_slot, reserved_slot; /* slots handed out */
	uint64_t stacks_checked, stacks_different;  /* HP_STACK=check: compared with libunwind's; of these, not the same */
	uint64_t reserved2[1];
	_Alignas(64) uint64_t dropped[8]; /* by enum hp_stop; threads' own losses are in their slots */
	uint32_t end[12];                 /* the END record of this dump's own process once more: there is always room here */
	uint64_t reserved3[2];
};

enum {  /* 1 and 4 were never set */
	HP_FLAG_MALLOC_BYPASSED   = 2,  /* the executable, or a library before ours, has an allocator of its own */
	HP_FLAG_WIDE_FUNCTIONS    = 8,
	HP_FLAG_SANDBOXED         = 16,
	HP_FLAG_STARTED_OFF       = 32, /* HP_START=off */
	HP_FLAG_NEW_BYPASSED      = 64, /* C++'s operators new belong to an allocator, and do not call malloc */
};

enum hp_stack_mode { HP_STACK_DWARF, HP_STACK_FP, HP_STACK_LIBUNWIND, HP_STACK_NONE, HP_STACK_CHECK };

enum hp_chunk_kind {
	HP_CHUNK_EVENTS = 1,  /* records of threads, in segments */
	HP_CHUNK_META   = 2,  /* records that events refer to; no times, no segments */
	HP_CHUNK_LATE   = 3,  /* LATE records only, of any thread */
	HP_CHUNK_FORK   = 4,  /* pieces of HP_PIECE_BYTES, each a forked child's segments, metadata among them */
	HP_CHUNK_SLOTS  = 5,  /* struct hp_slot from byte 64 on */
	HP_CHUNK_FILTERED = 6, /* struct hp_filtered from byte 64 on: what a filter left out of some thread's calls */
	HP_CHUNK_RESIDENT = 7, /* RESIDENT records only, of the process with the chunk's pid; taken and filled by `record` or `ctl watch` */
};

/* Starts every chunk but chunk 0. magic is written last. A HP_CHUNK_FORK chunk's first piece starts after it. */
struct hp_chunk {
	uint32_t magic, kind;
	uint32_t index, generation;
	uint32_t pid, reserved;
	struct hp_clocks at;
	uint64_t reserved2;
};

/*
 * What a thread is doing (live): one per thread, reused after its end; chunk 0 has them from HP_SLOTS_OFFSET on.
 * op is stored last when a call starts and zeroed first when it returns.
 */
struct hp_slot {
	uint32_t uid, tid;
	uint32_t pid, op;        /* enum hp_op of the call in progress, 0 = running */
	uint64_t object;         /* lock address, descriptor, pthread_t, pid: as the operation's record says */
	uint64_t object2;        /* the mutex of a condition wait */
	uint64_t start;          /* ticks */
	uint32_t stack, state;   /* HP_SLOT_* */
	uint64_t dropped;        /* events of the slot's threads that were lost; only ever grows */
	uint64_t reserved;
};
enum { HP_SLOT_FREE, HP_SLOT_LIVE, HP_SLOT_ENDED };
enum { HP_SLOTS_OFFSET = 4096 };

/*
 * Calls of a function that were left out, by one thread or several after one another (live: only ever grow). A function may have
 * several rows, in one chunk or in many. Row 0 of a chunk is that of all functions that have none of their own.
 */
struct hp_filtered {
	uint64_t fn;               /* its address; 0: no row yet */
	uint64_t calls;            /* HP_FILTER left out */
	uint64_t brief, brief_ticks;  /* shorter than HP_MIN_NS, and how long these took together */
};
enum { HP_FILTERED_ROWS = (HP_CHUNK_BYTES - 64) / 32 };

/* ---- short function records: word 0 = t30 << 2 | HP_FN_* ---- */
enum { HP_FN_EXIT = 1, HP_FN_ENTER = 3, HP_FN_TIME_BITS = 30 };
struct hp_r_fn_enter { uint32_t w, fn32; };   /* fn32: low 32 bits of the function's address; one 8-byte store */
struct hp_r_fn_exit  { uint32_t w; };         /* ends the innermost open call */

/* ---- records; w is the first word ---- */
struct hp_r_open  { uint32_t w; };
struct hp_r_time  { uint32_t w, ticks[2]; };                     /* [0] low, [1] high: 64-bit values are only 4-aligned */
struct hp_r_owner { uint32_t w, uid, pid, tid, seq, flags, ticks[2]; };
enum { HP_NEAR_SHIFT = 36, HP_NEAR_SIZE_BITS = 27, HP_NEAR_FD_BITS = 12, HP_NEAR_TIME_BITS = 24 };
/*
 * FORKED: a forked child in its parent's dump: ids of its own. Set later, in its last segment: MOVED: its records go on in a dump of its own;
 * EXITED: it has ended with the status in the bits from HP_OWNER_STATUS_SHIFT on, for which there may have been no room in a record.
 */
enum { HP_OWNER_FORKED = 1, HP_OWNER_MOVED = 2, HP_OWNER_EXITED = 4, HP_OWNER_STATUS_SHIFT = 8 };
struct hp_r_clock { uint32_t w, ticks[2], monotonic[2], realtime[2], boottime[2]; };
struct hp_r_cpu   { uint32_t w, t32, cpu_ns[2], maxrss_kib; };   /* thread CPU time; process ru_maxrss or 0 */
struct hp_r_gap   { uint32_t w, t32, count; };                   /* sub = enum hp_stop */

struct hp_r_fn_wide { uint32_t w, t32, fn[2]; };
struct hp_r_fn_cut  { uint32_t w, t32, count; };                 /* the `count` innermost calls are gone */

struct hp_r_alloc      { uint32_t w, addr_lo, t32, size, stack; };  /* sub = op */
struct hp_r_free       { uint32_t w, addr_lo, t32; };               /* sub = op */
/* Blocks at a multiple of 16 in one of the two regions: addr = near[region] << 36 | addr4 << 4 */
struct hp_r_alloc_near { uint32_t w, addr4, size, stack; };  /* size: below 2^27, | region << 27, | op - HP_OP_MALLOC << 28 */
struct hp_r_free_near  { uint32_t w, addr4; };               /* op = FREE; a kind for each region */
struct hp_r_alloc_wide { uint32_t w, t32, addr[2], size[2], stack; };  /* arg = 1: ends a realloc */
struct hp_r_free_wide  { uint32_t w, t32, addr[2]; };                  /* arg = 1: begins a realloc */
struct hp_r_alloc_fail { uint32_t w, t32, size[2], stack; };        /* sub = op; a realloc of a block says it in its REALLOC_END */
struct hp_r_alloc_sample { uint32_t w, ticks, usable; };            /* sub = op; ticks inside the call; usable size or 0 */
struct hp_r_vm         { uint32_t w, t32, addr[2], length[2], stack, flags; int32_t fd; };  /* sub = op; flags: prot | MAP_* << 8 */

/* In `arg` of an acquisition beside the lock's index or kind: by a call that would not have waited for ever (try, timed). */
enum { HP_LOCK_TRIED = 0x8000 };
struct hp_r_lock      { uint32_t w, t32, where; };         /* sub = seq (low 8 bits), arg = lock index | HP_LOCK_TRIED; where: site or stack */
struct hp_r_lock_again { uint32_t w, where; };  /* LOCK of the lock that the segment's last LOCK or LOCK_WAIT was of; seq: one more */
struct hp_r_unlock_last { uint32_t w; };   /* UNLOCK of what the thread last acquired exclusively and has not released */
struct hp_r_lock_wait { uint32_t w, t32, stack, start[2]; };
struct hp_r_lock_x    { uint32_t w, t32, addr[2], where, start[2], seq; };  /* sub = the HP_R_ kind it stands for, arg = lock kind | HP_LOCK_TRIED */

struct hp_r_sync { uint32_t w, t32, object[2], stack; int32_t value; };          /* sub = op; arg = lock type at INIT */
struct hp_r_wait { uint32_t w, t32, start[2], object[2], object2[2], stack; int32_t result; };  /* sub = op, arg = errno | a condition wait's seq << 8 */
/*
 * What woke a thread, in object2 of a wait for descriptors with result > 0. poll, select and their like: the first descriptor that was
 * ready, plus 1, and revents (POLL*) << 32; 0: not known. epoll_wait and its like: the first event's data.
 */
struct hp_epoll_change { int32_t fd; uint32_t op, events, data[2]; };  /* op: EPOLL_CTL_*; events and data: 0 of EPOLL_CTL_DEL */
/* fd, or AT_FDCWD-like values for *at calls; ticks = duration; result >= 0, or -1 with arg = errno */
struct hp_r_io   { uint32_t w, t32, ticks; uint32_t stack; int32_t fd, result; };
struct hp_r_io_near { uint32_t w, ticks, stack, fd; };  /* ticks: op | ticks << 8; fd: fd | result << 12; no error */
struct hp_r_io_x { uint32_t w, t32, start[2], result[2]; int32_t fd; uint32_t stack; uint8_t op, pad; uint16_t err;
                   uint32_t payload_bytes; /* payload follows, zero padded */ };
struct hp_r_stdio_count { uint32_t w, t32; int32_t fd; uint32_t calls, bytes; };  /* sub = op; since the last one of it */
struct hp_r_abandoned { uint32_t w, t32, start[2], object[2], stack, reserved; }; /* sub = op */

struct hp_r_thread_create { uint32_t w, t32, pthread[2], start_fn[2], stack; int32_t result; };  /* t32: before the call */
/* t32: before the call; sub and arg: what the call took, hp_fork_word */
struct hp_r_fork   { uint32_t w, t32; int32_t pid; uint32_t stack; };
struct hp_r_exec   { uint32_t w, t32, stack, path_bytes; /* path follows */ };
struct hp_r_exec_failed { uint32_t w, t32; };                                     /* arg = errno */
struct hp_r_end    { uint32_t w, t32; int32_t status; uint32_t maxrss_kib; uint32_t ticks[2], monotonic[2], realtime[2], boottime[2]; };  /* sub = HP_END_* */
enum { HP_END_EXIT = 1, HP_END_QUICK_EXIT, HP_END_RAW_EXIT, HP_END_ABORT };
struct hp_r_control { uint32_t w, t32, kinds; };                                  /* sub = HP_CONTROL_* */
enum { HP_CONTROL_ON = 1, HP_CONTROL_OFF, HP_CONTROL_CLEAR };
struct hp_r_name   { uint32_t w, t32, pthread[2]; /* name follows, zero padded */ };
struct hp_r_mark   { uint32_t w, t32; /* text follows */ };
struct hp_r_late   { uint32_t w, uid, ticks[2]; /* one record follows, whole */ };

/* ---- metadata: written before the first event that refers to it ---- */
/* id > 0; parent = 0: outermost; arg and pc_lo: 48-bit pc (a return address, or exact with HP_NODE_EXACT); sub = HP_NODE_* */
struct hp_r_node     { uint32_t w, pc_lo, id, parent; };
enum {
	HP_NODE_CUT      = 1,  /* deeper frames exist and were not taken: HP_DEPTH */
	HP_NODE_STOPPED  = 2,  /* the unwinder could not go on from here */
	HP_NODE_EXACT    = 4,  /* pc is the interrupted instruction, not a return address */
};
struct hp_r_lock_def { uint32_t w, ticks[2], addr[2], init_stack, pid, type; };   /* sub = enum hp_lock_kind, arg = index */
struct hp_r_thread   { uint32_t w, uid, tid, pid, pthread[2], ticks[2], stack_lo[2], stack_hi[2], created_uid; char name[16]; uint32_t reserved; };
struct hp_r_module_gone { uint32_t w, ticks[2], base[2]; };
struct hp_r_cost     { uint32_t w, kind, picoseconds; };                          /* sub = HP_COST_*; kind: HP_* bit; an event */
enum {
	HP_COST_EVENT,   /* all that recording an event takes, at least; of a function call: entry and exit */
	HP_COST_INSIDE,  /* of a function call: the part of it between the stamps of entry and exit */
	HP_COST_SPREAD,  /* how much more it usually took when it was measured */
	HP_COST_STAMP,   /* one stamp right behind another: the part of an ALLOC_SAMPLE's ticks that is ours */
};
/* strings follow one another, each with its NUL: exe, cwd, host, cmdline (arguments with a NUL each, to the end) */
struct hp_r_process  { uint32_t w, pid, ppid, flags, parent_pid, parent_uid, clocks[8], strings_bytes, argc; };
/* base: load bias; lo..hi: executable range; build id, then path */
struct hp_r_module   { uint32_t w, pid, ticks[2], base[2], lo[2], hi[2], dev[2], ino[2], build_id_bytes, path_bytes; };
struct hp_r_fd       { uint32_t w; int32_t fd; uint32_t path_bytes; };
struct hp_r_option   { uint32_t w, text_bytes; };
/* HP_FILTER and HP_MIN_NS as they are in force */
struct hp_r_filter { uint32_t w, min_ns[2], text_bytes; };
/* KiB; rss = anonymous + file + shared, as the kernel keeps account of them. peak: the greatest so far. maps hp_resident_map follow */
struct hp_r_resident { uint32_t w, monotonic[2], rss, anonymous, file, shared, swapped, peak, threads, maps, reserved; };
/* lo, hi: 0 where several mappings are added up. Only what has pages in memory. */
struct hp_resident_map { uint32_t lo[2], hi[2], rss, kind; };  /* KiB; enum hp_map_kind */
enum hp_map_kind {
	HP_MAP_ANONYMOUS,
	HP_MAP_HEAP,      /* the kernel's [heap] */
	HP_MAP_ARENA,     /* has the shape of glibc's arenas of threads */
	HP_MAP_STACK,     /* the main thread's */
	HP_MAP_FILE, HP_MAP_SHARED,
	HP_MAP_RECORDER,  /* libhp.so, the dump's windows, memory that is wiped on fork */
	HP_MAP_KERNEL, HP_MAP_KINDS
};
struct hp_r_stack_differs { uint32_t w, ours, theirs; };                          /* two stack ids for one stack: HP_STACK=check */

/* ---- helpers shared by both sides ---- */
static inline uint32_t hp_word(unsigned kind, unsigned sub, unsigned arg) { return kind | sub << 8 | arg << 16; }
static inline unsigned hp_word_kind(uint32_t w) { return w & 0xff; }
static inline unsigned hp_word_sub(uint32_t w)  { return w >> 8 & 0xff; }
static inline unsigned hp_word_arg(uint32_t w)  { return w >> 16; }
static inline uint64_t hp_u64(const uint32_t v[2]) { return (uint64_t)v[1] << 32 | v[0]; }
/* First word of a near record. */
static inline uint32_t hp_near_word(unsigned kind, uint64_t ticks) { return kind | (uint32_t)ticks << 8; }
static inline void hp_put64(uint32_t v[2], uint64_t x) { v[0] = (uint32_t)x; v[1] = (uint32_t)(x >> 32); }
/* First word of a FORK: its duration in units of 1024 ticks, rounded up, in 24 bits; 0: not known, or longer. */
static inline uint32_t hp_fork_word(unsigned kind, uint64_t ticks)
{
	uint64_t units = (ticks >> 10) + 1;
	return kind | (units >> 24 ? 0 : (uint32_t)units) << 8;
}
static inline uint64_t hp_fork_ticks(uint32_t w) { return (uint64_t)(w >> 8) << 10; }
/* The 64-bit time nearest to `now` whose low `bits` bits are `low`. */
static inline uint64_t hp_nearest(uint64_t now, uint64_t low, unsigned bits)
{
	uint64_t half = 1ull << (bits - 1), mask = (half << 1) - 1;
	uint64_t ahead = (low - now) & mask;
	return ahead < half ? now + ahead : now + ahead - mask - 1;
}

#define HP_RECORD(code, NAME, type, words) \
	_Static_assert(sizeof(struct type) == (words) * 4, #NAME " has the length that hp_records.def says"); \
	_Static_assert((code) % 2 == 0 && (code) >= 2 && (code) <= 254, #NAME " has an even code");
#include "hp_records.def"
#undef HP_RECORD
_Static_assert(sizeof(struct hp_clocks) == 32, "clocks");
_Static_assert(sizeof(struct hp_chunk) == 64 + 0, "chunk header");
_Static_assert(sizeof(struct hp_slot) == 64, "slot");
_Static_assert(sizeof(struct hp_filtered) == 32, "filtered calls");
_Static_assert(sizeof(struct hp_resident_map) == 24, "mapping");
_Static_assert(sizeof(struct hp_r_end) == sizeof ((struct hp_header *)0)->end, "the header's END");
_Static_assert(sizeof(struct hp_header) <= HP_SLOTS_OFFSET, "header fits its page");
_Static_assert(sizeof(struct hp_r_fn_enter) == 8 && sizeof(struct hp_r_fn_exit) == 4, "function records");

#endif
