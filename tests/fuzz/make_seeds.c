/* make_seeds.c - make_seeds DIR [DUMP...]: writes inputs for fuzz_dump to DIR: of real dumps, and of made ones. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "dump_writer.h"
#include "packed.h"

enum { ROOM = 1 << 20, MOST_BYTES = 2048, DUMP_BYTES = 4 << 20 };

static const char *dir;
static unsigned count;
static struct packed packed;

static void write_seed(uint32_t flags)
{
	static uint8_t data[ROOM];
	char path[4096];
	packed.head = (struct packed_head){ .flags = flags, .from_us = 1, .to_us = 1000 };
	size_t n = packed_write(&packed, data, sizeof data);
	snprintf(path, sizeof path, "%s/seed-%03u", dir, count++);
	FILE *f = fopen(path, "wb");
	if (!f || fwrite(data, 1, n, f) != n || fclose(f)) {
		perror(path);
		exit(1);
	}
}

static void write_seeds(void)
{
	write_seed(0);
	write_seed(PACKED_JSON);
	write_seed(PACKED_EVENTS);
	write_seed(PACKED_EVENTS | PACKED_JSON);
	write_seed(PACKED_SUMMARY);
	write_seed(PACKED_WINDOW | PACKED_RUNNING);
	write_seed(PACKED_COMPENSATE | PACKED_TREE);
	write_seed(PACKED_COMPENSATE | PACKED_WINDOW | PACKED_THREAD | PACKED_JSON);
	write_seed(PACKED_EVENTS | PACKED_WINDOW | PACKED_TREE);
	write_seed(PACKED_COMPARE);
	write_seed(PACKED_COMPARE | PACKED_JSON);
	write_seed(PACKED_GRAPH);
	write_seed(PACKED_GRAPH | PACKED_JSON | PACKED_WINDOW);
}

/* ---- made dumps ---- */

/* One record of each kind, with small numbers in its words: ids and descriptors that exist, times near the start. */
static void every_kind(struct dump_writer *w)
{
	static const struct { uint8_t kind, words; } kinds[] = {
#define HP_RECORD(code, NAME, type, words) { code, words },
#include "hp_records.def"
#undef HP_RECORD
	};
	for (unsigned i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		unsigned kind = kinds[i].kind, meta = kind == HP_R_LATE || (kind >= HP_R_NODE && kind < 0x80) || kind >= HP_R_PROCESS;
		if (kind == HP_R_OWNER)
			continue;
		if (meta)
			dw_meta(w);
		else
			dw_thread(w, 1, DW_PID);
		uint32_t *r = dw_record(w, kind, 1, 1, kinds[i].words);
		for (unsigned k = 1; k < kinds[i].words; k++)
			r[k] += r[k] ? 0 : k % 3;
	}
}

static void ops(struct dump_writer *w)
{
	static const uint8_t codes[] = {
#define HP_OP(code, NAME, name, KIND, CLASS) code,
#include "hp_ops.def"
#undef HP_OP
	};
	for (unsigned i = 0; i < sizeof codes; i++) {
		unsigned op = codes[i];
		dw_at(w, 5000 + 100 * i);
		dw_thread(w, 1 + i % 2, DW_PID + i % 2);
		if (op < 120)
			dw_io_x(w, op, 3, 4, 0, 4990 + 100 * i, "/tmp/a", 6), dw_io(w, op, 3, 4, 0, 4995 + 100 * i, 3);
		else if (op < 180)
			dw_wait(w, op, 0x5000, 0x5040, 2, 4990 + 100 * i, 0);
		else if (op < 210)
			dw_record(w, HP_R_SYNC, op, 0, 6)[2] = 0x5000;
		else if (op < 230)
			dw_alloc(w, 0x7000 + 64 * i, 64, 2), dw_release(w, 0x7000 + 64 * (i - 2));
		else
			dw_record(w, HP_R_VM, op, 0, 9)[4] = 0x4000;
	}
}

