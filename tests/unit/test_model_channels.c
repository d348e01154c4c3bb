/* Who wrote what was read: pipes, sockets, eventfds and processes in dumps with known answers. */
#include "model_of.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>

enum { A = 1, B = 2, C = 3 };

static void on(struct dump_writer *w, unsigned thread, uint64_t ns)
{
	dw_thread(w, thread, DW_PID + thread - 1);
	dw_at(w, ns);
}

static void made_pair(struct dump_writer *w, unsigned op, uint64_t ns)
{
	const uint32_t fds[2] = { 3, 4 };
	on(w, A, ns), dw_io_x(w, op, -1, 0, 0, ns - 10, fds, sizeof fds);
}

static void io(struct dump_writer *w, unsigned thread, unsigned op, int fd, int64_t result, uint64_t from, uint64_t to)
{
	on(w, thread, to), dw_io(w, op, fd, result, result < 0 ? EAGAIN : 0, from, 0);
}

static struct model *all_acts(struct dump_writer *w)
{
	return model_with(w, &(struct model_options){ .parts = MODEL_ACTS | MODEL_GRAPH });
}

static const struct act *act(const struct model *m, uint32_t tid, enum act_kind kind, unsigned n)
{
	for (size_t i = 0; i < m->acts.v.n; i++)
		if (m->threads.v.v[m->acts.v.v[i].thread].tid == tid && m->acts.v.v[i].kind == kind && !n--)
			return &m->acts.v.v[i];
	cr_assert(0, "no act %s of thread %u", act_kind_name(kind), tid);
	return NULL;
}

static const struct act *of(const struct model *m, unsigned thread, enum act_kind kind, unsigned n)
{
	return act(m, DW_PID + thread - 1, kind, n);
}

#define expect_gate(m, act, of) cr_expect_eq(acts_gate(&(m)->acts, (act)), (of), "%s", #act)
#define expect_no_gate(m, act) cr_expect_eq((act)->gate, ACT_NONE, "%s", #act)

/* ---- pipes ---- */

Test(model_channels, a_read_is_let_by_the_write_of_its_last_byte)
{
	struct dump_writer *w = dw_new();
	made_pair(w, HP_OP_PIPE, 100);
	io(w, A, HP_OP_WRITE, 4, 10, 200, 210);
	io(w, C, HP_OP_WRITE, 4, 10, 300, 310);
	io(w, B, HP_OP_READ, 3, 5, 400, 410);
	io(w, B, HP_OP_READ, 3, 10, 420, 430);
	io(w, B, HP_OP_READ, 3, 5, 440, 450);
	io(w, B, HP_OP_READ, 3, 7, 460, 9000);
	io(w, A, HP_OP_WRITE, 4, 7, 8000, 9100);
	struct model *m = all_acts(w);
	expect_gate(m, of(m, B, ACT_READ, 0), of(m, A, ACT_WRITE, 0));
	expect_gate(m, of(m, B, ACT_READ, 1), of(m, C, ACT_WRITE, 0));
	expect_gate(m, of(m, B, ACT_READ, 2), of(m, C, ACT_WRITE, 0));
	expect_gate(m, of(m, B, ACT_READ, 3), of(m, A, ACT_WRITE, 1));
	cr_expect(of(m, B, ACT_READ, 0)->flags & ACT_CHANNEL);
	cr_expect_eq(m->acts.channels.n, 1);
	cr_expect_eq(m->acts.channels.v[0].kind, CHANNEL_PIPE);
	cr_expect_eq(m->acts.channels.v[0].bytes, 27);
	model_free(m);
}

