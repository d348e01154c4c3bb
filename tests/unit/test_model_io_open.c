/* Open files: where in a file, who shares it, what goes through pipes, what woke a wait. */
#include "model_of.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>

static const struct io_file *file(const struct model *m, const char *path)
{
	static const struct io_file none = { .path = "none", .kind = "none" };
	for (size_t i = 0; i < m->io.files.n; i++)
		if (!strcmp(m->io.files.v[i].path, path))
			return &m->io.files.v[i];
	return &none;
}

static uint64_t now;

static void at(struct dump_writer *w)
{
	dw_at(w, now += 100);
}

static void io(struct dump_writer *w, unsigned op, int fd, int64_t result)
{
	at(w);
	dw_io(w, op, fd, result, result < 0 ? EAGAIN : 0, now - 10, 0);
}

/* pread, pwrite */
static void io_at(struct dump_writer *w, unsigned op, int fd, int64_t result, int64_t offset)
{
	at(w);
	dw_io_x(w, op, fd, result, 0, now - 10, &offset, sizeof offset);
}

static void open_with(struct dump_writer *w, const char *path, int fd, int flags, int error)
{
	char payload[100];
	size_t n = strlen(path) + 1;
	memcpy(payload, path, n);
	memcpy(payload + n, &flags, sizeof flags);
	at(w);
	dw_io_x(w, HP_OP_OPEN, -100, fd, error, now - 10, payload, (uint32_t)(n + sizeof flags));
}

static struct dump_writer *begin(void)
{
	struct dump_writer *w = dw_new();
	now = 0;
	dw_thread(w, 1, DW_PID);
	return w;
}

Test(open_files, reads_that_follow_each_other_are_in_order_and_others_are_not)
{
	struct dump_writer *w = begin();
	open_with(w, "/data", 5, O_RDONLY, 0);
	io(w, HP_OP_READ, 5, 4096);
	io(w, HP_OP_READ, 5, 4096);
	io_at(w, HP_OP_PREAD, 5, 100, 8192);      /* goes on where the last one ended */
	io(w, HP_OP_LSEEK, 5, 512);
	io(w, HP_OP_READ, 5, 512);                /* elsewhere */
	io_at(w, HP_OP_PREAD, 5, 512, 4096);      /* elsewhere */
	io(w, HP_OP_READ, 5, 512);                /* goes on at 1024, which is not where the last one ended */
	struct model *m = model_of(w);
	const struct io_data *d = file(m, "/data")->data[IO_READ];
	cr_assert_not_null(d);
	cr_expect_eq(d->judged, 6);
	cr_expect_eq(d->sequential, 3);
	cr_expect_eq(d->sequential_bytes, 2 * 4096 + 100);
	cr_expect_eq(d->placed, 6);
	cr_expect_eq(d->unaligned, 1);
	cr_expect_eq(d->page_unaligned, 4);
	cr_expect_eq(d->small, 4);
	cr_expect_eq(file(m, "/data")->extent, 8292);
	model_free(m);
}

Test(open_files, a_copy_of_a_descriptor_shares_the_place_in_the_file)
{
	struct dump_writer *w = begin();
	open_with(w, "/data", 5, O_RDWR, 0);
	io(w, HP_OP_READ, 5, 10);
	io(w, HP_OP_DUP, 5, 6);
	io(w, HP_OP_READ, 6, 10);
	open_with(w, "/data", 7, O_RDWR, 0);
	io(w, HP_OP_READ, 7, 10);
	dw_child(w, 5000, 9, 5000);
	at(w), dw_process(w, 5000, DW_PID, "");
	io(w, HP_OP_READ, 5, 10);
	struct model *m = model_of(w);
	cr_expect_eq(file(m, "/data")->data[IO_READ]->sequential, 4);
	cr_expect_eq(file(m, "/data")->extent, 30);
	model_free(m);
}

