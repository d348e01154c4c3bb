/* expect.h - comparisons of integers that tell both values when they fail. */
#ifndef EXPECT_H
#define EXPECT_H

#include <criterion/criterion.h>

/* expect(json_int(j, "memory.alloc_calls"), ==, 1000) */
#define expect(actual, compares, wanted) do { \
	long long actual_ = (long long)(actual), wanted_ = (long long)(wanted); \
	cr_expect(actual_ compares wanted_, "%s is %lld, which is not %s %s = %lld", #actual, actual_, #compares, #wanted, wanted_); \
} while (0)

#endif
