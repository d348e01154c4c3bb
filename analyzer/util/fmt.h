/*
 * fmt.h - numbers as people read them. Each function returns a small struct, so that several fit into one printf:
 *     printf("%s in %s\n", fmt_bytes(n).s, fmt_duration(t).s);
 */
#ifndef HP_UTIL_FMT_H
#define HP_UTIL_FMT_H

#include <stdint.h>

struct fmt { char s[32]; };

/* 999 B, 1.00 KiB, 12.3 MiB, 1023 GiB: three digits or more */
struct fmt fmt_bytes(uint64_t bytes);
/* The same with a sign: +1.00 KiB, -3 B, 0 B */
struct fmt fmt_bytes_change(int64_t bytes);
/* 0 ns, 999 ns, 1.50 us, 12.3 ms, 4.00 s, 1m 05s, 2h 03m, 1d 02h */
struct fmt fmt_duration(uint64_t ns);
/* 1,234,567 */
struct fmt fmt_count(uint64_t n);
/* 1.23M: at most five columns */
struct fmt fmt_count_short(uint64_t n);
/* `part` of `whole`: 12.3 %; under 0.05 % but not zero: <0.1 %; "-" when there is no whole */
struct fmt fmt_percent(double part, double whole);

#endif
