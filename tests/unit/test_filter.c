/* The syntax of filters of function calls, and what they say: include/hp_filter.h. */
#include <criterion/criterion.h>
#include <libiberty/demangle.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hp_filter.h"
#include "util/buf.h"
#include "util/code.h"

static uint32_t verdict(const char *filter, const char *symbol, const char *module)
{
	struct hp_filter_name name;
	hp_filter_name_of(symbol, &name);
	return hp_filter_verdict(filter, &name, module);
}

static const struct { const char *filter, *symbol, *module; uint32_t says; } verdicts[] = {
	{ "", "leaf", "/bin/app", 0 },
	{ "leaf", "leaf", "/bin/app", HP_FILTER_IN },
	{ "leaf", "leaflet", "/bin/app", 0 },
	{ "lea?", "leaf", "/bin/app", HP_FILTER_IN },
	{ "*a*", "leaf", "/bin/app", HP_FILTER_IN },
	{ "!leaf", "leaf", "/bin/app", HP_FILTER_OUT },
	{ " ! leaf , other", "leaf", "/bin/app", HP_FILTER_OUT },
	{ ",;\n!leaf;;", "leaf", "/bin/app", HP_FILTER_OUT },
	{ "!*,leaf", "leaf", "/bin/app", HP_FILTER_IN },
	{ "!*,leaf", "other", "/bin/app", HP_FILTER_OUT },
	{ "leaf,!*", "leaf", "/bin/app", HP_FILTER_OUT },
	{ "leaf@depth=3", "leaf", "/bin/app", HP_FILTER_IN | 3 << HP_FILTER_DEPTH_SHIFT },
	{ "@depth=3", "leaf", "/bin/app", 0 },
	{ "leaf@notrace", "leaf", "/bin/app", HP_FILTER_NOTRACE },
	{ "!leaf@notrace", "leaf", "/bin/app", HP_FILTER_OUT | HP_FILTER_NOTRACE },
	{ "!*,leaf@notrace", "leaf", "/bin/app", HP_FILTER_OUT | HP_FILTER_NOTRACE },
	{ "@module=app", "leaf", "/bin/app", HP_FILTER_IN },
	{ "@module=app", "leaf", "/lib/libapp.so", 0 },
	{ "leaf@libx", "leaf", "/usr/lib/libx.so.1.2", HP_FILTER_IN },
	{ "leaf@libx.so.1*", "leaf", "/usr/lib/libx.so.1.2", HP_FILTER_IN },
	{ "leaf@/usr/*", "leaf", "/usr/lib/libx.so.1.2", HP_FILTER_IN },
	{ "leaf@lib", "leaf", "/usr/lib/libx.so.1.2", 0 },
	{ "!@libx@notrace", "leaf", "libx.so", HP_FILTER_OUT | HP_FILTER_NOTRACE },
	{ "leaf", "leaf@@VERSION_1", "/bin/app", HP_FILTER_IN },
	{ "leaf", "leaf.constprop.0", "/bin/app", HP_FILTER_IN },
	{ "a::b", "_ZN1a1bEv", "/bin/app", HP_FILTER_IN },
	{ "_ZN1a1bEv", "_ZN1a1bEv", "/bin/app", HP_FILTER_IN },
	{ "b", "_ZN1a1bEv", "/bin/app", 0 },
	{ "*::b", "_ZN1a1bEv", "/bin/app", HP_FILTER_IN },
};

Test(filter, the_last_item_that_matches_a_function_decides)
{
	for (size_t i = 0; i < sizeof verdicts / sizeof *verdicts; i++)
		cr_expect_eq(verdict(verdicts[i].filter, verdicts[i].symbol, verdicts[i].module), verdicts[i].says, "'%s' says %x of %s in %s",
			verdicts[i].filter, verdict(verdicts[i].filter, verdicts[i].symbol, verdicts[i].module), verdicts[i].symbol, verdicts[i].module);
}

