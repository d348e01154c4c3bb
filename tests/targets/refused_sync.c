/* A condition wait without its mutex and the destruction of a held mutex: both are refused, and change nothing. */
#include <errno.h>
#include <pthread.h>

#include "tally.h"

static pthread_mutex_t guarded;
static pthread_cond_t never = PTHREAD_COND_INITIALIZER;

int main(void)
{
	pthread_mutexattr_t attr;
	pthread_mutexattr_init(&attr);
	pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_ERRORCHECK);
	pthread_mutex_init(&guarded, &attr);
	pthread_mutex_lock(&guarded);
	pthread_mutex_unlock(&guarded);
	tally("unowned", pthread_cond_wait(&never, &guarded) == EPERM);
	pthread_mutex_lock(&guarded);
	tally("busy", pthread_mutex_destroy(&guarded) == EBUSY);
	pthread_mutex_unlock(&guarded);
	tally("destroyed", pthread_mutex_destroy(&guarded) == 0);
	return 0;
}