Test(model_channels, bytes_that_nobody_is_known_to_have_written_come_from_outside)
{
	struct dump_writer *w = dw_new();
	made_pair(w, HP_OP_PIPE, 100);
	io(w, B, HP_OP_READ, 3, 100, 150, 1000);
	io(w, A, HP_OP_WRITE, 4, 10, 5000, 5010);
	io(w, B, HP_OP_READ, 3, 10, 1100, 6000);
	io(w, B, HP_OP_READ, 3, -1, 6100, 6110);
	struct model *m = all_acts(w);
	expect_no_gate(m, of(m, B, ACT_READ, 0));
	expect_gate(m, of(m, B, ACT_READ, 1), of(m, A, ACT_WRITE, 0));
	expect_no_gate(m, of(m, B, ACT_READ, 2));
	model_free(m);
}

Test(model_channels, a_write_into_a_full_pipe_is_let_by_who_made_room)
{
	struct dump_writer *w = dw_new();
	made_pair(w, HP_OP_PIPE, 100);
	io(w, A, HP_OP_WRITE, 4, 65536, 200, 300);
	io(w, B, HP_OP_READ, 3, 4096, 400, 50000);
	io(w, A, HP_OP_WRITE, 4, 4096, 1000, 50100);
	io(w, A, HP_OP_WRITE, 4, 10, 50200, 50300);
	struct model *m = all_acts(w);
	expect_no_gate(m, of(m, A, ACT_WRITE, 0));
	expect_gate(m, of(m, A, ACT_WRITE, 1), of(m, B, ACT_READ, 0));
	expect_no_gate(m, of(m, A, ACT_WRITE, 2));
	model_free(m);
}

Test(model_channels, the_end_of_a_pipe_is_let_by_the_last_one_to_close_it)
{
	struct dump_writer *w = dw_new();
	made_pair(w, HP_OP_PIPE, 100);
	io(w, A, HP_OP_WRITE, 4, 10, 200, 210);
	io(w, B, HP_OP_READ, 3, 10, 150, 250);
	io(w, A, HP_OP_CLOSE, 4, 0, 5000, 5010);
	io(w, B, HP_OP_READ, 3, 0, 300, 5020);
	struct model *m = all_acts(w);
	expect_gate(m, of(m, B, ACT_READ, 1), of(m, A, ACT_IO, 1));
	model_free(m);
}

Test(model_channels, a_wait_for_descriptors_is_let_by_the_first_write_that_was_not_read)
{
	struct dump_writer *w = dw_new();
	made_pair(w, HP_OP_PIPE, 100);
	io(w, A, HP_OP_WRITE, 4, 10, 200, 210);
	io(w, B, HP_OP_READ, 3, 10, 220, 230);
	io(w, A, HP_OP_WRITE, 4, 10, 5000, 5010);
	on(w, B, 5020);
	struct hp_r_wait *r = (void *)dw_record(w, HP_R_WAIT, HP_OP_POLL, 0, sizeof *r / 4);
	hp_put64(r->start, DW_START + 300);
	hp_put64(r->object, 1);
	hp_put64(r->object2, (uint64_t)POLLIN << 32 | (3 + 1));
	r->result = 1;
	io(w, B, HP_OP_READ, 3, 10, 5030, 5040);
	struct model *m = all_acts(w);
	expect_gate(m, of(m, B, ACT_POLL, 0), of(m, A, ACT_WRITE, 1));
	expect_gate(m, of(m, B, ACT_READ, 1), of(m, A, ACT_WRITE, 1));
	model_free(m);
}

/* ---- sockets ---- */

Test(model_channels, each_direction_of_a_pair_of_sockets_is_a_channel)
{
	struct dump_writer *w = dw_new();
	made_pair(w, HP_OP_SOCKETPAIR, 100);
	io(w, A, HP_OP_SEND, 3, 10, 200, 210);
	io(w, B, HP_OP_RECV, 4, 10, 150, 250);
	io(w, B, HP_OP_SEND, 4, 20, 300, 310);
	io(w, A, HP_OP_RECV, 3, 20, 220, 330);
	struct model *m = all_acts(w);
	expect_gate(m, of(m, B, ACT_READ, 0), of(m, A, ACT_WRITE, 0));
	expect_gate(m, of(m, A, ACT_READ, 0), of(m, B, ACT_WRITE, 0));
	cr_expect_eq(m->acts.channels.n, 2);
	model_free(m);
}