Test(open_files, a_child_has_what_its_parent_had_open_when_it_forked)
{
	struct dump_writer *w = begin();
	open_with(w, "/kept", 5, O_RDONLY, 0);
	at(w);
	uint32_t *fork = dw_record(w, HP_R_FORK, 0, 0, sizeof(struct hp_r_fork) / 4);
	fork[2] = 5000;
	io(w, HP_OP_CLOSE, 5, 0);
	open_with(w, "/other", 5, O_RDONLY, 0);
	dw_child(w, 5000, 9, 5000);
	at(w), dw_process(w, 5000, DW_PID, "");
	io(w, HP_OP_READ, 5, 10);
	struct model *m = model_of(w);
	cr_expect_eq(file(m, "/kept")->bytes_read, 10);
	cr_expect_eq(file(m, "/other")->bytes_read, 0);
	model_free(m);
}

Test(open_files, what_appends_is_in_order_wherever_it_was)
{
	struct dump_writer *w = begin();
	open_with(w, "/log", 5, O_WRONLY | O_APPEND, 0);
	io(w, HP_OP_WRITE, 5, 10);
	io(w, HP_OP_LSEEK, 5, 0);
	io(w, HP_OP_WRITE, 5, 10);
	struct model *m = model_of(w);
	cr_expect_eq(file(m, "/log")->data[IO_WRITE]->sequential, 2);
	cr_expect_eq(file(m, "/log")->data[IO_WRITE]->placed, 0, "where its end is, is not known");
	model_free(m);
}

Test(open_files, nothing_is_said_of_places_that_are_not_known)
{
	struct dump_writer *w = begin();
	io(w, HP_OP_READ, 9, 10);
	io(w, HP_OP_READ, 9, 10);
	struct model *m = model_of(w);
	cr_expect_eq(file(m, "fd:9")->data[IO_READ]->judged, 0);
	cr_expect_eq(file(m, "fd:9")->data[IO_READ]->times.calls, 2);
	model_free(m);
}

Test(open_files, a_file_that_is_read_whole_twice_is_noticed)
{
	struct dump_writer *w = begin();
	for (int i = 0; i < 2; i++) {
		open_with(w, "/all", 5, O_RDONLY, 0);
		io(w, HP_OP_READ, 5, 4096);
		io(w, HP_OP_READ, 5, 4096);
		io(w, HP_OP_READ, 5, i ? 0 : 1000);       /* the end is seen, or it is closed there */
		if (i)
			io(w, HP_OP_READ, 5, 0);
		io(w, HP_OP_CLOSE, 5, 0);
	}
	open_with(w, "/part", 5, O_RDONLY, 0);
	io_at(w, HP_OP_PREAD, 5, 10, 90);
	io(w, HP_OP_READ, 5, 10);
	io(w, HP_OP_CLOSE, 5, 0);
	struct model *m = model_of(w);
	cr_expect_eq(file(m, "/all")->whole_reads, 2);
	cr_expect_eq(file(m, "/part")->whole_reads, 0);
	model_free(m);
}

Test(open_files, opens_and_look_ups_of_one_path_are_counted)
{
	struct dump_writer *w = begin();
	for (int i = 0; i < 3; i++) {
		open_with(w, "/conf", 5, O_RDONLY, 0);
		io(w, HP_OP_CLOSE, 5, 0);
		at(w), dw_io_x(w, HP_OP_STAT, -100, -1, ENOENT, now - 10, "/none", 6);
	}
	open_with(w, "/none", -1, O_RDONLY, ENOENT);
	at(w), dw_io_x(w, HP_OP_ACCESS, -100, 0, 0, now - 10, "/conf", 6);
	struct model *m = model_of(w);
	cr_expect_eq(file(m, "/conf")->path_opens, 3);
	cr_expect_eq(file(m, "/conf")->lookups, 1);
	cr_expect_eq(file(m, "/conf")->missing, 0);
	cr_expect_eq(file(m, "/none")->lookups, 3);
	cr_expect_eq(file(m, "/none")->failed_lookups, 3);
	cr_expect_eq(file(m, "/none")->failed_opens, 1);
	cr_expect_eq(file(m, "/none")->missing, 4);
	cr_assert_eq(file(m, "/none")->errnos.n, 1);
	cr_expect_eq(file(m, "/none")->errnos.v[0].count, 4);
	model_free(m);
}