static const struct { const char *filter; long at; } mistakes[] = {
	{ "a,b", -1 }, { "", -1 }, { "@depth=1", -1 }, { "@depth=1048576", -1 },
	{ "a@", 1 }, { "!", 0 }, { "a,!", 2 }, { "@notrace", 0 }, { "a@depth=0", 1 }, { "a@depth=x", 1 }, { "a@depth=", 1 },
	{ "a@depth=99999999999999999999", 1 }, { "a,b@what=1", 3 }, { "!a@depth=2", 0 }, { "a@notrace@depth=2", 0 }, { "x,@depth=1@q=1", 10 },
};

Test(filter, what_cannot_be_understood_is_told_with_its_place)
{
	for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
		struct hp_filter_rules rules;
		const char *why = NULL, *bad = hp_filter_check(mistakes[i].filter, &rules, &why);
		long at = bad ? bad - mistakes[i].filter : -1;
		if (mistakes[i].at < 0)
			cr_expect_null(bad, "'%s': %s", mistakes[i].filter, why);
		else
			cr_expect(bad && why && (at == mistakes[i].at || !strncmp(mistakes[i].filter, "!a@", 3) || !strncmp(mistakes[i].filter, "a@notrace", 9)),
				"'%s': at %ld: %s", mistakes[i].filter, at, why);
	}
}

/* Enters the functions named by the letters of `calls`; a dot ends the innermost one. Capital letters of the result were kept. */
static void walk(const char *filter, const char *calls, char *to)
{
	struct hp_filter_rules rules;
	const char *why;
	uint32_t states[64], state;
	size_t open = 0;
	cr_assert_null(hp_filter_check(filter, &rules, &why));
	state = hp_filter_begin(&rules);
	for (; *calls; calls++, to++) {
		char name[2] = { *calls, 0 };
		*to = *calls;
		if (*calls == '.') {
			cr_assert_gt(open, 0, "%s", filter);
			state = states[--open];
			continue;
		}
		uint32_t v = verdict(filter, name, "");
		states[open++] = state;
		if (hp_filter_enter(&rules, v, &state))
			*to = (char)(*calls - 'a' + 'A');
		else if (hp_filter_plainly_out(v))
			cr_expect_eq(state, states[open - 1], "what is plainly out changes nothing");
	}
	*to = 0;
}

Test(filter, calls_are_kept_by_where_they_are_made)
{
	static const char *const rows[][3] = {
		{ "", "ab.c..", "AB.C.." },
		{ "b", "ab.c..b.", "aB.c..B." },
		{ "b", "abc.d.e...", "aBC.D.E..." },
		{ "!b", "abc...b", "AbC...b" },
		{ "!b@notrace", "abc..d.", "Abc..D." },
		{ "b@notrace", "abc..d.b", "ABc..D.B" },
		{ "@depth=2", "abc..d..", "ABc..D.." },
		{ "@depth=2,!b", "abcd....", "AbCd...." },
		{ "b@depth=2", "abcd....bcd", "aBCd....BCd" },
		{ "b,@depth=2", "abcd....", "aBCd...." },
		{ "b,!c", "abcd....", "aBcD...." },
		{ "b,!c@notrace", "abcd...b..b", "aBcd...B..B" },
		{ "!*,b", "abcb....", "aBcB...." },
		{ "a@depth=1,c", "abcd....", "AbCD...." },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char got[64];
		walk(rows[i][0], rows[i][1], got);
		cr_expect_str_eq(got, rows[i][2], "'%s' on %s", rows[i][0], rows[i][1]);
	}
}

