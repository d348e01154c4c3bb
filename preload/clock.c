/*
 * clock.c - which clock, and readings of all of them.
 * The vDSO is read as an ELF image (vdso(7)): clock_gettime itself may be somebody's interposer.
 */
#include "clock.h"
#include "elf_lookup.h"
#include "state.h"
#include "sys.h"
#include <elf.h>
#include <sys/auxv.h>
#include <time.h>

uint8_t hp_clock_kind = HP_CLOCK_MONOTONIC;
static int (*vdso_gettime)(int, struct timespec *);

static uint64_t read_clock(int id)
{
	struct timespec ts;
	long r = vdso_gettime ? vdso_gettime(id, &ts) : hp_sys2(SYS_clock_gettime, id, &ts);
	return r ? 0 : (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

/* Set when the counter has been forbidden: its ticks are reckoned from the kernel's clock from then on. */
static struct hp_clocks last_read;
static double ticks_per_ns;

static uint64_t ticks_at(uint64_t monotonic)
{
	if (!last_read.ticks)
		return monotonic;
	return last_read.ticks + (uint64_t)((double)(monotonic - last_read.monotonic) * ticks_per_ns);
}

uint64_t hp_clock_slow(void)
{
	return ticks_at(read_clock(CLOCK_MONOTONIC));
}

void hp_clock_forbid(uint64_t rate)
{
	if (hp_clock_kind != HP_CLOCK_MONOTONIC) {
		last_read = hp_clocks_now();
		ticks_per_ns = (double)rate * 1e-9;
		hp_clock_kind = HP_CLOCK_MONOTONIC;
		__atomic_fetch_or(&hp_fn_flags, HP_FN_CLOCK, __ATOMIC_RELAXED);
	}
	vdso_gettime = NULL;  /* it reads the counter, too */
}

static int kernel_trusts_hardware_clock(void)
{
	char name[64];
	long n = hp_sys_slurp("/sys/devices/system/clocksource/clocksource0/current_clocksource", name, sizeof name);
	return n > 0 && hp_starts(name, HP_CLOCKSOURCE_NAME);
}

void hp_clock_init(void)
{
	uintptr_t vdso = hp_elf_auxv(AT_SYSINFO_EHDR);
	if (vdso) {
		uintptr_t f = hp_elf_image_symbol(vdso, "__vdso_clock_gettime");
		if (!f)
			f = hp_elf_image_symbol(vdso, "__kernel_clock_gettime");
		vdso_gettime = (int (*)(int, struct timespec *))f;
	}
	if (kernel_trusts_hardware_clock())
		hp_clock_kind = HP_CLOCK_HARDWARE;
	else
		hp_fn_flags |= HP_FN_CLOCK;
}

struct hp_clocks hp_clocks_now(void)
{
	struct hp_clocks best = { 0 };
	uint64_t shortest = UINT64_MAX;
	/*
	 * Of three tries the one with the least time around it: that the pair (ticks, MONOTONIC) fits matters, and an interruption
	 * before BOOTTIME is read would look like a sleep of the machine.
	 */
	for (int i = 0; i < 3; i++) {
		uint64_t before = hp_ticks();
		uint64_t mono = read_clock(CLOCK_MONOTONIC);
		uint64_t after = hp_ticks();
		uint64_t boot = read_clock(CLOCK_BOOTTIME);
		uint64_t took = hp_ticks() - before;
		if (took < shortest) {
			shortest = took;
			best.ticks = before + (after - before) / 2;
			best.monotonic = mono;
			best.boottime = boot;
		}
	}
	if (hp_clock_kind == HP_CLOCK_MONOTONIC)
		best.ticks = ticks_at(best.monotonic);
	best.realtime = read_clock(CLOCK_REALTIME);
	return best;
}

uint64_t hp_clock_rate(const struct hp_clocks *start)
{
	if (hp_clock_kind == HP_CLOCK_MONOTONIC)
		return 1000000000u;
	struct hp_clocks now = hp_clocks_now();
	uint64_t ns = now.monotonic - start->monotonic;
	if (!ns)
		return 1000000000u;
	return (uint64_t)((double)(now.ticks - start->ticks) * 1e9 / (double)ns);
}

uint64_t hp_clock_thread_cpu(void)
{
	struct timespec ts;
	if (hp_sys2(SYS_clock_gettime, CLOCK_THREAD_CPUTIME_ID, &ts))
		return 0;
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}