Test(open_files, syncs_sizes_and_mappings_are_the_files)
{
	struct dump_writer *w = begin();
	open_with(w, "/db", 5, O_RDWR, 0);
	io(w, HP_OP_WRITE, 5, 1), io(w, HP_OP_WRITE, 5, 3), io(w, HP_OP_WRITE, 5, 2);
	at(w), dw_io(w, HP_OP_FSYNC, 5, 0, 0, now - 70, 0);
	at(w), dw_io(w, HP_OP_FDATASYNC, 5, 0, 0, now - 20, 0);
	at(w);
	struct hp_r_vm *v = (void *)dw_record(w, HP_R_VM, HP_OP_MMAP, 0, sizeof *v / 4);
	v->addr[0] = 4096, v->length[0] = 8192, v->flags = PROT_READ | MAP_SHARED << 8, v->fd = 5;
	struct model *m = model_of(w);
	const struct io_file *f = file(m, "/db");
	cr_expect_eq(f->syncs.calls, 2);
	cr_expect_eq(f->syncs.ns, 90);
	cr_expect_eq(f->syncs.max_ns, 70);
	cr_expect_eq(m->io.syncs.calls, 2);
	cr_expect_eq(coarse_size(&m->io.coarse, &f->data[IO_WRITE]->sizes, 1).calls, 1);
	cr_expect_eq(coarse_size(&m->io.coarse, &f->data[IO_WRITE]->sizes, 2).calls, 2);
	cr_expect_eq(coarse_size(&m->io.coarse, &f->data[IO_WRITE]->sizes, 2).bytes, 5);
	cr_expect_eq(f->mappings, 1);
	cr_expect_eq(f->mapped_bytes, 8192);
	model_free(m);
}

static uint64_t flow(const struct model *m, uint32_t from_tid, uint32_t to_tid)
{
	uint64_t bytes = 0;
	for (size_t i = 0; i < m->io.flows.n; i++)
		if (m->threads.v.v[m->io.flows.v[i].from].tid == from_tid && m->threads.v.v[m->io.flows.v[i].to].tid == to_tid)
			bytes += m->io.flows.v[i].bytes;
	return bytes;
}

static void pipe_of(struct dump_writer *w, unsigned op, uint32_t a, uint32_t b)
{
	const uint32_t pair[2] = { a, b };
	at(w);
	dw_io_x(w, op, -1, 0, 0, now - 10, pair, sizeof pair);
}

Test(flows, bytes_of_a_pipe_come_out_in_the_order_in_which_they_went_in)
{
	struct dump_writer *w = begin();
	pipe_of(w, HP_OP_PIPE, 3, 4);
	pipe_of(w, HP_OP_PIPE, 5, 6);
	io(w, HP_OP_WRITE, 4, 100);
	dw_thread(w, 2, DW_PID + 1), io(w, HP_OP_WRITE, 4, 50);
	io(w, HP_OP_WRITE, 6, 7);                     /* another pipe, nobody reads it */
	dw_thread(w, 3, DW_PID + 2), io(w, HP_OP_READ, 3, 120);
	io(w, HP_OP_READ, 3, 30);
	struct model *m = model_of(w);
	cr_expect_eq(flow(m, DW_PID, DW_PID + 2), 100);
	cr_expect_eq(flow(m, DW_PID + 1, DW_PID + 2), 50);
	cr_expect_eq(m->io.flows.n, 2);
	model_free(m);
}

Test(flows, each_end_of_a_pair_of_sockets_reads_what_the_other_one_writes)
{
	struct dump_writer *w = begin();
	pipe_of(w, HP_OP_SOCKETPAIR, 3, 4);
	io(w, HP_OP_WRITE, 3, 10);
	dw_thread(w, 2, DW_PID + 1), io(w, HP_OP_READ, 4, 10), io(w, HP_OP_WRITE, 4, 4);
	dw_thread(w, 1, DW_PID), io(w, HP_OP_READ, 3, 4);
	struct model *m = model_of(w);
	cr_expect_eq(flow(m, DW_PID, DW_PID + 1), 10);
	cr_expect_eq(flow(m, DW_PID + 1, DW_PID), 4);
	model_free(m);
}

