/* I/O by operation and by file. */
#include "model_of.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/un.h>

static const struct io_file *file(const struct model *m, const char *path)
{
	static const struct io_file none = { .path = "none", .kind = "none" };
	for (size_t i = 0; i < m->io.files.n; i++)
		if (!strcmp(m->io.files.v[i].path, path))
			return &m->io.files.v[i];
	return &none;
}

static const struct io_op *op(const struct model *m, unsigned code)
{
	static const struct io_op none;
	for (size_t i = 0; i < m->io.ops.n; i++)
		if (m->io.ops.v[i].op == code)
			return &m->io.ops.v[i];
	return &none;
}

static struct dump_writer *begin(void)
{
	struct dump_writer *w = dw_new();
	dw_meta(w);
	struct hp_r_fd *r = (void *)dw_record(w, HP_R_FD, 0, 0, 6);
	r->path_bytes = 10;
	memcpy(r + 1, "/dev/pts/3", 10);
	dw_thread(w, 1, DW_PID);
	return w;
}

Test(model_io, bytes_and_times_go_to_the_file_that_the_descriptor_is)
{
	struct dump_writer *w = begin();
	dw_at(w, 200), dw_io_x(w, HP_OP_OPEN, -1, 5, 0, 100, "/etc/passwd", 11);
	dw_at(w, 400), dw_io(w, HP_OP_READ, 5, 1000, 0, 300, 0);
	dw_at(w, 500), dw_io(w, HP_OP_DUP, 5, 6, 0, 490, 0);
	dw_at(w, 600), dw_io(w, HP_OP_CLOSE, 5, 0, 0, 590, 0);
	dw_at(w, 700), dw_io(w, HP_OP_PREAD, 6, 24, 0, 650, 0);
	dw_at(w, 800), dw_io(w, HP_OP_WRITE, 0, 9, 0, 750, 0);
	dw_at(w, 900), dw_io(w, HP_OP_READ, 5, 3, 0, 890, 0);
	struct model *m = model_of(w);
	cr_expect_eq(file(m, "/etc/passwd")->opens, 2);
	cr_expect_eq(file(m, "/etc/passwd")->reads, 2);
	cr_expect_eq(file(m, "/etc/passwd")->bytes_read, 1024);
	cr_expect_eq(file(m, "/etc/passwd")->time_ns, 100 + 100 + 10 + 10 + 50);  /* the first is the open */
	cr_expect_str_eq(file(m, "/etc/passwd")->kind, "file");
	cr_expect_eq(file(m, "/dev/pts/3")->bytes_written, 9);
	cr_expect_str_eq(file(m, "/dev/pts/3")->kind, "device");
	cr_expect_eq(file(m, "fd:5")->bytes_read, 3);
	cr_expect_eq(m->io.calls, 7);
	cr_expect_eq(m->io.bytes_read, 1027);
	cr_expect_eq(m->io.bytes_written, 9);
	cr_expect_eq(m->waits.by_class[WAIT_IO].count, 7);
	model_free(m);
}

Test(model_io, calls_that_would_block_are_no_errors)
{
	struct dump_writer *w = begin();
	dw_at(w, 200), dw_io(w, HP_OP_READ, 3, -1, EAGAIN, 100, 0);
	dw_at(w, 300), dw_io(w, HP_OP_READ, 3, -1, EIO, 290, 0);
	dw_at(w, 400), dw_io(w, HP_OP_READ, 3, -1, EBADF, 390, 0);
	dw_at(w, 500), dw_io(w, HP_OP_READ, 3, -1, EIO, 490, 0);
	struct model *m = model_of(w);
	const struct io_op *o = op(m, HP_OP_READ);
	cr_expect_eq(o->times.count, 4);
	cr_expect_eq(o->would_block, 1);
	cr_expect_eq(o->errors, 3);
	cr_assert_eq(o->errnos.n, 2);
	cr_expect_eq(o->errnos.v[0].error, EIO);
	cr_expect_eq(o->errnos.v[0].count, 2);
	cr_expect_eq(m->io.errors, 3);
	cr_expect_eq(m->io.would_block, 1);
	model_free(m);
}

