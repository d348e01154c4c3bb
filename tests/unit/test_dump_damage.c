/* Dumps that are cut, torn or made of noise: never a crash, an offset within the file, what is good is there. */
#include "model_of.h"

#include <string.h>
#include <sys/mman.h>

static uint64_t seed;

static uint64_t noise(void)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return seed >> 33;
}

/* A little of everything, over several chunks. */
static struct dump_writer *everything(void)
{
	struct dump_writer *w = dw_new();
	dw_meta(w);
	dw_process(w, DW_PID, 0, "/bin/app");
	dw_module(w, 0x400000, 0x401000, 0x409000, "/bin/app", "id");
	dw_thread_info(w, 1, DW_PID, 0x1000, "app"), dw_thread_info(w, 2, DW_PID + 1, 0x2000, "worker");
	for (unsigned i = 1; i < 20; i++)
		dw_node(w, i, i / 2, 0x401000 + i * 16);
	dw_lock_def(w, 1, HP_LOCK_KIND_MUTEX, 0x404040, 0), dw_lock_def(w, 2, HP_LOCK_KIND_RWLOCK, 0x404080, 3);
	for (unsigned i = 0; i < 60; i++) {
		dw_thread(w, 1 + i % 2, DW_PID + i % 2);
		dw_at(w, 1000 * i + 10), dw_enter(w, 0x401000 + i % 7 * 64);
		dw_at(w, 1000 * i + 20), dw_alloc(w, 0x7000 + 64 * i, i, i % 20);
		dw_at(w, 1000 * i + 30), dw_realloc(w, 0x7000 + 64 * i, 0x9000 + 64 * i, 2 * i, 3);
		dw_at(w, 1000 * i + 50), dw_lock(w, i % 3 ? HP_R_LOCK : HP_R_LOCK_SH, 1 + i % 2, 0x401100);
		dw_at(w, 1000 * i + 60), dw_lock(w, HP_R_UNLOCK_WAITED, 1 + i % 2, 4);
		dw_at(w, 1000 * i + 70), dw_lock_wait(w, HP_R_LOCK_WAIT, 1, 5, 1000 * i + 55, 0);
		dw_at(w, 1000 * i + 80), dw_wait(w, HP_OP_COND_WAIT, 0x405000, 0x404040, 6, 1000 * i + 71, 0);
		dw_at(w, 1000 * i + 85), dw_io_x(w, HP_OP_OPEN, -1, (int)i, 0, 1000 * i + 81, "/tmp/file", 9);
		dw_at(w, 1000 * i + 90), dw_io(w, HP_OP_READ, (int)i, 100, 0, 1000 * i + 86, 7);
		dw_at(w, 1000 * i + 95), dw_create(w, 0x2000, 0), dw_exit(w);
	}
	dw_child(w, 5000, 1, 5000), dw_at(w, 60500), dw_process(w, 5000, DW_PID, ""), dw_release(w, 0x9000);
	dw_thread(w, 2, DW_PID + 1), dw_at(w, 61000), dw_thread_end(w, 5);
	dw_late(w, 2), dw_at(w, 61500), dw_release(w, 0x9000 + 64);
	dw_thread(w, 1, DW_PID), dw_at(w, 62000), dw_end(w, HP_END_EXIT, 0);
	return w;
}

/* Opens, runs, walks all events. Whatever happens, sums stay sane and offsets lie within the file. */
static uint64_t survive(const char *path, uint64_t size)
{
	struct model *m;
	struct dump_error e = { 0 };
	int code = model_open(&m, &path, 1, NULL, &e);
	if (code) {
		cr_assert(code == DUMP_E_NOT_DUMP || code == DUMP_E_FOREIGN, "%d %s", code, e.text);
		cr_assert_leq(e.offset, size);
		return 0;
	}
	cr_assert_eq(model_run(m, NULL, NULL), 0);
	for (unsigned i = 0; i < m->dumps[0]->damage.listed; i++)
		cr_assert_leq(m->dumps[0]->damage.first[i].offset, size);
	for (size_t i = 0; i < m->processes.v.n; i++)
		cr_assert_leq(m->processes.v.v[i].live_bytes, m->processes.v.v[i].peak_bytes);
	cr_assert_leq(m->memory.leaked_blocks, m->memory.alloc_calls + m->memory.realloc_calls);
	uint64_t events = m->recorder.events;
	model_free(m);
	return events;
}

static int nothing(void *data, const struct model_event *e)
{
	++*(uint64_t *)data;
	return e->ns == UINT64_MAX;
}

