/* Children on terminals of their own, which free their copies of blocks that their parent has freed since the fork. */
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CHILDREN = 5, BLOCKS = 50 };

static void free_all(void *block[])
{
	for (int i = 0; i < BLOCKS; i++)
		free(block[i]);
}

int main(void)
{
	volatile int *freed = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int good = 0;
	for (int n = 1; n <= CHILDREN; n++) {
		void *block[BLOCKS];
		int terminal, status;
		for (int i = 0; i < BLOCKS; i++)
			block[i] = malloc(100 + (size_t)i);
		pid_t pid = forkpty(&terminal, NULL, NULL, NULL);
		if (pid == 0) {
			while (*freed < n)
				;
			free_all(block);
			_exit(isatty(0) ? 7 : 1);
		}
		free_all(block);
		*freed = n;
		good += pid > 0 && waitpid(pid, &status, 0) == pid && WEXITSTATUS(status) == 7;
		close(terminal);
	}
	printf("good %d\n", good);
	return 0;
}
