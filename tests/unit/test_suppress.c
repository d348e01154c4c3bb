/* Suppressions: what patterns match, as LeakSanitizer has it, and what lines are read. */
#include <criterion/criterion.h>
#include <string.h>

#include "table/suppress.h"

Test(suppress, patterns_match_as_leaksanitizers_do)
{
	static const struct { const char *pattern, *text; bool matches; } cases[] = {
		{ "foo", "foo", true }, { "foo", "a_foo_b", true }, { "foo", "fo", false }, { "foo", "", false }, { "foo", NULL, false },
		{ "^foo", "foobar", true }, { "^foo", "a_foo", false }, { "foo$", "a_foo", true }, { "foo$", "foobar", false },
		{ "^foo$", "foo", true }, { "^foo$", "foofoo", false }, { "a*c", "xabbbcx", true }, { "a*c", "cba", false },
		{ "^a*c$", "abc", true }, { "^a*c$", "abcd", false }, { "*foo", "a_foo", true }, { "foo*", "foo", true },
		{ "^*foo", "a_foo", true }, { "foo*$", "foobar", true }, { "", "anything", true }, { "*", "anything", true },
		{ "^", "anything", true }, { "a*b*c", "a1b2c3", true }, { "a*b*c", "a1c2b3", false }, { "**", "x", true },
		{ "operator new(unsigned long)", "operator new(unsigned long)", true }, { "/lib*.so", "/usr/lib/libz.so.1", true },
		{ "foo$", "foofoo", false },  /* the first place counts: there is no going back */
		{ "a$b", "ab", false }, { "a$b", "a", true },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		cr_expect_eq(suppression_matches(cases[i].pattern, cases[i].text), cases[i].matches, "%s on %s", cases[i].pattern, cases[i].text);
}

Test(suppress, lines_are_read_with_blanks_and_comments_around_them)
{
	struct suppressions s = { .none = false };
	cr_assert_eq(suppressions_parse(&s, "# all of it\n\n \tleak:one \t\r\nleak: two\nleak:", SUPPRESSION_FILE), 0);
	cr_assert_eq(s.v.n, 3);
	cr_expect_str_eq(s.v.v[0].pattern, "one");
	cr_expect_str_eq(s.v.v[1].pattern, " two");
	cr_expect_str_eq(s.v.v[2].pattern, "");
	suppressions_free(&s);
}

Test(suppress, a_line_of_another_kind_is_an_error_with_its_number)
{
	struct suppressions s = { .none = false };
	cr_expect_eq(suppressions_parse(&s, "leak:one\nrace:two\nleak:three\nnonsense\n", SUPPRESSION_FILE), 2);
	cr_expect_eq(s.v.n, 2);
	cr_expect_eq(suppressions_parse(&s, "leak", SUPPRESSION_FILE), 1);
	suppressions_free(&s);
}