/* A file in memory: its path, and its contents set. */
static const char *memory_file(int *fd)
{
	static char path[32];
	*fd = memfd_create("dump", 0);
	snprintf(path, sizeof path, "/proc/self/fd/%d", *fd);
	return path;
}

static void put(int fd, const char *bytes, size_t n)
{
	cr_assert_eq(ftruncate(fd, 0), 0);
	cr_assert_eq(pwrite(fd, bytes, n, 0), (ssize_t)n);
}

Test(dump_damage, a_dump_cut_at_any_byte_is_read_as_far_as_it_goes)
{
	struct dump_writer *w = everything();
	int fd;
	const char *path = memory_file(&fd);
	size_t n;
	const char *bytes = dw_bytes(w, &n);
	put(fd, bytes, n);
	uint64_t before = survive(path, n);
	cr_assert_gt(before, 500);
	for (size_t cut = n; cut-- > 0; ) {
		if (cut % HP_CHUNK_BYTES > 9000 && cut % 997)
			continue;
		cr_assert_eq(ftruncate(fd, (off_t)cut), 0);
		uint64_t events = survive(path, cut);
		cr_assert_leq(events, before + 1, "cut at %zu: %lu events, %lu with more", cut, events, before);
		before = events;
	}
	cr_expect_eq(before, 0);
	dw_free_writer(w);
}

Test(dump_damage, noise_over_any_part_is_noise_and_nothing_worse)
{
	struct dump_writer *w = everything();
	int fd;
	const char *path = memory_file(&fd);
	size_t n;
	const char *bytes = dw_bytes(w, &n);
	char *copy = malloc(n);
	for (unsigned round = 0; round < 3000; round++) {
		seed = round;
		memcpy(copy, bytes, n);
		unsigned hits = 1 + (unsigned)noise() % 40;
		for (unsigned i = 0; i < hits; i++) {
			size_t at = noise() % (n / 4) * 4;
			uint32_t v = (uint32_t)noise() << (noise() % 3 * 8);
			if (noise() % 2)
				at = at / HP_CHUNK_BYTES * HP_CHUNK_BYTES + noise() % 1000 * 4;
			memcpy(copy + at, &v, sizeof v);
		}
		memcpy(copy, bytes, 24);
		put(fd, copy, n);
		survive(path, n);
	}
	free(copy);
	dw_free_writer(w);
}

Test(dump_damage, chunks_of_noise_are_damage_and_the_others_are_read)
{
	struct dump_writer *w = dw_new();
	int fd;
	const char *path = memory_file(&fd);
	size_t n;
	for (unsigned i = 0; i < 20000; i++) {
		dw_thread(w, 1 + i % 2, DW_PID + i % 2);
		dw_at(w, 10 * i), dw_release(w, 0x1000 + 16 * i);
	}
	char *bytes = (char *)(uintptr_t)dw_bytes(w, &n);
	for (size_t i = 0; i < HP_CHUNK_BYTES; i++)
		bytes[2 * HP_CHUNK_BYTES + i] = (char)noise();
	put(fd, bytes, n);
	struct model *m;
	struct dump_error e;
	cr_assert_eq(model_open(&m, &path, 1, NULL, &e), 0);
	cr_assert_eq(model_run(m, NULL, NULL), 0);
	cr_expect_eq(m->recorder.damage, 1);
	cr_expect_eq(m->dumps[0]->damage.first[0].offset, 2 * HP_CHUNK_BYTES);
	cr_expect_gt(m->recorder.events, 10000);
	cr_expect_lt(m->recorder.events, 20000);
	model_free(m);
	dw_free_writer(w);
}

Test(dump_damage, a_record_of_no_known_kind_ends_its_segment_with_an_offset)
{
	struct dump_writer *w = dw_new();
	const char *path = dump_path();
	dw_thread(w, 1, DW_PID);
	dw_at(w, 100), dw_release(w, 0x1);
	*dw_raw(w, 1) = hp_word(0x7e, 0, 0);
	dw_release(w, 0x2);
	dw_write(w, path);
	dw_free_writer(w);
	struct model *m;
	struct dump_error e;
	cr_assert_eq(model_open(&m, &path, 1, NULL, &e), 0);
	cr_assert_eq(model_run(m, NULL, NULL), 0);
	cr_expect_eq(m->recorder.events, 1);
	cr_expect_eq(m->recorder.damage, 1);
	cr_expect_eq(m->dumps[0]->damage.first[0].offset, HP_CHUNK_BYTES + 64 + 32 + 12);
	model_free(m);
	unlink(path);
}

