/*
 * dump_writer.h - writes dumps record by record, for tests: as the recorder would, or not at all as it would. The clock is
 * CLOCK_MONOTONIC with a tick a nanosecond; times are ns since the start of the recording.
 *
 *     struct dump_writer *w = dw_new();
 *     dw_thread(w, 1, 4711);          the records that follow are this thread's (uid, tid)
 *     dw_at(w, 100); dw_alloc(w, 0x1000, 64, 0);
 *     dw_write(w, path); dw_free_writer(w);
 *
 * A thread's chunk is turned when it is full. Everything is kept in memory until dw_write.
 */
#ifndef HP_TESTS_DUMP_WRITER_H
#define HP_TESTS_DUMP_WRITER_H

#include <stddef.h>
#include "hp_dump.h"

enum { DW_PID = 4711 };
#define DW_START 1000000000u   /* ticks, and MONOTONIC, of time 0 */

struct dump_writer;

struct dump_writer *dw_new(void);
struct hp_header *dw_header(struct dump_writer *);
void dw_write(struct dump_writer *, const char *path);
void dw_free_writer(struct dump_writer *);
/* The bytes as they would be written. */
const char *dw_bytes(const struct dump_writer *, size_t *n);

/* ---- where records go ---- */
void dw_thread(struct dump_writer *, uint32_t uid, uint32_t tid);
/* A forked child's thread: its records go to pieces. */
void dw_child(struct dump_writer *, uint32_t pid, uint32_t uid, uint32_t tid);
/* Metadata. */
void dw_meta(struct dump_writer *);
/* The next record is wrapped in a LATE record of the thread `uid`. */
void dw_late(struct dump_writer *, uint32_t uid);
/* The time of the records that follow. */
void dw_at(struct dump_writer *, uint64_t ns);
uint64_t dw_ticks(const struct dump_writer *);

/* ---- records ---- */
/* Room for a record of `words`, first word and (if the kind has one) short time set; the rest is zero. */
uint32_t *dw_record(struct dump_writer *, unsigned kind, unsigned sub, unsigned arg, unsigned words);
/* Words as they are. */
uint32_t *dw_raw(struct dump_writer *, unsigned words);

/* A chunk of what filters left out in process `pid`; its rows, HP_FILTERED_ROWS of them. Later records may move them. */
struct hp_filtered *dw_filtered(struct dump_writer *, uint32_t pid);
void dw_enter(struct dump_writer *, uint32_t function);
void dw_exit(struct dump_writer *);
void dw_alloc(struct dump_writer *, uint64_t address, uint32_t size, uint32_t stack);
void dw_release(struct dump_writer *, uint64_t address);
void dw_realloc(struct dump_writer *, uint64_t from, uint64_t to, uint32_t size, uint32_t stack);
/* The same as near records, at a multiple of 16 in one of the header's two regions (DW_NEAR0 or 1 << 36). */
enum { DW_NEAR0 = 0x5, DW_NEAR1 = 0x7f1 };
void dw_alloc_near(struct dump_writer *, unsigned op, uint64_t address, uint32_t size, uint32_t stack);
void dw_release_near(struct dump_writer *, uint64_t address);
/* Of the thread's last exclusive acquisition. */
void dw_unlock_last(struct dump_writer *);
/* Of the same lock as the thread's last acquisition. */
void dw_lock_again(struct dump_writer *, uint32_t where);
void dw_io_near(struct dump_writer *, unsigned op, int fd, uint32_t result, uint64_t start, uint32_t stack);
void dw_node(struct dump_writer *, uint32_t id, uint32_t parent, uint64_t pc);
void dw_module(struct dump_writer *, uint64_t base, uint64_t lo, uint64_t hi, const char *path, const char *build_id);
void dw_thread_info(struct dump_writer *, uint32_t uid, uint32_t tid, uint64_t pthread, const char *name);
void dw_process(struct dump_writer *, uint32_t pid, uint32_t parent_pid, const char *exe);
void dw_lock_def(struct dump_writer *, unsigned index, unsigned kind, uint64_t address, uint32_t init_stack);
/* kind: HP_R_LOCK, _SH, UNLOCK, UNLOCK_WAITED, LOCK_TRYFAIL */
void dw_lock(struct dump_writer *, unsigned kind, unsigned index, uint32_t where);
/* kind: HP_R_LOCK_WAIT, _SH, LOCK_FAIL; start: ns */
void dw_lock_wait(struct dump_writer *, unsigned kind, unsigned index, uint32_t stack, uint64_t start, unsigned error);
void dw_wait(struct dump_writer *, unsigned op, uint64_t object, uint64_t object2, uint32_t stack, uint64_t start, int error);
void dw_io(struct dump_writer *, unsigned op, int fd, int64_t result, int error, uint64_t start, uint32_t stack);
void dw_io_x(struct dump_writer *, unsigned op, int fd, int64_t result, int error, uint64_t start, const void *payload, uint32_t bytes);
void dw_create(struct dump_writer *, uint64_t pthread, int result);
void dw_thread_end(struct dump_writer *, uint64_t cpu_ns);
void dw_end(struct dump_writer *, unsigned how, int status);
void dw_exec(struct dump_writer *, const char *path);

#endif
