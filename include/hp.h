/*
 * hp.h - a program's own word to the profiler. Header only: a program that includes it needs no library to link with and
 * runs unchanged without libhp.so, where every call is a test of a weak symbol and nothing else.
 *
 * All functions may be called from any thread and from signal handlers; none changes errno.
 * Limit: in an executable linked with -no-pie the linker may settle weak symbols to 0 for good; build as PIE (the default).
 */
#ifndef HP_H
#define HP_H

#ifdef __cplusplus
extern "C" {
#endif

/* libhp.so defines these; call the functions below. */
extern void hp_api_enable(void) __attribute__((weak));
extern void hp_api_disable(void) __attribute__((weak));
extern void hp_api_mark(const char *text) __attribute__((weak));

/* Recording goes on, with the kinds that HP_HOOKS chose; or stops, until hp_enable or `hp-analyze ctl`. */
static inline void hp_enable(void)
{
	if (hp_api_enable)
		hp_api_enable();
}

static inline void hp_disable(void)
{
	if (hp_api_disable)
		hp_api_disable();
}

/* Names this moment, for --from @TEXT and --to @TEXT. At most 255 bytes are kept. */
static inline void hp_mark(const char *text)
{
	if (hp_api_mark)
		hp_api_mark(text);
}

#ifdef __cplusplus
}
#endif
#endif
