/* Text from programs and dumps on its way to a terminal. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>

#include "util/buf.h"
#include "util/text.h"

static void expect_escaped(const char *text, const char *wanted)
{
	char *got = text_escaped(text);

	cr_expect(eq(str, got, (char *)wanted));
	cr_expect(text_is_plain(got, strlen(got)), "%s is not printable", got);
	free(got);
}

static void expect_clipped(const char *text, size_t columns, const char *wanted)
{
	struct buf b = { 0 };

	text_clip(&b, text, columns);
	cr_expect(eq(str, (char *)buf_text(&b), (char *)wanted));
	cr_expect(le(sz, text_width(buf_text(&b)), columns));
	buf_free(&b);
}

Test(text, ordinary_names_stay_as_they_are)
{
	expect_escaped("std::vector<int>::push_back(int const&)", "std::vector<int>::push_back(int const&)");
	expect_escaped("/home/josé/データ.txt", "/home/josé/データ.txt");
	expect_escaped("", "");
}

Test(text, control_characters_are_shown_not_sent)
{
	expect_escaped("a\033[31mb", "a\\x1b[31mb");
	expect_escaped("one\ntwo\tthree\r", "one\\ntwo\\tthree\\r");
	expect_escaped("\x7f", "\\x7f");
	expect_escaped("\xc2\x9b""31m", "\\u{009b}31m");
}

Test(text, characters_that_hide_or_reverse_text_are_shown)
{
	expect_escaped("invoice\xe2\x80\xaegnp.exe", "invoice\\u{202e}gnp.exe");
	expect_escaped("a\xe2\x80\x8b""b", "a\\u{200b}b");
	expect_escaped("\xef\xbb\xbfx", "\\u{feff}x");
	expect_escaped("\xe2\x80\xa8", "\\u{2028}");
	expect_escaped("\xe2\x81\xa6", "\\u{2066}");
}

Test(text, bytes_that_are_no_utf8_are_shown_as_bytes)
{
	expect_escaped("\xff", "\\xff");
	expect_escaped("caf\xe9", "caf\\xe9");
	expect_escaped("\xc0\xaf", "\\xc0\\xaf");              /* an overlong slash */
	expect_escaped("\xed\xa0\x80", "\\xed\\xa0\\x80");     /* a surrogate */
	expect_escaped("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80");
	expect_escaped("\xe3\x83", "\\xe3\\x83");              /* cut off */
}

Test(text, a_nul_inside_is_shown)
{
	struct buf b = { 0 };

	text_escape(&b, "a\0b", 3);
	cr_expect(eq(str, b.s, "a\\x00b"));
	buf_free(&b);
}

Test(text, width_counts_columns_not_bytes)
{
	cr_expect(eq(sz, text_width("abc"), 3));
	cr_expect(eq(sz, text_width("é"), 1));
	cr_expect(eq(sz, text_width("e\xcc\x81"), 1));
	cr_expect(eq(sz, text_width("データ"), 6));
	cr_expect(eq(sz, text_width("😀"), 2));
}

Test(text, long_names_lose_their_middle)
{
	expect_clipped("short", 10, "short");
	expect_clipped("0123456789", 10, "0123456789");
	expect_clipped("0123456789a", 10, "012...789a");
	expect_clipped("0123456789a", 3, "012");
	expect_clipped("データデータ", 9, "デ...タ");
	expect_clipped("", 0, "");
}

Test(text, a_shown_text_survives_three_more)
{
	const char *first = text_shown("first");

	text_shown("2");
	text_shown("3");
	text_shown("4");
	cr_expect(eq(str, (char *)first, "first"));
}
