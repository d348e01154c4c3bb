/*
 * Dumps that are none, or are damaged: a clear message with the place, what is good is still reported, exit status 2 when
 * nothing can be read and 3 when something could; never a crash, a hang, or memory beyond the file's size.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "expect.h"
#include "files.h"
#include "hp_dump.h"
#include "json.h"

enum { SECONDS = 60, SLACK_KIB = 64 << 10 };

static const char *const commands[][4] = {
	{"report", "--json"}, {"report"}, {"info"}, {"events", "--json"}, {"tree", "--metric", "alloc-bytes"},
};
enum { COMMANDS = sizeof commands / sizeof *commands };

/* An intact dump as it is on disk, up to the last chunk in use, and the memory that each command needs for it. */
struct sample { char *bytes; size_t size; char *path; long peak_kib[COMMANDS]; };

static struct run *run_command(unsigned command, const char *path)
{
	const char *argv[8] = {analyzer()};
	size_t n = 1;
	for (size_t k = 0; k < 4 && commands[command][k]; k++)
		argv[n++] = commands[command][k];
	argv[n] = path;
	return run((struct run_how){.seconds = SECONDS}, argv);
}

static struct sample sample(void)
{
	static struct sample s;
	struct run *r = run_recorded(ARGV(target("calls"), "1000"));
	int fd = open(run_dump(r), O_RDONLY | O_CLOEXEC);
	struct hp_header h;
	cr_assert(pread(fd, &h, sizeof h, 0) == sizeof h);
	s.size = (size_t)h.next_chunk * HP_CHUNK_BYTES;
	s.bytes = calloc(1, s.size);
	cr_assert(s.size > 3 * HP_CHUNK_BYTES && pread(fd, s.bytes, s.size, 0) > 0, "%u chunks are in use", h.next_chunk);
	close(fd);
	s.path = format("%s/damaged.hpd", r->work);
	file_write(s.path, s.bytes, s.size);
	for (unsigned i = 0; i < COMMANDS; i++) {
		struct run *told = run_command(i, s.path);
		cr_assert_eq(told->status, 0, "the sample itself: %s: %s", commands[i][0], told->err);
		s.peak_kib[i] = told->peak_kib;
		run_free(told);
	}
	return s;
}

/* One command on it; `status` is what it must exit with, or -1 for any of 0, 2 and 3. */
static void expect_survival_of(unsigned command, const struct sample *s, const char *damage, int status)
{
	const char *name = commands[command][0];
	struct run *r = run_command(command, s->path);
	cr_expect(r->status == 0 || r->status == 2 || r->status == 3, "%s: %s: status %d, signal %d: %s", damage, name,
	          r->status, r->signal, r->err);
	if (status >= 0)
		cr_expect_eq(r->status, status, "%s: %s: status %d: %s", damage, name, r->status, r->err);
	if (r->status == 2)
		cr_expect(r->out_bytes == 0 && strstr(r->err, "damaged.hpd"), "%s: %s: %s", damage, name, r->err);
	if (r->status == 3)
		cr_expect(strstr(r->err, "offset") || strstr(r->out, "offset") || strstr(r->out, "dropped"), "%s: %s: no place: %s",
		          damage, name, r->err);
	if (command == 0 && r->status != 2)
		json_free(json_parse(r->out));
	cr_expect_leq(r->peak_kib, s->peak_kib[command] + SLACK_KIB, "%s: %s: %ld KiB, intact %ld", damage, name, r->peak_kib,
	              s->peak_kib[command]);
	run_free(r);
}

static void expect_survival(const struct sample *s, const char *damage, int status)
{
	for (unsigned i = 0; i < COMMANDS; i++)
		expect_survival_of(i, s, damage, i < 2 ? status : -1);
}

static void expect_refusal(const char *path, const char *const says)
{
	for (const char *const *command = ARGV("report", "info", "events", "tree"); *command; command++) {
		struct run *r = run((struct run_how){.seconds = SECONDS}, ARGV(analyzer(), *command, path));
		cr_expect_eq(r->status, 2, "%s %s: status %d, signal %d", *command, path, r->status, r->signal);
		cr_expect_eq(r->out_bytes, 0, "%s", r->out);
		cr_expect(strstr(r->err, path) && strstr(r->err, says), "%s %s: %s", *command, path, r->err);
		run_free(r);
	}
}

Test(damaged, what_is_no_dump_is_refused)
{
	struct run *made = run((struct run_how){0}, ARGV("sh", "-ec", "mkdir folder; : >empty; echo text >text; "
		"head -c 300000 /dev/zero >zeros; head -c 300000 /dev/urandom >noise; cp /bin/true program; mkfifo pipe"));
	cr_assert_eq(made->status, 0, "%s", made->err);
	for (const char *const *name = ARGV("empty", "text", "zeros", "noise", "program"); *name; name++)
		expect_refusal(format("%s/%s", made->work, *name), "dump");
	expect_refusal(format("%s/folder", made->work), "dump");
	expect_refusal(format("%s/pipe", made->work), "");
	expect_refusal(format("%s/missing", made->work), "No such file");
	expect_refusal("/dev/zero", "");
	run_free(made);
}

static void become_nobody(void)
{
	if (geteuid() == 0 && (setgid(65534) || setuid(65534)))
		_exit(126);
}

Test(damaged, a_dump_that_may_not_be_read_is_refused)
{
	struct sample s = sample();
	struct run *made = run((struct run_how){0}, ARGV("sh", "-ec", "cp \"$1\" hp-analyze; cp \"$2\" damaged.hpd; chmod 000 damaged.hpd",
		"sh", analyzer(), s.path));
	struct run *r = run((struct run_how){.in_child = become_nobody, .cwd = made->work}, ARGV("./hp-analyze", "report", "damaged.hpd"));
	expect(r->status, ==, 2);
	cr_expect(strstr(r->err, "ermission") != NULL, "%s", r->err);
	run_free(r);
	run_free(made);
}

