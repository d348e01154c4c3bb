/* criterion.h - as much of Criterion as the tests of schedules use; ThreadSanitizer leaves Criterion itself no room to start. */
#ifndef HP_TESTS_PLAIN_CRITERION_H
#define HP_TESTS_PLAIN_CRITERION_H

/* threads.c: its main() runs what was added, and fails if anything was not as expected. */
void plain_add(const char *name, void (*test)(void));
void plain_expect(int as_expected, const char *what);

#define Test(suite, name) \
	static void suite##_##name(void); \
	__attribute__((constructor)) static void add_##suite##_##name(void) { plain_add(#suite "/" #name, suite##_##name); } \
	static void suite##_##name(void)
#define cr_expect_eq(a, b) plain_expect((a) == (b), #a " == " #b)
#define cr_expect_gt(a, b) plain_expect((a) > (b), #a " > " #b)

#endif
