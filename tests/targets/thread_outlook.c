/* flags: -fno-builtin */
/* What a thread sees of itself: its start routine is called by libc, on the whole of the stack that it was to get. */
#include <dlfcn.h>
#include <pthread.h>

#include "tally.h"

static void cleans_up(void *told) { tally("cleaned", *(int *)told); }

static void *look(void *unused)
{
	Dl_info by = {0};
	pthread_attr_t attr;
	void *stack;
	size_t bytes;
	dladdr(__builtin_extract_return_addr(__builtin_return_address(0)), &by);
	tally("called_by_libc", by.dli_fname && strstr(by.dli_fname, "libc.so") != NULL);
	pthread_getattr_np(pthread_self(), &attr);
	pthread_attr_getstack(&attr, &stack, &bytes);
	tally("stack", (long long)bytes);
	tally("used", (char *)stack + bytes - (char *)__builtin_frame_address(0) < 8192);
	return unused;
}

static void *ends_itself(void *told)
{
	pthread_cleanup_push(cleans_up, told);
	pthread_exit(told);
	pthread_cleanup_pop(0);
}

static void *is_cancelled(void *told)
{
	pthread_cleanup_push(cleans_up, told);
	pthread_cancel(pthread_self());
	pthread_testcancel();
	pthread_cleanup_pop(0);
	return NULL;
}

static void *run(void *(*start)(void *), const pthread_attr_t *attr, void *arg)
{
	pthread_t thread;
	void *result = NULL;
	int error = pthread_create(&thread, attr, start, arg);
	if (!error)
		pthread_join(thread, &result);
	tally("error", error);
	return result;
}

int main(void)
{
	static int one = 1, two = 2;
	pthread_attr_t attr;
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 256 << 10);
	tally("same", run(look, &attr, &one) == &one);
	tally("same", run(ends_itself, NULL, &one) == &one);
	tally("same", run(is_cancelled, NULL, &two) == PTHREAD_CANCELED);
	pthread_attr_setstacksize(&attr, (size_t)1 << 45);
	tally("refused", run(look, &attr, NULL) == NULL);
}
