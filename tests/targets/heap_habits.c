/*
 * What a heap may be used like, a function each: first_phase and second_phase have their peaks at different times, churn gives
 * back at once, list grows by realloc, hoard is freed only at the end, drip leaks on and on. With an argument, blocks that one
 * thread gets are freed by another.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PARTS = 64, DRIPS = 400, PASSED = 50 };
#define OWN __attribute__((noinline, noclone)) static

static void *part[PARTS], *hoarded;
static char *volatile sink;

OWN void first_phase(void)
{
	for (int i = 0; i < PARTS; i++)
		part[i] = malloc(1000);
}

OWN void second_phase(void)
{
	for (int i = 0; i < PARTS; i++)
		part[i] = malloc(3000);
}

OWN void churn(void)
{
	for (int i = 0; i < 300; i++)
		free(sink = malloc(64));
}

OWN void *hoard(void)
{
	return sink = malloc(5000);
}

OWN void drip(void)
{
	sink = malloc(100);
}

OWN void list(void)
{
	long long moved = 0, copied = 0;
	size_t size = 16;
	char *v = malloc(size), *wall = NULL;
	for (int i = 0; i < 10; i++, size *= 2) {
		char *was = v;
		free(wall);
		wall = malloc(24);
		v = realloc(v, size * 2);
		moved += v != was;
		copied += v != was ? (long long)size : 0;
	}
	free(v);
	free(wall);
	printf("moved %lld\ncopied %lld\n", moved, copied);
}

OWN void drop_parts(void)
{
	for (int i = 0; i < PARTS; i++)
		free(part[i]);
}

OWN void *make_and_pass(void *to)
{
	for (int i = 0; i < PASSED; i++)
		((void **)to)[i] = malloc(200);
	return NULL;
}

static void pass_on(void)
{
	void *passed[PASSED];
	pthread_t maker;
	pthread_create(&maker, NULL, make_and_pass, passed);
	pthread_join(maker, NULL);
	for (int i = 0; i < PASSED; i++)
		free(passed[i]);
}

int main(int argc, char **argv)
{
	static char buffer[BUFSIZ];
	setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
	hoarded = hoard();
	first_phase();
	drop_parts();
	second_phase();
	drop_parts();
	churn();
	list();
	for (int i = 0; i < DRIPS; i++) {
		drip();
		nanosleep(&(struct timespec){ .tv_nsec = 300000 }, NULL);
	}
	if (argc > 1)
		pass_on();
	free(hoarded);
	(void)argv;
	return 0;
}
