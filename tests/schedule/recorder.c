/* recorder.c - see recorder.h. */
#include "recorder.h"
#include "real.h"
#include "schedule.h"
#include "hooks/function.h"
#include "intern.h"
#include "locks.h"
#include "meta.h"
#include "sys.h"
#include <stdio.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { START_TICKS = 1000000000, THREADS_IN_STOCK = 40, PAUSES_MOST = 1 };

struct hp_state hp_state;
struct hp_config hp_config;
struct hp_live *hp_live;
struct hp_libc hp_libc;
const uint32_t *hp_control;
uint8_t hp_ready = 1, hp_sandboxed, hp_sandbox_closed, hp_fn_flags, hp_clock_kind = HP_CLOCK_HARDWARE;

static int dump_fd;
/* Each thread has a clock of its own: one that stands still in the middle of a record, does so for a bounded time. */
static struct { uint64_t ticks; uintptr_t pthread; unsigned pauses; } own[SCHEDULE_THREADS_MAX];

/* ---- what stands in for other parts ---- */

uint64_t recorder_now(void)
{
	uint64_t *ticks = &own[schedule_current()].ticks;
	*ticks += 1 + schedule_random(100);
	if (!schedule_random(200) && own[schedule_current()].pauses) {
		own[schedule_current()].pauses--;
		*ticks += HP_TIME_QUARTER + schedule_random(HP_TIME_QUARTER / 2);
	}
	return START_TICKS + *ticks;
}

void recorder_between_hooks(void)
{
	own[schedule_current()].pauses = PAUSES_MOST;
	if (!schedule_random(6))
		own[schedule_current()].ticks += (uint64_t)schedule_random(1 << 28) << schedule_random(7);
}

uint64_t hp_clock_slow(void) { return recorder_now(); }
uint64_t hp_clock_thread_cpu(void) { return 0; }
struct hp_clocks hp_clocks_now(void)
{
	uint64_t now = recorder_now();
	return (struct hp_clocks){ now, now, now + (uint64_t)time(NULL) * 1000000000, now };
}

uint32_t hp_stack_capture(struct hp_thread *t, uintptr_t pc, uintptr_t sp, uintptr_t fp) { return 1; }
void hp_function_reset(struct hp_thread *t) {}
void hp_modules_note(struct hp_thread *t, uintptr_t pc) {}
size_t hp_strlen(const char *s) { return strlen(s); }
int hp_forked(void) { return -1; }
int hp_fork_own_dump(void) { return -1; }
int hp_vfork_child(const struct hp_thread *t) { return 0; }
void hp_off(void) {}

/* Unique to each thread that there ever was, and above its stack, as find_stack wants it. */
static pthread_t own_pthread(void)
{
	return (pthread_t)(schedule_stack_top() + 64 * own[schedule_current()].pthread);
}

static int no_setspecific(pthread_key_t key, const void *value)
{
	return 0;
}

/* ---- the dump ---- */

static void write_header(uint32_t chunks)
{
	struct hp_header *h = hp_state.header;
	memcpy(h->magic, HP_MAGIC, 8);
	h->endian = HP_ENDIAN;
	h->version = HP_VERSION;
	h->header_bytes = sizeof *h;
	h->chunk_bytes = HP_CHUNK_BYTES;
	h->page_bytes = hp_state.page;
	h->file_bytes = (uint64_t)chunks * HP_CHUNK_BYTES;
	h->pid = hp_live->pid;
	h->clock = HP_CLOCK_MONOTONIC;
	h->thread_slots = (HP_CHUNK_BYTES - HP_SLOTS_OFFSET) / sizeof(struct hp_slot);
	h->ticks_per_second = hp_state.rate;
	h->start = hp_clocks_now();
	h->kinds = h->control = HP_ALL_KINDS;
	h->next_chunk = 1;
}

void recorder_start(struct recorder_how how)
{
	uint64_t bytes = (uint64_t)how.chunks * HP_CHUNK_BYTES;
	hp_live = hp_sys_anonymous(sizeof *hp_live, 0);
	hp_live->alive = 1;
	hp_live->pid = 1;  /* nobody's thread id: there is no main thread, whose stack is looked up elsewhere */
	hp_live->forked = (uint32_t)how.forked;
	hp_state.page = (uint32_t)sysconf(_SC_PAGESIZE);
	hp_state.window_bytes = (uint64_t)how.window_chunks * HP_CHUNK_BYTES;
	hp_state.chunks_max = how.chunks;
	hp_state.rate = 1000000000;
	hp_state.key_valid = 1;
	dump_fd = memfd_create("dump", MFD_CLOEXEC);
	if (dump_fd < 0 || ftruncate(dump_fd, (off_t)bytes))
		schedule_fail("no memory file");
	/* Room for the others above, as in file.c. */
	char *room = mmap(NULL, 2 * bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	munmap(room, 2 * bytes);
	hp_state.window[0] = mmap(room, hp_state.window_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, dump_fd, 0);
	hp_state.committed[0] = HP_CHUNK_BYTES;
	hp_state.header = (struct hp_header *)(void *)hp_state.window[0];
	write_header(how.chunks);
	hp_control = &hp_state.header->control;
	hp_intern_init();
	hp_locks_init();
	hp_libc.pthread_self = own_pthread;
	hp_libc.pthread_setspecific = no_setspecific;
	schedule_local(&hp_tls, sizeof hp_tls);
	if (how.sandboxed)
		hp_threads_reserve(THREADS_IN_STOCK);
	hp_sandboxed = (uint8_t)how.sandboxed;
}

const char *recorder_dump(void)
{
	static char path[40];
	snprintf(path, sizeof path, "/proc/self/fd/%d", dump_fd);
	return path;
}

void recorder_new_thread(void)
{
	own[schedule_current()].pthread++;
	hp_tls = (struct hp_tls){ 0 };
}

void recorder_end_thread(void)
{
	struct hp_thread *t = hp_tls.t;
	for (int round = 0; t && round < 3; round++)
		hp_thread_key_destructor(t);
}
