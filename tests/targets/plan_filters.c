/* A pipeline of four processes with pipes between them, of which the third has the planted delay for each item. */
#include <sys/wait.h>

#include "plan.h"

enum { STAGES = 4, ITEMS = 10 };
static int between[STAGES - 1][2];

static void close_all_but(int in, int out)
{
	for (int i = 0; i < STAGES - 1; i++)
		for (int end = 0; end < 2; end++)
			if (between[i][end] != in && between[i][end] != out)
				close(between[i][end]);
}

static void filter(int me)
{
	int in = me > 0 ? between[me - 1][0] : -1, out = me < STAGES - 1 ? between[me][1] : -1;
	char item = 'x';
	close_all_but(in, out);
	for (int i = 0; i < ITEMS; i++) {
		if (in >= 0 && read(in, &item, 1) != 1)
			_exit(1);
		ordinary(8000);
		if (me == 2)
			planted();
		if (out >= 0 && write(out, &item, 1) != 1)
			_exit(1);
	}
	_exit(0);
}

int main(int argc, char **argv)
{
	int failed = 0, status;
	plan_begin(argc, argv, 16000);
	for (int i = 0; i < STAGES - 1; i++)
		failed |= pipe(between[i]);
	for (int i = 0; i < STAGES; i++)
		if (fork() == 0)
			filter(i);
	close_all_but(-1, -1);
	while (wait(&status) > 0)
		failed |= status;
	plan_end();
	return failed != 0;
}