static void meta(struct dump_writer *w)
{
	dw_meta(w);
	dw_process(w, DW_PID, 0, "/bin/app");
	dw_module(w, 0x400000, 0x401000, 0x409000, "/bin/app", "0123456789");
	dw_module(w, 0x500000, 0x501000, 0x509000, "/lib/libc.so.6", "");
	dw_thread_info(w, 1, DW_PID, 0x1000, "app"), dw_thread_info(w, 2, DW_PID + 1, 0x2000, "worker");
	for (unsigned i = 1; i < 12; i++)
		dw_node(w, i, i / 2, 0x401000 + i * 16);
	dw_lock_def(w, 1, HP_LOCK_KIND_MUTEX, 0x404040, 0), dw_lock_def(w, 2, HP_LOCK_KIND_RWLOCK, 0x404080, 3);
}

static void threads(struct dump_writer *w)
{
	for (unsigned i = 0; i < 8; i++) {
		dw_thread(w, 1 + i % 2, DW_PID + i % 2);
		dw_at(w, 1000 * i + 10), dw_enter(w, 0x401000 + i % 3 * 64);
		dw_at(w, 1000 * i + 20), dw_alloc(w, 0x7000 + 64 * i, 64, i);
		dw_at(w, 1000 * i + 30), dw_realloc(w, 0x7000 + 64 * i, 0x9000 + 64 * i, 128, 3);
		dw_at(w, 1000 * i + 50), dw_lock(w, i % 3 ? HP_R_LOCK : HP_R_LOCK_SH, 1 + i % 2, 0x401100);
		dw_at(w, 1000 * i + 60), dw_lock(w, HP_R_UNLOCK_WAITED, 1 + i % 2, 4);
		dw_at(w, 1000 * i + 70), dw_lock_wait(w, HP_R_LOCK_WAIT, 1, 5, 1000 * i + 55, 0);
		dw_at(w, 1000 * i + 78), dw_lock_again(w, 0x401200);
		dw_at(w, 1000 * i + 80), dw_unlock_last(w);
		dw_at(w, 1000 * i + 85), dw_alloc_near(w, HP_OP_CALLOC, (uint64_t)(i % 2 ? DW_NEAR1 : DW_NEAR0) << 36 | 64 * i, 64, i);
		dw_at(w, 1000 * i + 90), dw_release_near(w, (uint64_t)(i % 2 ? DW_NEAR1 : DW_NEAR0) << 36 | 64 * i);
		dw_at(w, 1000 * i + 92), dw_io_near(w, HP_OP_READ, 3, 100, 1000 * i + 91, 3);
		dw_at(w, 1000 * i + 95), dw_create(w, 0x2000, 0), dw_exit(w);
	}
}

static void on(struct dump_writer *w, unsigned thread, uint64_t ns)
{
	dw_thread(w, thread, DW_PID + thread - 1), dw_at(w, ns);
}

/* Owners in turns, whose clocks differ; every third one comes out of a condition wait. */
static void owners(struct dump_writer *w)
{
	enum { STEP = 400, SKEW = 500 };
	for (unsigned i = 0; i < 16; i++) {
		unsigned thread = 1 + i % 2;
		uint64_t at = 20000 + STEP * i - (thread == 2 ? SKEW : 0);
		on(w, thread, at), dw_lock(w, HP_R_LOCK, 1, 0x401100);
		if (i % 3 == 0)
			on(w, thread, at + 100), dw_wait(w, HP_OP_COND_WAIT, 0x405000, 0x404040, 2, at + 50, 0);
		on(w, thread, at + 200);
		if (i % 2)
			dw_lock(w, HP_R_UNLOCK_WAITED, 1, 4);
		else
			dw_unlock_last(w);
	}
}