Test(flows, a_large_write_is_read_before_it_returns)
{
	struct dump_writer *w = begin();
	pipe_of(w, HP_OP_PIPE, 3, 4);
	dw_thread(w, 2, DW_PID + 1);
	dw_at(w, 300), dw_io(w, HP_OP_READ, 3, 64, 0, 290, 0);      /* of somebody who is not recorded: before the write */
	dw_at(w, 700), dw_io(w, HP_OP_READ, 3, 1000, 0, 600, 0);
	dw_at(w, 900), dw_io(w, HP_OP_READ, 3, 500, 0, 890, 0);
	dw_thread(w, 1, DW_PID);
	dw_at(w, 800), dw_io(w, HP_OP_WRITE, 4, 1500, 0, 500, 0);
	struct model *m = model_of(w);
	cr_expect_eq(flow(m, DW_PID, DW_PID + 1), 1500);
	model_free(m);
}

Test(flows, a_file_is_read_from_who_wrote_to_it_last)
{
	struct dump_writer *w = begin();
	open_with(w, "/shared", 5, O_RDWR, 0);
	io(w, HP_OP_WRITE, 5, 10);
	io_at(w, HP_OP_PREAD, 5, 10, 0);
	dw_thread(w, 2, DW_PID + 1), io_at(w, HP_OP_PREAD, 5, 10, 0);
	struct model *m = model_of(w);
	cr_expect_eq(flow(m, DW_PID, DW_PID + 1), 10);
	cr_expect_eq(m->io.flows.n, 1, "one's own bytes go nowhere");
	model_free(m);
}

/* dw_wait leaves the result at 0. */
static void wait_result(struct dump_writer *w, unsigned op, uint64_t object, uint64_t object2, int result)
{
	at(w);
	struct hp_r_wait *r = (void *)dw_record(w, HP_R_WAIT, op, 0, sizeof *r / 4);
	hp_put64(r->start, DW_START + now - 50);
	hp_put64(r->object, object);
	hp_put64(r->object2, object2);
	r->result = result;
}

static const struct io_waker *waker(const struct model *m, unsigned op, const char *path)
{
	static const struct io_waker none;
	for (size_t i = 0; i < m->io.polls.n; i++)
		for (uint32_t k = m->io.polls.v[i].first_waker; m->io.polls.v[i].op == op && k; k = m->io.wakers.v[k - 1].next)
			if (m->io.wakers.v[k - 1].file < m->io.files.n && !strcmp(m->io.files.v[m->io.wakers.v[k - 1].file].path, path))
				return &m->io.wakers.v[k - 1];
	return &none;
}

Test(polls, say_which_descriptor_was_ready)
{
	struct dump_writer *w = begin();
	open_with(w, "/fifo", 5, O_RDONLY, 0);
	wait_result(w, HP_OP_POLL, 2, (uint64_t)POLLIN << 32 | (5 + 1), 1);
	wait_result(w, HP_OP_POLL, 2, (uint64_t)POLLIN << 32 | (5 + 1), 2);
	wait_result(w, HP_OP_POLL, 2, 0, 0);
	struct model *m = model_of(w);
	cr_assert_eq(m->io.polls.n, 1);
	cr_expect_eq(m->io.polls.v[0].times.calls, 3);
	cr_expect_eq(m->io.polls.v[0].timeouts, 1);
	cr_expect_eq(m->io.polls.v[0].ready, 3);
	cr_expect_eq(waker(m, HP_OP_POLL, "/fifo")->times, 2);
	cr_expect_eq(waker(m, HP_OP_POLL, "/fifo")->time_ns, 100);
	model_free(m);
}

static void watch(struct dump_writer *w, int epoll, int op, int fd, uint64_t data)
{
	struct hp_epoll_change change = { .fd = fd, .op = (uint32_t)op, .events = EPOLLIN };
	hp_put64(change.data, data);
	at(w);
	dw_io_x(w, HP_OP_EPOLL_CTL, epoll, 0, 0, now - 10, &change, sizeof change);
}