Test(model_io, sockets_are_called_by_their_peers)
{
	struct dump_writer *w = begin();
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons(80) };
	struct sockaddr_un un = { .sun_family = AF_UNIX, .sun_path = "/run/x.sock" };
	inet_pton(AF_INET, "10.1.2.3", &in.sin_addr);
	dw_at(w, 100), dw_io(w, HP_OP_SOCKET, -1, 4, 0, 90, 0);
	dw_at(w, 200), dw_io_x(w, HP_OP_CONNECT, 4, -1, EINPROGRESS, 190, &in, sizeof in);
	dw_at(w, 300), dw_io(w, HP_OP_SEND, 4, 77, 0, 290, 0);
	dw_at(w, 400), dw_io_x(w, HP_OP_ACCEPT, 9, 10, 0, 390, &un, sizeof un);
	dw_at(w, 500), dw_io(w, HP_OP_RECV, 10, 5, 0, 490, 0);
	struct model *m = model_of(w);
	cr_expect_eq(file(m, "10.1.2.3:80")->bytes_written, 77);
	cr_expect_str_eq(file(m, "10.1.2.3:80")->kind, "socket");
	cr_expect_eq(file(m, "unix:/run/x.sock")->bytes_read, 5);
	model_free(m);
}

Test(model_io, pairs_ranges_and_copies_follow_their_descriptors)
{
	struct dump_writer *w = begin();
	const uint32_t pair[2] = { 20, 21 }, last = 30, in = 20;
	dw_at(w, 100), dw_io_x(w, HP_OP_PIPE, -1, 0, 0, 90, pair, 8);
	dw_at(w, 200), dw_io(w, HP_OP_WRITE, 21, 10, 0, 190, 0);
	dw_at(w, 300), dw_io_x(w, HP_OP_SPLICE, 0, 10, 0, 290, &in, 4);
	dw_at(w, 400), dw_io_x(w, HP_OP_CLOSE_RANGE, 20, 0, 0, 390, &last, 4);
	dw_at(w, 500), dw_io(w, HP_OP_WRITE, 21, 1, 0, 490, 0);
	struct model *m = model_of(w);
	cr_expect_eq(file(m, "pipe")->bytes_written, 10);
	cr_expect_eq(file(m, "pipe")->bytes_read, 10);
	cr_expect_eq(file(m, "/dev/pts/3")->bytes_written, 10);
	cr_expect_eq(file(m, "fd:21")->writes, 1);
	model_free(m);
}

Test(model_io, stdio_is_counted_apart)
{
	struct dump_writer *w = begin();
	dw_at(w, 100), dw_io_x(w, HP_OP_FOPEN, -1, 5, 0, 90, "data.txt", 8);
	dw_at(w, 200), dw_io(w, HP_OP_FREAD, 5, 512, 0, 190, 0);
	dw_at(w, 300);
	struct hp_r_stdio_count *r = (void *)dw_record(w, HP_R_STDIO_COUNT, HP_OP_GETC, 0, sizeof *r / 4);
	r->fd = 5, r->calls = 1000, r->bytes = 1000;
	struct model *m = model_of(w);
	cr_expect_eq(m->io.calls, 0);
	cr_expect_eq(m->io.bytes_read, 0);
	cr_expect_eq(m->io.stdio_ops.n, 3);
	cr_expect_eq(file(m, "data.txt")->stdio_calls, 1001);
	cr_expect_eq(file(m, "data.txt")->stdio_bytes, 1512);
	cr_expect_eq(m->recorder.events, 2, "counted calls are no events");
	model_free(m);
}

Test(model_io, a_forked_child_has_its_parents_descriptors)
{
	struct dump_writer *w = begin();
	dw_at(w, 200), dw_io_x(w, HP_OP_OPEN, -1, 5, 0, 100, "/log", 4);
	dw_child(w, 5000, 9, 5000);
	dw_at(w, 1000), dw_process(w, 5000, DW_PID, "");
	dw_at(w, 1100), dw_io(w, HP_OP_WRITE, 5, 8, 0, 1090, 0);
	struct model *m = model_of(w);
	cr_expect_eq(file(m, "/log")->bytes_written, 8);
	model_free(m);
}

Test(model_io, a_read_over_the_edges_of_a_window_counts_its_time_inside)
{
	struct dump_writer *w = dw_new();
	dw_thread(w, 1, DW_PID);
	dw_at(w, 300), dw_io(w, HP_OP_READ, 3, 100, 0, 100, 0);
	dw_at(w, 900), dw_io(w, HP_OP_READ, 3, 100, 0, 400, 0);
	struct model *m = model_with(w, &(struct model_options){ .from_ns = 200, .to_ns = 500 });
	cr_expect_eq(m->io.calls, 1);
	cr_expect_eq(m->io.bytes_read, 100);
	cr_expect_eq(m->io.time_ns, 100 + 100);
	cr_expect_eq(m->waits.by_class[WAIT_IO].sum, 200);
	cr_expect_eq(m->waits.by_class[WAIT_IO].count, 1);
	model_free(m);
}
