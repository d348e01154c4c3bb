/* Numbers that people type and read. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <inttypes.h>

#include "util/fmt.h"
#include "util/parse.h"

#define EXPECT_TEXT(call, wanted) \
	do { \
		struct fmt got = call; \
		cr_expect(eq(str, got.s, wanted)); \
	} while (0)

static void expect_size(const char *text, uint64_t wanted)
{
	uint64_t got = 0;

	cr_expect(eq(int, parse_size(text, &got), 0), "%s", text);
	cr_expect(eq(u64, got, wanted), "%s", text);
}

static void expect_duration(const char *text, uint64_t wanted)
{
	uint64_t got = 0;

	cr_expect(eq(int, parse_duration(text, &got), 0), "%s", text);
	cr_expect(eq(u64, got, wanted), "%s", text);
}

Test(numbers, bytes_are_in_powers_of_1024)
{
	EXPECT_TEXT(fmt_bytes(0), "0 B");
	EXPECT_TEXT(fmt_bytes(1023), "1023 B");
	EXPECT_TEXT(fmt_bytes(1024), "1.00 KiB");
	EXPECT_TEXT(fmt_bytes(10239), "10.0 KiB");
	EXPECT_TEXT(fmt_bytes(64 << 20), "64.0 MiB");
	EXPECT_TEXT(fmt_bytes((1 << 20) - 1), "1.00 MiB");
	EXPECT_TEXT(fmt_bytes(UINT64_MAX), "16.0 EiB");
}

Test(numbers, changes_in_bytes_have_a_sign)
{
	EXPECT_TEXT(fmt_bytes_change(0), "0 B");
	EXPECT_TEXT(fmt_bytes_change(2048), "+2.00 KiB");
	EXPECT_TEXT(fmt_bytes_change(-3), "-3 B");
	EXPECT_TEXT(fmt_bytes_change(INT64_MIN), "-8.00 EiB");
}

Test(numbers, durations_have_the_unit_that_fits)
{
	EXPECT_TEXT(fmt_duration(0), "0 ns");
	EXPECT_TEXT(fmt_duration(999), "999 ns");
	EXPECT_TEXT(fmt_duration(1500), "1.50 us");
	EXPECT_TEXT(fmt_duration(999999), "1.00 ms");
	EXPECT_TEXT(fmt_duration(59900000000), "59.9 s");
	EXPECT_TEXT(fmt_duration(59990000000), "1m 00s");
	EXPECT_TEXT(fmt_duration(UINT64_C(7380000000000)), "2h 03m");
	EXPECT_TEXT(fmt_duration(UINT64_C(93600000000000)), "1d 02h");
}

Test(numbers, counts_are_grouped_by_thousands)
{
	EXPECT_TEXT(fmt_count(0), "0");
	EXPECT_TEXT(fmt_count(999), "999");
	EXPECT_TEXT(fmt_count(1000), "1,000");
	EXPECT_TEXT(fmt_count(1234567), "1,234,567");
	EXPECT_TEXT(fmt_count(UINT64_MAX), "18,446,744,073,709,551,615");
	EXPECT_TEXT(fmt_count_short(999), "999");
	EXPECT_TEXT(fmt_count_short(1234567), "1.23M");
	EXPECT_TEXT(fmt_count_short(999999), "1.00M");
}

Test(numbers, a_share_of_nothing_is_no_number)
{
	EXPECT_TEXT(fmt_percent(1, 0), "-");
	EXPECT_TEXT(fmt_percent(0, 5), "0.0 %");
	EXPECT_TEXT(fmt_percent(1, 8), "12.5 %");
	EXPECT_TEXT(fmt_percent(1, 1e9), "<0.1 %");
}

Test(numbers, sizes_are_read_with_both_families_of_units)
{
	expect_size("4096", 4096);
	expect_size("64MiB", 64 << 20);
	expect_size("64M", 64 << 20);
	expect_size("1.5k", 1536);
	expect_size("2GB", 2000000000);
	expect_size("0.5TiB", UINT64_C(1) << 39);
	expect_size("18446744073709551615B", UINT64_MAX);
}

Test(numbers, durations_are_read_to_the_nanosecond)
{
	expect_duration("2", 2000000000);
	expect_duration("1.5ms", 1500000);
	expect_duration(".25us", 250);
	expect_duration("17ns", 17);
	expect_duration("1.000000001s", 1000000001);
}

Test(numbers, what_is_no_number_or_does_not_fit_is_refused)
{
	const char *const bad[] = { "", " 1", "1 ", "-1", "+1", "1e3", "0x10", "1.2.3", ".", "1,5", "s", "1S", "99999999999999999999",
	                            "18446744073709551616", "20000000000000000000s" };
	uint64_t out;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		cr_expect(eq(int, parse_size(bad[i], &out), -1), "'%s' as a size", bad[i]);
		cr_expect(eq(int, parse_duration(bad[i], &out), -1), "'%s' as a duration", bad[i]);
	}
	cr_expect(eq(int, parse_size("16777216TiB", &out), -1));
}

Test(numbers, counts_have_a_limit_and_no_fraction)
{
	uint64_t out = 0;

	cr_expect(eq(int, parse_count("10", 10, &out), 0));
	cr_expect(eq(u64, out, 10));
	cr_expect(eq(int, parse_count("11", 10, &out), -1));
	cr_expect(eq(int, parse_count("1.0", 10, &out), -1));
	cr_expect(eq(int, parse_count("", 10, &out), -1));
}

Test(numbers, a_time_is_absolute_or_a_share_or_a_mark)
{
	struct parse_time t;

	cr_expect(eq(int, parse_time("20ms", &t), 0));
	cr_expect(eq(int, t.kind, PARSE_TIME_NS));
	cr_expect(eq(u64, t.ns, 20000000));
	cr_expect(eq(int, parse_time("12.5%", &t), 0));
	cr_expect(eq(int, t.kind, PARSE_TIME_PERCENT));
	cr_expect(epsilon_eq(dbl, t.percent, 12.5, 1e-12));
	cr_expect(eq(int, parse_time("@loaded", &t), 0));
	cr_expect(eq(int, t.kind, PARSE_TIME_MARK));
	cr_expect(eq(str, (char *)t.mark, "loaded"));
	cr_expect(eq(int, parse_time("@", &t), -1));
	cr_expect(eq(int, parse_time("101%", &t), -1));
	cr_expect(eq(int, parse_time("soon", &t), -1));
}