static const char *const names[][2] = {
	{ "_Z3foov", "foo" }, { "_ZL3foov", "foo" }, { "_ZN2ns3fooEi", "ns::foo" }, { "_ZNK2ns5plain4sizeEv", "ns::plain::size" },
	{ "_ZN2ns3boxIlE3getEii", "ns::box::get" }, { "_Z3twoIilET_S0_T0_", "two" }, { "_ZN12_GLOBAL__N_16hiddenEi", "(anonymous namespace)::hidden" },
	{ "_ZN2ns5plainC2Ei", "ns::plain::plain" }, { "_ZN2ns5plainD0Ev", "ns::plain::~plain" }, { "_ZN2ns5plainclEi", "ns::plain::operator()" },
	{ "_ZNSt6vectorIiSaIiEE9push_backERKi", "std::vector::push_back" }, { "_ZSt4moveIRiEvT_", "std::move" },
	{ "_ZN5boxedILi5ELb1EE3getEv", "boxed::get" }, { "_ZN1a3fooB5cxx11Ev", "a::foo" },
	{ "_ZN4core3fmt5write17h0123456789abcdefE", "core::fmt::write" }, { "_ZN1a1bILj4EXadL_ZNS_1cEvEEEEvv", "a::b" },
};

Test(filter, names_of_C_plus_plus_and_Rust_are_known_without_their_arguments)
{
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct hp_filter_name name;
		hp_filter_name_of(names[i][0], &name);
		cr_expect(name.n == strlen(names[i][1]) && !memcmp(name.qualified, names[i][1], name.n), "%s is '%.*s'", names[i][0], (int)name.n, name.qualified);
	}
}

Test(filter, names_that_are_cut_or_damaged_are_no_names)
{
	static const char *const whole[] = { "_ZNSt6vectorIiSaIiEE9push_backERKi", "_ZN5boxedILi5ELb1EXadL_ZNS_1cEvEEEE3getEv", "_ZN1aIA5_iM1bDpT_EC1Ev" };
	for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
		for (size_t n = 0; n <= strlen(whole[i]); n++) {
			char *cut = strndup(whole[i], n);  /* its own block, so that reading behind it is seen */
			struct hp_filter_name name;
			hp_filter_name_of(cut, &name);
			for (size_t k = 2; k < n; k++) {
				char was = cut[k];
				cut[k] = "I9E_SL"[k % 6];
				hp_filter_name_of(cut, &name);
				cut[k] = was;
			}
			cr_expect_leq(name.n, sizeof name.qualified);
			free(cut);
		}
}

/* code_name says where template arguments were. */
static void without_brackets(struct buf *name)
{
	for (char *at; name->n && (at = strstr(name->s, "<>")); name->n -= 2)
		memmove(at, at + 2, strlen(at + 2) + 1);
}

/* libiberty is the judge; std's abbreviations and special names are not ours to know. */
Test(filter, qualified_names_are_those_that_libiberty_gives)
{
	FILE *nm = popen("nm -D --defined-only \"$(g++ -print-file-name=libstdc++.so.6 2>/dev/null)\" 2>/dev/null", "r");
	char line[4096], kind;
	unsigned compared = 0, different = 0;
	cr_assert(nm);
	while (fgets(line, sizeof line, nm)) {
		char symbol[4096], *shown;
		struct hp_filter_name name;
		struct buf wanted = { 0 };
		if (sscanf(line, "%*s %c %4095s", &kind, symbol) != 2 || !strchr("TtWw", kind))
			continue;
		symbol[strcspn(symbol, "@")] = 0;
		hp_filter_name_of(symbol, &name);
		shown = name.n ? cplus_demangle(symbol, DMGL_PARAMS | DMGL_ANSI) : NULL;
		if (!shown || strstr(shown, "operator")) {  /* which libiberty writes with a blank where it is a template's */
			free(shown);
			continue;
		}
		code_name(&wanted, shown);
		without_brackets(&wanted);
		compared++;
		char *no_tag = strstr(buf_text(&wanted), "[abi:");
		if (!no_tag && (name.n != wanted.n || memcmp(name.qualified, buf_text(&wanted), name.n)) && different++ < 5)
			cr_log_warn("%s: '%.*s', not '%s'", symbol, (int)name.n, name.qualified, buf_text(&wanted));
		buf_free(&wanted);
		free(shown);
	}
	pclose(nm);
	if (!compared)
		cr_skip_test("no libstdc++ or nm here");
	cr_expect_gt(compared, 1000);
	cr_expect_eq(different, 0, "%u of %u differ", different, compared);
}
