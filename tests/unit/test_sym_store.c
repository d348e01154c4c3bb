/* What is kept of a file's names: it comes back as it was, or, when anything of it is damaged, not at all. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files.h"
#include "run.h"
#include "sym/store.h"
#include "sym/store_file.h"

enum { QUESTIONS = 50 };

static struct store filled(void)
{
	struct store s = { 0 };

	for (uint32_t i = 0; i < QUESTIONS; i++) {
		struct store_frame f[3] = { { 0 } };
		char *name = format("function_%u", i);

		for (uint32_t k = 0; k < i % 4; k++)
			f[k] = (struct store_frame){
				.offset = i, .function = store_add_text(&s, name), .raw = store_add_text(&s, k ? "raw" : NULL),
				.file = store_add_text(&s, "/src/file.c"), .line = 100 + k, .inlined = k == 0,
			};
		store_add(&s, 1 + i % 3, i * 16, f, i % 4);
		free(name);
	}
	return s;
}

static struct buf encoded(void)
{
	struct store s = filled();
	struct buf b = { 0 };

	store_encode(&s, "whose", &b);
	store_free(&s);
	return b;
}

static const char *text(const struct store *s, uint32_t number)
{
	const char *t = store_text(s, number);

	return t ? t : "(none)";
}

static void expect_filled(struct store *s)
{
	const struct store_frame *f;

	for (uint32_t i = 0; i < QUESTIONS; i++) {
		char *name = format("function_%u", i);

		cr_assert(eq(int, store_find(s, 1 + i % 3, i * 16, &f), (int)(i % 4)));
		cr_assert(eq(int, store_find(s, 4, i * 16, &f), -1));
		for (uint32_t k = 0; store_find(s, 1 + i % 3, i * 16, &f) > 0 && k < i % 4; k++) {
			cr_expect(eq(str, (char *)text(s, f[k].function), name));
			cr_expect(eq(str, (char *)text(s, f[k].raw), k ? "raw" : "(none)"));
			cr_expect(eq(str, (char *)text(s, f[k].file), "/src/file.c"));
			cr_expect(f[k].line == 100 + k && f[k].offset == i && f[k].inlined == (k == 0));
		}
		free(name);
	}
}

Test(store, answers_come_back_as_they_were_and_can_be_added_to)
{
	struct buf b = encoded(), again = { 0 };
	struct store s = { 0 };
	const struct store_frame *f;

	cr_assert(eq(int, store_decode(&s, "whose", b.s, b.n), 0));
	expect_filled(&s);
	cr_expect(eq(sz, s.loaded, QUESTIONS));
	store_add(&s, 9, 1, &(struct store_frame){ .function = store_add_text(&s, "new"), .file = store_add_text(&s, "/src/file.c") }, 1);
	store_encode(&s, "whose", &again);
	cr_expect(eq(sz, again.n, b.n + sizeof(struct store_answer) + sizeof *f + strlen("new") + 1));  /* known texts are kept once */
	store_free(&s);
	cr_assert(eq(int, store_decode(&s, "whose", again.s, again.n), 0));
	expect_filled(&s);
	cr_assert(eq(int, store_find(&s, 9, 1, &f), 1));
	cr_expect(eq(str, (char *)text(&s, f->function), "new"));
	store_free(&s);
	buf_free(&b);
	buf_free(&again);
}

Test(store, of_another_identity_is_not_used)
{
	struct buf b = encoded();
	struct store s = { 0 };

	cr_expect(eq(int, store_decode(&s, "whosE", b.s, b.n), -1));
	cr_expect(eq(int, store_decode(&s, "who", b.s, b.n), -1));
	cr_expect(eq(int, store_decode(&s, "whose else", b.s, b.n), -1));
	cr_expect(eq(sz, s.answers.n, 0));
	buf_free(&b);
}

Test(store, cut_at_any_byte_is_refused)
{
	struct buf b = encoded();
	struct store s = { 0 };

	for (size_t n = 0; n < b.n; n++) {
		char *cut = malloc(n + 1);  /* so that a read behind its end is seen */

		memcpy(cut, b.s, n);
		cr_expect(eq(int, store_decode(&s, "whose", cut, n), -1), "%zu bytes", n);
		free(cut);
	}
	buf_free(&b);
}

/* Reads all that can be asked for. */
static size_t use(struct store *s)
{
	const struct store_frame *f;
	size_t bytes = 0;

	for (size_t i = 0; i < s->answers.n; i++) {
		int n = store_find(s, s->answers.v[i].what, s->answers.v[i].key, &f);

		cr_assert(n >= 0 && n <= STORE_DEEPEST);
		for (int k = 0; k < n; k++)
			bytes += strlen(text(s, f[k].function)) + strlen(text(s, f[k].raw)) + strlen(text(s, f[k].file));
	}
	return bytes + strlen(text(s, s->alt_path)) + strlen(text(s, s->alt_stamp));
}

