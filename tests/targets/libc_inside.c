/* flags: -fno-builtin */
/* Calls that libc answers by calls of its own, which it does not make through its own front door. */
#include <sys/wait.h>
#include <threads.h>

#include "tally.h"

int main(void)
{
	char text[16];
	FILE *f = fopen("/dev/zero", "r");
	setvbuf(f, NULL, _IONBF, 0);
	for (int i = 0; i < 10; i++)
		tally("fread", (long)fread(text, 1, sizeof text, f));
	fclose(f);
	for (int i = 0; i < 3; i++) {
		void *volatile big = malloc(4 << 20);  /* of an mmap */
		free(big);
	}
	tally("system", WEXITSTATUS(system("exit 3")));
	mtx_t lock;
	mtx_init(&lock, mtx_plain);
	for (int i = 0; i < 20; i++)
		mtx_lock(&lock), mtx_unlock(&lock);
}
