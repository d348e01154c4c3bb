/*
 * bench.h - what the benchmark programs share: PROGRAM THREADS OPS runs `work` in so many threads, OPS operations in each,
 * and prints a line: operations in all, nanoseconds an operation as each thread saw it, peak of the resident memory in KiB.
 */
#ifndef BENCH_H
#define BENCH_H

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

enum { MOST_THREADS = 64 };
static long ops;

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* work gets its thread's number, from 0. */
static int bench(int argc, char **argv, void *(*work)(void *))
{
	pthread_t thread[MOST_THREADS];
	struct rusage used;
	long threads = argc > 1 ? atol(argv[1]) : 1;
	ops = argc > 2 ? atol(argv[2]) : 1000000;
	if (threads < 1 || threads > MOST_THREADS || ops < 1)
		return 2;
	double start = now();
	for (long i = 0; i < threads; i++)
		if (pthread_create(&thread[i], NULL, work, (void *)i))
			return 1;
	for (long i = 0; i < threads; i++)
		pthread_join(thread[i], NULL);
	double took = now() - start;
	getrusage(RUSAGE_SELF, &used);
	printf("ops %ld ns %.3f peak %ld\n", ops * threads, took / (double)ops, used.ru_maxrss);
	return 0;
}

#endif