static void with_address(struct dump_writer *w, unsigned thread, unsigned op, int fd, int result, uint64_t from, uint64_t to, const char *host, int port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	inet_pton(AF_INET, host, &a.sin_addr);
	on(w, thread, to), dw_io_x(w, op, fd, result, 0, from, &a, sizeof a);
}

/* Two clients of one server; the second one's connect returns only after its accept. */
Test(model_channels, accepted_sockets_are_the_other_ends_of_connected_ones_in_their_order)
{
	struct dump_writer *w = dw_new();
	io(w, A, HP_OP_SOCKET, -1, 3, 10, 20);
	with_address(w, A, HP_OP_BIND, 3, 0, 30, 40, "0.0.0.0", 8080);
	io(w, B, HP_OP_SOCKET, -1, 5, 50, 60);
	with_address(w, B, HP_OP_CONNECT, 5, 0, 1000, 1100, "127.0.0.1", 8080);
	with_address(w, A, HP_OP_ACCEPT, 3, 7, 100, 1200, "127.0.0.1", 50001);
	io(w, C, HP_OP_SOCKET, -1, 6, 50, 60);
	with_address(w, A, HP_OP_ACCEPT, 3, 8, 1300, 2050, "127.0.0.1", 50002);
	with_address(w, C, HP_OP_CONNECT, 6, 0, 2000, 2100, "127.0.0.1", 8080);
	io(w, C, HP_OP_WRITE, 6, 10, 3000, 3010);
	io(w, A, HP_OP_READ, 8, 10, 2900, 3020);
	io(w, B, HP_OP_WRITE, 5, 10, 4000, 4010);
	io(w, A, HP_OP_READ, 7, 10, 3900, 4020);
	io(w, A, HP_OP_WRITE, 7, 5, 5000, 5010);
	io(w, B, HP_OP_READ, 5, 5, 4900, 5020);
	struct model *m = all_acts(w);
	expect_gate(m, of(m, A, ACT_READ, 0), of(m, C, ACT_WRITE, 0));
	expect_gate(m, of(m, A, ACT_READ, 1), of(m, B, ACT_WRITE, 0));
	expect_gate(m, of(m, B, ACT_READ, 0), of(m, A, ACT_WRITE, 0));
	expect_gate(m, of(m, A, ACT_IO, 2), of(m, B, ACT_IO, 1));
	expect_gate(m, of(m, A, ACT_IO, 3), of(m, C, ACT_IO, 1));
	model_free(m);
}

Test(model_channels, a_connection_from_outside_is_nobodys)
{
	struct dump_writer *w = dw_new();
	io(w, A, HP_OP_SOCKET, -1, 3, 10, 20);
	with_address(w, A, HP_OP_BIND, 3, 0, 30, 40, "0.0.0.0", 8080);
	with_address(w, A, HP_OP_ACCEPT, 3, 7, 100, 1200, "10.0.0.1", 50001);
	io(w, A, HP_OP_READ, 7, 10, 1300, 1400);
	io(w, B, HP_OP_SOCKET, -1, 5, 1500, 1510);
	with_address(w, B, HP_OP_CONNECT, 5, 0, 5000, 5100, "127.0.0.1", 8080);
	with_address(w, A, HP_OP_ACCEPT, 3, 8, 2000, 5200, "127.0.0.1", 50002);
	io(w, B, HP_OP_WRITE, 5, 10, 6000, 6010);
	io(w, A, HP_OP_READ, 8, 10, 5900, 6020);
	struct model *m = all_acts(w);
	expect_no_gate(m, of(m, A, ACT_READ, 0));
	expect_gate(m, of(m, A, ACT_READ, 1), of(m, B, ACT_WRITE, 0));
	model_free(m);
}

/* ---- eventfds ---- */

