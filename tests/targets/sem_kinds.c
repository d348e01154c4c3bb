/* Semaphores in all the ways of waiting: named and not, tried, timed, and by a clock. */
#include <errno.h>
#include <fcntl.h>
#include <semaphore.h>
#include <time.h>
#include <unistd.h>

#include "tally.h"

sem_t local_sem;

int main(void)
{
	struct timespec past = {0}, future = {.tv_sec = time(NULL) + 1000};
	int taken = 0, refused = 0, late = 0;
	sem_init(&local_sem, 0, 3);
	taken += sem_trywait(&local_sem) == 0;
	taken += sem_timedwait(&local_sem, &future) == 0;
	taken += sem_clockwait(&local_sem, CLOCK_REALTIME, &future) == 0;
	errno = 0;
	refused += sem_trywait(&local_sem) == -1 && errno == EAGAIN;
	late += sem_timedwait(&local_sem, &past) == -1 && errno == ETIMEDOUT;
	sem_post(&local_sem);
	sem_destroy(&local_sem);

	char name[64];
	snprintf(name, sizeof name, "/hp-sem-kinds-%d", getpid());
	sem_t *named = sem_open(name, O_CREAT | O_EXCL, 0600, 1);
	if (named == SEM_FAILED)
		return 1;
	sem_unlink(name);
	sem_wait(named);
	sem_close(named);
	tally("taken", taken);
	tally("refused", refused);
	tally("late", late);
}