Test(polls, epoll_knows_descriptors_by_the_programs_own_data)
{
	struct dump_writer *w = begin();
	open_with(w, "/a", 5, O_RDONLY, 0);
	open_with(w, "/b", 6, O_RDONLY, 0);
	io(w, HP_OP_EPOLL_CREATE, -1, 7);
	io(w, HP_OP_EPOLL_CREATE, -1, 8);
	watch(w, 7, EPOLL_CTL_ADD, 5, 0xdeadbeef00000001);
	watch(w, 8, EPOLL_CTL_ADD, 6, 0xdeadbeef00000001);  /* the same data mean another one there */
	watch(w, 7, EPOLL_CTL_DEL, 6, 0);
	wait_result(w, HP_OP_EPOLL_WAIT, 7, 0xdeadbeef00000001, 1);
	wait_result(w, HP_OP_EPOLL_PWAIT, 8, 0xdeadbeef00000001, 1);
	wait_result(w, HP_OP_EPOLL_PWAIT2, 7, 0, 1);
	struct model *m = model_of(w);
	cr_expect_eq(waker(m, HP_OP_EPOLL_WAIT, "/a")->times, 1);
	cr_expect_eq(waker(m, HP_OP_EPOLL_PWAIT, "/b")->times, 1);
	cr_expect_eq(waker(m, HP_OP_EPOLL_PWAIT2, "/b")->times, 0, "what was taken out is nobody");
	model_free(m);
}

Test(timeline, a_calls_time_is_in_all_intervals_that_it_lasted_and_its_bytes_in_the_last)
{
	struct dump_writer *w = begin();
	dw_at(w, 100), dw_io(w, HP_OP_READ, 3, 5, 0, 90, 0);
	dw_at(w, 256 * 1000), dw_io(w, HP_OP_WRITE, 3, 7, 0, 56 * 1000, 0);
	struct model *m = model_of(w);
	const struct io_timeline *t = &m->io.timeline;
	uint64_t ns = 0, calls = 0;
	for (unsigned i = 0; i < t->points; i++)
		ns += t->v[i].time_ns, calls += t->v[i].calls;
	cr_expect_eq(ns, 10 + 200 * 1000);
	cr_expect_eq(calls, 2);
	cr_expect_eq(t->v[0].bytes_read, 5);
	cr_expect_eq(t->v[t->points - 1].bytes_written, 7);
	cr_expect_eq(t->v[t->points / 2].time_ns, t->width_ns);
	model_free(m);
}

Test(timeline, a_call_that_is_over_after_the_time_asked_for_has_its_time_in_it)
{
	struct dump_writer *w = begin();
	dw_at(w, 900), dw_io(w, HP_OP_READ, 3, 100, 0, 400, 0);
	struct model *m = model_with(w, &(struct model_options){ .from_ns = 200, .to_ns = 500 });
	uint64_t ns = 0, calls = 0;
	for (unsigned i = 0; i < m->io.timeline.points; i++)
		ns += m->io.timeline.v[i].time_ns, calls += m->io.timeline.v[i].calls;
	cr_expect_eq(ns, 100);
	cr_expect_eq(m->io.time_ns, 100);
	cr_expect_eq(calls, 0);
	model_free(m);
}

Test(io_times, quantiles_of_few_calls_are_exact_and_of_many_near)
{
	for (uint64_t n = 5; n <= 1000; n *= 200) {
		struct dump_writer *w = begin();
		for (uint64_t i = 1; i <= n; i++)
			dw_at(w, i * 100000), dw_io(w, HP_OP_READ, 3, 1, 0, i * 100000 - i * 10, 0);
		struct model *m = model_of(w);
		const struct io_times *t = &m->io.places.v[0].times;
		double half = (double)io_quantile(&m->io, t, 0.5), wanted = (double)(n / 2 + 1) * 10;
		cr_expect_eq(t->calls, n);
		cr_expect_eq(t->max_ns, n * 10);
		cr_expect(half >= wanted * (n < IO_FEW ? 1 : 0.96) && half <= wanted * (n < IO_FEW ? 1 : 1.04), "%f for %f", half, wanted);
		cr_expect_eq(io_quantile(&m->io, t, 1), n * 10);
		model_free(m);
	}
}
