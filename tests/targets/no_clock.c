/* Forbids itself the time stamp counter, and goes on. Status 2: not possible here. */
#include <pthread.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void *thread(void *arg) { return arg; }

int main(void)
{
	void *p = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (prctl(PR_SET_TSC, PR_TSC_SIGSEGV, 0, 0, 0))
		return 2;
	pthread_t t;
	int status = -1;
	pid_t child = fork();
	if (!child)
		_exit(7);
	if (munmap(p, 4096) || waitpid(child, &status, 0) != child || !WIFEXITED(status) || WEXITSTATUS(status) != 7)
		return 1;
	return pthread_create(&t, NULL, thread, NULL) || pthread_join(t, NULL);
}
