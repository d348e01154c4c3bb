/* flags: -fno-builtin -lrt */
/* Threads that others make: libc for a timer, for a message queue and for aio, and thrd_create. */
#include <aio.h>
#include <fcntl.h>
#include <mqueue.h>
#include <semaphore.h>
#include <signal.h>
#include <threads.h>
#include <time.h>

#include "tally.h"

static sem_t done;
static void *volatile kept;

#define WORKER(name) __attribute__((noinline)) static void name(void) { kept = malloc(30); free(kept); }
WORKER(in_timer)
WORKER(in_queue)
WORKER(in_aio)
WORKER(in_thrd)

static void by_timer(union sigval unused) { (void)unused; in_timer(); sem_post(&done); }
static void by_queue(union sigval unused) { (void)unused; in_queue(); sem_post(&done); }
static void by_aio(union sigval unused) { (void)unused; in_aio(); sem_post(&done); }
static int by_thrd(void *unused) { (void)unused; in_thrd(); return 5; }

static void await(void)
{
	while (sem_wait(&done))
		;
}

int main(void)
{
	struct sigevent tell = {.sigev_notify = SIGEV_THREAD, .sigev_notify_function = by_timer};
	struct itimerspec soon = {.it_value.tv_nsec = 1000000};
	timer_t timer;
	char text[8] = "";
	sem_init(&done, 0, 0);
	if (timer_create(CLOCK_MONOTONIC, &tell, &timer) || timer_settime(timer, 0, &soon, NULL))
		return 1;
	await();

	char name[32];
	snprintf(name, sizeof name, "/hp-makers-%d", (int)getpid());
	struct mq_attr small = {.mq_maxmsg = 1, .mq_msgsize = 8};
	mqd_t queue = mq_open(name, O_RDWR | O_CREAT, 0600, &small);
	tell.sigev_notify_function = by_queue;
	int queues = queue != (mqd_t)-1 && !mq_notify(queue, &tell) && !mq_send(queue, text, 8, 0);
	if (queues)
		await();
	mq_unlink(name);

	struct aiocb read = {.aio_fildes = open("/dev/zero", O_RDONLY), .aio_buf = text, .aio_nbytes = 8, .aio_sigevent = tell};
	read.aio_sigevent.sigev_notify_function = by_aio;
	if (aio_read(&read))
		return 1;
	await();

	thrd_t thread;
	int result = 0;
	thrd_create(&thread, by_thrd, NULL);
	thrd_join(thread, &result);
	tally("timers", 1);
	tally("queues", queues);
	tally("aio", 1);
	tally("thrd", result == 5);
}
