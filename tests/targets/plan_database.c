/*
 * Threads that insert rows over one connection to an SQLite database, with the disk as slow as slow_disk makes it:
 * plan_database DELAY_US [THREADS [ROWS]]. SQLite has one mutex for a connection, and holds it while it syncs.
 */
#include <dlfcn.h>
#include <pthread.h>

#include "plan.h"

enum { THREADS_MOST = 8, OK = 0 };
static int (*sqlite_open)(const char *, void **);
static int (*sqlite_exec)(void *, const char *, void *, void *, char **);
static int (*sqlite_close)(void *);
static void *database;
static long rows;

static int load_library(void)
{
	void *library = dlopen("libsqlite3.so.0", RTLD_NOW);  /* its headers may not be installed */
	if (!library)
		return 0;
	sqlite_open = dlsym(library, "sqlite3_open");
	sqlite_exec = dlsym(library, "sqlite3_exec");
	sqlite_close = dlsym(library, "sqlite3_close");
	return sqlite_open && sqlite_exec && sqlite_close;
}

__attribute__((noinline)) static void *insert_rows(void *failed)
{
	for (long i = 0; i < rows; i++) {
		ordinary(2000);
		if (sqlite_exec(database, "insert into events values (1, 'something that happened')", NULL, NULL, NULL) != OK)
			*(int *)failed = 1;
	}
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t thread[THREADS_MOST];
	int failed = 0;
	plan_begin(1, argv, 0);
	setenv("SLOW_DISK_US", word_at(argc, argv, 1, "8000"), 1);
	long threads = number_at(argc, argv, 2, 3);
	rows = number_at(argc, argv, 3, 8);
	if (threads > THREADS_MOST || !load_library() || sqlite_open("events.db", &database) != OK)
		return 2;
	failed = sqlite_exec(database, "create table events (kind int, text text)", NULL, NULL, NULL) != OK;
	for (long i = 0; i < threads; i++)
		pthread_create(&thread[i], NULL, insert_rows, &failed);
	for (long i = 0; i < threads; i++)
		pthread_join(thread[i], NULL);
	sqlite_close(database);
	plan_end();
	return failed;
}