Test(dump_damage, times_beyond_all_reason_are_not_believed)
{
	struct dump_writer *w = dw_new();
	dw_thread(w, 1, DW_PID);
	dw_at(w, 100), dw_enter(w, 0x401000);
	uint32_t *r = dw_raw(w, 3);
	r[0] = hp_word(HP_R_TIME, 0, 0);
	hp_put64(r + 1, 1ull << 63);
	dw_at(w, 200), dw_exit(w);
	struct model *m = model_of(w);
	cr_expect_eq(m->functions.v.v[0].total_ns, 100);
	cr_expect_eq(m->recorder.damage, 1);
	model_free(m);
}

Test(dump_damage, stacks_that_go_in_circles_end)
{
	struct dump_writer *w = dw_new();
	dw_meta(w);
	dw_node(w, 1, 3, 0x1000), dw_node(w, 2, 1, 0x2000), dw_node(w, 3, 2, 0x3000), dw_node(w, 4, 4, 0x4000), dw_node(w, 5, 99, 0x5000);
	dw_thread(w, 1, DW_PID);
	dw_at(w, 100), dw_alloc(w, 0x7000, 8, 2), dw_alloc(w, 0x8000, 8, 4), dw_alloc(w, 0x9000, 8, 5), dw_alloc(w, 0xa000, 8, 77);
	struct model *m = model_of(w);
	cr_expect_eq(m->memory.alloc_calls, 4);
	cr_expect_eq(m->recorder.unknown_ids, 1, "the stack 77");
	for (size_t i = 1; i < m->stacks.nodes.n; i++)
		cr_expect_lt(m->stacks.nodes.v[i].parent, i);
	model_free(m);
}

/* A thread's last chunk has room for events when that of what they refer to is full. */
Test(dump_damage, a_stack_without_a_definition_is_no_damage_where_recording_was_stopped)
{
	for (uint32_t reason = HP_STOP_NONE; reason <= HP_STOP_LIMIT; reason++) {
		struct dump_writer *w = dw_new();
		dw_header(w)->stop_reason = reason;
		dw_thread(w, 1, DW_PID);
		dw_at(w, 100), dw_alloc(w, 0x7000, 8, 77), dw_end(w, HP_END_EXIT, 0);
		struct model *m = model_of(w);
		cr_expect_gt(m->recorder.unknown_ids, 0);
		cr_expect_eq(m->recorder.damage > 0, reason == HP_STOP_NONE, "stop reason %u", reason);
		cr_expect_eq(m->memory.alloc_calls, 1);
		model_free(m);
	}
}

Test(dump_damage, a_million_levels_of_stack_are_resolved_without_recursion)
{
	struct dump_writer *w = dw_new();
	enum { N = 1000000 };
	dw_meta(w);
	for (uint32_t i = N; i > 0; i--)
		dw_node(w, i, i - 1, 0x401000);
	struct model *m = model_of(w);
	cr_expect_eq(m->stacks.nodes.n, N + 1);
	cr_expect_eq(m->stacks.nodes.v[N].depth, N);
	model_free(m);
}

Test(dump_damage, what_is_no_dump_is_refused_with_a_reason)
{
	int fd;
	const char *path = memory_file(&fd);
	struct model *m;
	struct dump_error e;
	put(fd, "\177ELF", 4);
	cr_expect_eq(model_open(&m, &path, 1, NULL, &e), DUMP_E_NOT_DUMP);
	struct dump_writer *w = dw_new();
	dw_header(w)->version = HP_VERSION + 1;
	dw_write(w, path);
	cr_expect_eq(model_open(&m, &path, 1, NULL, &e), DUMP_E_FOREIGN);
	cr_expect_eq(e.offset, offsetof(struct hp_header, version));
	dw_header(w)->version = HP_VERSION, dw_header(w)->endian = 0x04030201;
	dw_write(w, path);
	cr_expect_eq(model_open(&m, &path, 1, NULL, &e), DUMP_E_FOREIGN);
	dw_free_writer(w);
	path = "/nowhere/x.hpd";
	cr_expect_eq(model_open(&m, &path, 1, NULL, &e), DUMP_E_SYSTEM);
	path = "/dev/null";
	cr_expect_eq(model_open(&m, &path, 1, NULL, &e), DUMP_E_NOT_DUMP);
}

Test(dump_damage, all_events_can_be_listed_even_of_a_damaged_dump)
{
	struct dump_writer *w = everything();
	const char *path = dump_path();
	struct model *m;
	struct dump_error e;
	uint64_t n = 0;
	dw_write(w, path);
	dw_free_writer(w);
	cr_assert_eq(model_open(&m, &path, 1, NULL, &e), 0);
	cr_expect_eq(model_events(m, nothing, &n), 0);
	cr_expect_gt(n, 600);
	model_free(m);
	unlink(path);
}
