#include "util/progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "util/fmt.h"

#define SECOND_NS UINT64_C(1000000000)
#define REDRAW_NS UINT64_C(100000000)
#define NEVER     UINT64_MAX

enum { BAR_COLUMNS = 30 };

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * SECOND_NS + (uint64_t)t.tv_nsec;
}

void progress_begin(struct progress *p, const char *what, uint64_t total)
{
	p->what = what;
	p->total = total ? total : 1;
	p->start_ns = now_ns();
	atomic_init(&p->done, 0);
	atomic_init(&p->drawn, 0);
	atomic_init(&p->next_draw_ns, isatty(STDERR_FILENO) ? p->start_ns + SECOND_NS : NEVER);
}

static void draw(struct progress *p, uint64_t done, uint64_t now)
{
	char bar[BAR_COLUMNS + 1];
	double share = done >= p->total ? 1 : (double)done / (double)p->total;
	uint64_t elapsed = now - p->start_ns;

	for (int i = 0; i < BAR_COLUMNS; i++)
		bar[i] = (double)i < share * BAR_COLUMNS ? '#' : '.';
	bar[BAR_COLUMNS] = '\0';
	fprintf(stderr, "\r\033[K%s [%s] %3.0f %%, %s left", p->what, bar, 100 * share,
		share > 0 ? fmt_duration((uint64_t)((double)elapsed * (1 - share) / share)).s : "?");
	fflush(stderr);
	atomic_store(&p->drawn, 1);
}

void progress_add(struct progress *p, uint64_t more)
{
	uint64_t done = atomic_fetch_add(&p->done, more) + more;
	uint64_t due = atomic_load(&p->next_draw_ns), now;

	if (due == NEVER)
		return;
	now = now_ns();
	if (now >= due && atomic_compare_exchange_strong(&p->next_draw_ns, &due, now + REDRAW_NS))
		draw(p, done, now);
}

void progress_end(struct progress *p)
{
	if (atomic_load(&p->drawn))
		fputs("\r\033[K", stderr);
}