Test(damaged, another_version_or_byte_order_is_refused_with_both_versions)
{
	struct sample s = sample();
	struct hp_header *h = (struct hp_header *)s.bytes;
	h->version = 42;
	file_write(s.path, s.bytes, s.size);
	expect_survival(&s, "version", 2);
	struct run *r = run((struct run_how){0}, ARGV(analyzer(), "report", s.path));
	cr_expect(strstr(r->err, "version") && strstr(r->err, "42"), "%s", r->err);
	run_free(r);
	h->version = HP_VERSION;
	h->endian = __builtin_bswap32(h->endian);
	file_write(s.path, s.bytes, s.size);
	expect_survival(&s, "byte order", 2);
}

/* Within the header there is nothing to report; after it, all chunks before the cut. */
Test(damaged, cut_at_any_byte, .timeout = 280)
{
	struct sample s = sample();
	size_t cuts[] = {1, 7, 8, 12, 63, 500, 4095, 4096, 4097, 65535, 65536, 65537, 65536 + 63, 65536 + 64, 65536 + 100,
	                 131071, 131072, 131073, s.size / 2, s.size / 2 + 1, s.size - 65536, s.size - 65535, s.size - 4, s.size - 1};
	for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++) {
		file_write(s.path, s.bytes, cuts[i]);
		expect_survival(&s, format("cut at %zu", cuts[i]), cuts[i] < sizeof(struct hp_header) ? 2 : -1);
	}
	srandom(1);
	for (int i = 0; i < 30; i++) {
		size_t cut = (size_t)random() % s.size;
		file_write(s.path, s.bytes, cut);
		expect_survival_of((unsigned)i % COMMANDS, &s, format("cut at %zu", cut), -1);
	}
}

Test(damaged, a_missing_chunk_is_told_and_the_others_are_reported)
{
	struct sample s = sample();
	file_write(s.path, s.bytes, s.size - HP_CHUNK_BYTES);
	expect_survival(&s, "the last chunk is missing", 3);
}

Test(damaged, chunks_overwritten_with_noise_are_told_and_the_others_are_reported, .timeout = 280)
{
	struct sample s = sample();
	srandom(2);
	for (size_t chunk = 1; chunk < s.size / HP_CHUNK_BYTES && chunk < 8; chunk++) {
		char *kept = malloc(HP_CHUNK_BYTES), *at = s.bytes + chunk * HP_CHUNK_BYTES;
		memcpy(kept, at, HP_CHUNK_BYTES);
		for (size_t i = 0; i < HP_CHUNK_BYTES; i++)
			at[i] = (char)random();
		file_write(s.path, s.bytes, s.size);
		expect_survival(&s, format("noise in all of chunk %zu", chunk), 3);
		memcpy(at, kept, HP_CHUNK_BYTES);
		for (size_t i = sizeof(struct hp_chunk); i < HP_CHUNK_BYTES; i++)
			at[i] = (char)random();
		file_write(s.path, s.bytes, s.size);
		expect_survival(&s, format("noise in the records of chunk %zu", chunk), 3);
		memcpy(at, kept, HP_CHUNK_BYTES);
		free(kept);
	}
}

Test(damaged, any_byte_changed, .timeout = 280)
{
	struct sample s = sample();
	srandom(3);
	for (int i = 0; i < 150; i++) {
		/* half of them in the header, and at the beginnings of chunks */
		size_t chunk = (size_t)random() % (s.size / HP_CHUNK_BYTES);
		size_t at = chunk * HP_CHUNK_BYTES + (size_t)random() % (i % 2 ? HP_CHUNK_BYTES : 256);
		char kept = s.bytes[at];
		s.bytes[at] ^= (char)(1 << random() % 8);
		file_write(s.path, s.bytes, s.size);
		expect_survival_of((unsigned)i % COMMANDS, &s, format("byte %zu changed", at), -1);
		s.bytes[at] = kept;
	}
}

/* Numbers that a reader might believe. */
Test(damaged, headers_that_promise_too_much)
{
	struct sample s = sample();
	struct hp_header *h = (struct hp_header *)s.bytes, kept = *h;
	h->next_chunk = UINT32_MAX;
	file_write(s.path, s.bytes, s.size);
	expect_survival(&s, "next_chunk", -1);
	*h = kept;
	h->thread_slots = UINT32_MAX;
	file_write(s.path, s.bytes, s.size);
	expect_survival(&s, "thread_slots", -1);
	*h = kept;
	h->ticks_per_second = 0;
	file_write(s.path, s.bytes, s.size);
	expect_survival(&s, "ticks_per_second", -1);
	*h = kept;
	h->chunk_bytes = 0;
	file_write(s.path, s.bytes, s.size);
	expect_survival(&s, "chunk_bytes", 2);
	*h = kept;
	h->file_bytes = UINT64_MAX;
	h->fork_pieces = UINT64_MAX;
	file_write(s.path, s.bytes, s.size);
	expect_survival(&s, "file_bytes", -1);
}

Test(damaged, one_bad_dump_among_good_ones_is_named)
{
	struct sample s = sample();
	char *good = format("%s.good.hpd", s.path);
	file_write(good, s.bytes, s.size);
	file_write(s.path, "text", 4);
	struct run *r = run((struct run_how){0}, ARGV(analyzer(), "report", good, s.path));
	cr_expect(r->status == 2 || r->status == 3, "status %d", r->status);
	cr_expect(strstr(r->err, s.path) != NULL, "%s", r->err);
	run_free(r);
}