static void eventfd(struct dump_writer *w)
{
	io(w, A, HP_OP_EVENTFD, -1, 3, 10, 20);
}

Test(model_channels, a_read_of_an_eventfd_takes_all_that_was_written)
{
	struct dump_writer *w = dw_new();
	eventfd(w);
	io(w, A, HP_OP_WRITE, 3, 8, 100, 110);
	io(w, C, HP_OP_WRITE, 3, 8, 200, 210);
	io(w, B, HP_OP_READ, 3, 8, 300, 310);
	io(w, A, HP_OP_WRITE, 3, 8, 5000, 5010);
	io(w, C, HP_OP_WRITE, 3, 8, 5020, 5030);
	io(w, B, HP_OP_READ, 3, 8, 400, 5100);
	struct model *m = all_acts(w);
	expect_gate(m, of(m, B, ACT_READ, 0), of(m, C, ACT_WRITE, 0));
	expect_gate(m, of(m, B, ACT_READ, 1), of(m, A, ACT_WRITE, 1));
	cr_expect_eq(m->acts.channels.v[0].kind, CHANNEL_EVENTFD);
	model_free(m);
}

Test(model_channels, an_eventfd_that_counts_is_known_by_the_number_of_its_reads)
{
	struct dump_writer *w = dw_new();
	eventfd(w);
	io(w, A, HP_OP_WRITE, 3, 8, 100, 110);
	io(w, C, HP_OP_WRITE, 3, 8, 200, 210);
	io(w, B, HP_OP_READ, 3, 8, 300, 310);
	io(w, B, HP_OP_READ, 3, 8, 400, 410);
	struct model *m = all_acts(w);
	expect_gate(m, of(m, B, ACT_READ, 0), of(m, A, ACT_WRITE, 0));
	expect_gate(m, of(m, B, ACT_READ, 1), of(m, C, ACT_WRITE, 0));
	model_free(m);
}

/* ---- processes ---- */

enum { CHILD = 4800 };

static void waited_for(struct dump_writer *w, uint32_t pid, uint64_t from, uint64_t to)
{
	on(w, A, to);
	struct hp_r_wait *r = (void *)dw_record(w, HP_R_WAIT, HP_OP_WAITPID, 0, sizeof *r / 4);
	hp_put64(r->start, DW_START + from);
	hp_put64(r->object, pid);
	r->result = (int32_t)pid;
}

Test(model_channels, a_forked_child_begins_by_the_fork_and_its_end_lets_who_waits_for_it)
{
	struct dump_writer *w = dw_new();
	made_pair(w, HP_OP_PIPE, 100);
	on(w, A, 1000);
	dw_record(w, HP_R_FORK, 0, 0, 4)[2] = CHILD;
	dw_child(w, CHILD, 9, CHILD), dw_at(w, 2000), dw_process(w, CHILD, DW_PID, "/bin/app");
	dw_at(w, 3000), dw_io(w, HP_OP_WRITE, 4, 10, 0, 2990, 0);
	dw_at(w, 8000), dw_end(w, HP_END_EXIT, 0);
	io(w, A, HP_OP_READ, 3, 10, 1100, 3020);
	waited_for(w, CHILD, 4000, 9000);
	on(w, A, 9100), dw_wait(w, HP_OP_WAITPID, CHILD, 0, 1, 9050, ECHILD);
	struct model *m = all_acts(w);
	const struct act *begin = act(m, CHILD, ACT_BEGIN, 0), *fork = of(m, A, ACT_FORK, 0);
	expect_gate(m, begin, fork);
	cr_expect_eq(m->processes.v.v[fork->object].pid, CHILD);
	expect_gate(m, of(m, A, ACT_READ, 0), act(m, CHILD, ACT_WRITE, 0));
	expect_gate(m, of(m, A, ACT_CHILD, 0), act(m, CHILD, ACT_END, 0));
	expect_no_gate(m, of(m, A, ACT_CHILD, 1));
	model_free(m);
}
