#include "util/fmt.h"

#include <inttypes.h>
#include <stdio.h>

/* Three digits: 1.23, 12.3, 123. Rounding may reach the next power of ten, so the limits lie below it. */
static void three_digits(struct fmt *out, const char *sign, double value, const char *unit)
{
	int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;

	snprintf(out->s, sizeof out->s, "%s%.*f%s", sign, decimals, value, unit);
}

static struct fmt bytes_with_sign(const char *sign, uint64_t bytes)
{
	static const char *const units[] = { " KiB", " MiB", " GiB", " TiB", " PiB", " EiB" };
	double value = (double)bytes / 1024;
	struct fmt out;
	unsigned i = 0;

	if (bytes < 1024) {
		snprintf(out.s, sizeof out.s, "%s%" PRIu64 " B", sign, bytes);
		return out;
	}
	for (; value >= 1023.5 && i < 5; i++)
		value /= 1024;
	three_digits(&out, sign, value, units[i]);
	return out;
}

struct fmt fmt_bytes(uint64_t bytes)
{
	return bytes_with_sign("", bytes);
}

struct fmt fmt_bytes_change(int64_t bytes)
{
	return bytes < 0 ? bytes_with_sign("-", -(uint64_t)bytes) : bytes_with_sign(bytes ? "+" : "", (uint64_t)bytes);
}

static struct fmt long_duration(uint64_t seconds)
{
	uint64_t m = seconds / 60, h = m / 60, d = h / 24;
	struct fmt out;

	if (d)
		snprintf(out.s, sizeof out.s, "%" PRIu64 "d %02uh", d, (unsigned)(h % 24));
	else if (h)
		snprintf(out.s, sizeof out.s, "%" PRIu64 "h %02um", h, (unsigned)(m % 60));
	else
		snprintf(out.s, sizeof out.s, "%" PRIu64 "m %02us", m, (unsigned)(seconds % 60));
	return out;
}

struct fmt fmt_duration(uint64_t ns)
{
	static const char *const units[] = { " us", " ms", " s" };
	double value = (double)ns / 1000;
	struct fmt out;
	unsigned i = 0;

	if (ns < 1000) {
		snprintf(out.s, sizeof out.s, "%" PRIu64 " ns", ns);
		return out;
	}
	if (ns >= UINT64_C(59950000000))
		return long_duration(ns / 1000000000 + (ns % 1000000000 >= 500000000));
	for (; value >= 999.5 && i < 2; i++)
		value /= 1000;
	three_digits(&out, "", value, units[i]);
	return out;
}

struct fmt fmt_count(uint64_t n)
{
	char digits[24];
	struct fmt out;
	int len = snprintf(digits, sizeof digits, "%" PRIu64, n), to = 0;

	for (int i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			out.s[to++] = ',';
		out.s[to++] = digits[i];
	}
	out.s[to] = '\0';
	return out;
}

struct fmt fmt_count_short(uint64_t n)
{
	static const char *const units[] = { "k", "M", "G", "T", "P", "E" };
	double value = (double)n / 1000;
	struct fmt out;
	unsigned i = 0;

	if (n < 1000) {
		snprintf(out.s, sizeof out.s, "%" PRIu64, n);
		return out;
	}
	for (; value >= 999.5 && i < 5; i++)
		value /= 1000;
	three_digits(&out, "", value, units[i]);
	return out;
}

struct fmt fmt_percent(double part, double whole)
{
	double value = whole > 0 ? 100 * part / whole : 0;
	struct fmt out;

	if (!(whole > 0))
		snprintf(out.s, sizeof out.s, "-");
	else if (value > 0 && value < 0.05)
		snprintf(out.s, sizeof out.s, "<0.1 %%");
	else
		snprintf(out.s, sizeof out.s, "%.1f %%", value);
	return out;
}