/* Libraries in the same place, one after the other, with calls and stacks in each; and what recording costs. */
static void places(struct dump_writer *w)
{
	for (unsigned i = 0; i < 3; i++) {
		char name[] = "/lib/0.so";
		name[5] = (char)('a' + i);
		dw_at(w, 30000 + 1000 * i), dw_meta(w), dw_module(w, 0x600000, 0x601000, 0x609000, name, name);
		dw_node(w, 20 + i, i, 0x601010);
		on(w, 1, 30100 + 1000 * i), dw_enter(w, 0x601000), dw_alloc(w, 0xb000 + 64 * i, 64, 20 + i);
		on(w, 1, 30200 + 1000 * i), dw_exit(w);
		dw_at(w, 30500 + 1000 * i), dw_meta(w);
		struct hp_r_module_gone *gone = (void *)dw_record(w, HP_R_MODULE_GONE, 0, 0, sizeof *gone / 4);
		hp_put64(gone->ticks, dw_ticks(w)), hp_put64(gone->base, 0x600000);
		struct hp_r_stack_differs *d = (void *)dw_record(w, HP_R_STACK_DIFFERS, 0, sizeof *d / 4, sizeof *d / 4);
		d->ours = 20 + i, d->theirs = 1 + i;
	}
	for (unsigned i = 0; i < 12; i++) {
		struct hp_r_cost *c = (void *)dw_record(w, HP_R_COST, i % 3, 0, sizeof *c / 4);
		c->kind = i < 3 ? HP_FUNCTION : 1u << i % 9, c->picoseconds = 1000 * i;
	}
}

static void ends(struct dump_writer *w)
{
	dw_child(w, 5000, 1, 5000), dw_at(w, 60500), dw_process(w, 5000, DW_PID, ""), dw_release(w, 0x9000);
	dw_node(w, 1, 0, 0x401010), dw_alloc(w, 0xa000, 64, 1), dw_exec(w, "/bin/true");
	dw_thread(w, 2, DW_PID + 1), dw_at(w, 61000), dw_thread_end(w, 5);
	dw_late(w, 2), dw_at(w, 61500), dw_release(w, 0x9000 + 64);
	dw_thread(w, 1, DW_PID), dw_at(w, 62000), dw_end(w, HP_END_EXIT, 0);
}

/* A slot in the middle of a call. */
static void slot(struct dump_writer *w)
{
	struct hp_slot *s = (void *)((char *)dw_header(w) + HP_SLOTS_OFFSET);
	*s = (struct hp_slot){ .uid = 1, .tid = DW_PID, .pid = DW_PID, .op = HP_OP_READ, .object = 3, .start = DW_START + 10,
		.stack = 2, .state = HP_SLOT_LIVE, .dropped = 1 };
}

static void take(struct dump_writer *w, uint32_t file)
{
	size_t n;
	const char *bytes = dw_bytes(w, &n);
	dw_header(w)->file_bytes = n;
	packed_add_dump(&packed, file, bytes, n, HP_CHUNK_BYTES);
	dw_free_writer(w);
}

static struct dump_writer *made(void (*const *parts)(struct dump_writer *))
{
	struct dump_writer *w = dw_new();
	meta(w);
	for (; *parts; parts++)
		(*parts)(w);
	return w;
}

typedef void part(struct dump_writer *);

static void write_made(void)
{
	static part *const sets[][4] = { { every_kind }, { ops }, { threads, ends, slot }, { ends }, { owners, places, slot } };
	for (unsigned i = 0; i < sizeof sets / sizeof sets[0]; i++) {
		packed.n = 0;
		take(made(sets[i]), 0);
		write_seeds();
	}
	/* the child's own dump as well: it goes on where its pieces end */
	struct dump_writer *child = made((part *const[]){ threads, NULL });
	memcpy(dw_header(child)->parent_id, dw_header(child)->dump_id, sizeof dw_header(child)->parent_id);
	dw_header(child)->dump_id[0] = 2;
	dw_header(child)->pid = 5000;
	take(child, 1);
	write_seeds();
}

/* ---- real ones ---- */

static void write_real(const char *path)
{
	static char bytes[DUMP_BYTES];
	FILE *f = fopen(path, "rb");
	if (!f) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		exit(1);
	}
	size_t n = fread(bytes, 1, sizeof bytes, f);
	fclose(f);
	packed.n = 0;
	packed_add_dump(&packed, 0, bytes, n, MOST_BYTES);
	write_seeds();
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		fprintf(stderr, "usage: make_seeds DIR [DUMP...]\n");
		return 2;
	}
	dir = argv[1];
	write_made();
	for (int i = 2; i < argc; i++)
		write_real(argv[i]);
	return 0;
}