Test(store, with_any_byte_changed_is_refused_or_can_be_read_to_the_end)
{
	static const unsigned char values[] = { 0, 1, 0x7f, 0x80, 0xff };
	struct buf b = encoded();
	size_t taken = 0, refused = 0;

	for (size_t i = 0; i < b.n; i++) {
		char was = b.s[i];

		for (size_t k = 0; k < sizeof values; k++) {
			struct store s = { 0 };

			b.s[i] = (char)values[k];
			if (store_decode(&s, "whose", b.s, b.n) < 0) {
				refused++;
				continue;
			}
			use(&s);
			taken++;
			store_free(&s);
		}
		b.s[i] = was;
	}
	cr_expect(taken > 0 && refused > 0, "%zu taken, %zu refused", taken, refused);
	buf_free(&b);
}

/* ---- on disk ---- */

#define NAME "0123" STORE_SUFFIX
enum { ROOM = 1 << 20 };

static struct buf some_text(size_t bytes)
{
	struct buf b = { 0 };
	uint64_t x = bytes;

	for (size_t i = 0; i < bytes; i++, x = x * 6364136223846793005u + 1442695040888963407u)
		buf_addc(&b, (char)('a' + (x >> 60)));
	return b;
}

static void write_text(const char *dir, const char *name, size_t bytes, size_t all)
{
	struct buf b = some_text(bytes);

	store_write(dir, name, &b, all);
	buf_free(&b);
}

/* Something else than what was written fails the test. */
static int can_read(const char *dir, const char *name, size_t bytes)
{
	struct buf b = { 0 }, expected = some_text(bytes);
	int ok = store_read(dir, name, ROOM, &b) == 0;

	cr_expect_not(ok && (b.n != bytes || memcmp(b.s, expected.s, bytes) != 0));
	buf_free(&b);
	buf_free(&expected);
	return ok;
}

Test(store, files_are_the_users_alone)
{
	char *top = new_directory(), *dir = format("%s/a/hp", top), *file = format("%s/" NAME, dir);
	struct stat st;

	write_text(dir, NAME, 1000, ROOM);
	cr_expect(can_read(dir, NAME, 1000));
	cr_expect(stat(dir, &st) == 0 && (st.st_mode & 07777) == 0700);
	cr_expect(stat(file, &st) == 0 && (st.st_mode & 07777) == 0600);
	remove_tree(top);
}

Test(store, a_damaged_file_or_what_is_no_file_is_not_read)
{
	char *top = new_directory(), *dir = format("%s/hp", top), *file = format("%s/" NAME, dir), *packed;
	size_t n, refused = 0;

	cr_expect_not(can_read(dir, NAME, 300));
	write_text(dir, NAME, 300, ROOM);
	packed = file_text(file, &n);
	for (size_t i = 0; i < n; i++) {
		packed[i] ^= 0x20;
		file_write(file, packed, n);
		refused += !can_read(dir, NAME, 300);
		packed[i] ^= 0x20;
		file_write(file, packed, i);
		cr_expect_not(can_read(dir, NAME, 300), "%zu bytes", i);
	}
	cr_expect(gt(sz, refused, n - n / 8), "%zu of %zu", refused, n);  /* a few bits mean nothing to zstd */
	unlink(file);
	cr_assert_eq(mkfifo(file, 0600), 0);
	cr_expect_not(can_read(dir, NAME, 300));
	unlink(file);
	file_write(format("%s/elsewhere", top), packed, n);
	cr_assert_eq(symlink("../elsewhere", file), 0);
	cr_expect_not(can_read(dir, NAME, 300));
	remove_tree(top);
}

Test(store, one_that_says_to_be_larger_than_allowed_is_not_read)
{
	char *top = new_directory();

	write_text(top, NAME, 3 << 20, 16 << 20);
	cr_expect_not(can_read(top, NAME, 3 << 20));
	remove_tree(top);
}

Test(store, what_was_not_used_for_longest_goes_first)
{
	char *dir = new_directory();
	struct timespec when[2] = { { .tv_nsec = UTIME_OMIT }, { .tv_sec = 0 } };
	static const char *const names[] = { "a" STORE_SUFFIX, "b" STORE_SUFFIX, "c" STORE_SUFFIX };

	for (int i = 0; i < 3; i++) {
		char *path = format("%s/%s", dir, names[i]);

		write_text(dir, names[i], 20000, ROOM);
		when[1].tv_sec = 1000 + i;
		utimensat(AT_FDCWD, path, when, 0);
	}
	file_write(format("%s/other", dir), "not ours", 8);
	file_write(format("%s/x" STORE_SUFFIX ".1.tmp", dir), "left behind", 11);
	utimensat(AT_FDCWD, format("%s/x" STORE_SUFFIX ".1.tmp", dir), when, 0);
	cr_expect(can_read(dir, names[0], 20000));  /* used: it is the newest now */
	write_text(dir, "d" STORE_SUFFIX, 20000, (size_t)file_bytes(format("%s/a" STORE_SUFFIX, dir)) * 7 / 2);
	cr_expect(can_read(dir, names[0], 20000));
	cr_expect_not(can_read(dir, names[1], 20000));
	cr_expect(can_read(dir, names[2], 20000));
	cr_expect(can_read(dir, "d" STORE_SUFFIX, 20000));
	cr_expect(access(format("%s/other", dir), F_OK) == 0);
	cr_expect(access(format("%s/x" STORE_SUFFIX ".1.tmp", dir), F_OK) != 0);
	remove_tree(dir);
}
