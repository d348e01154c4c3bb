/* A client that asks another process by one FIFO, and gets the answer by another one, after the planted delay. */
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "plan.h"

enum { QUESTIONS = 8 };

static void serve(void)
{
	char question;
	int in = open("questions", O_RDONLY), out = open("answers", O_WRONLY);
	while (read(in, &question, 1) == 1) {
		planted();
		if (write(out, &question, 1) != 1)
			_exit(1);
	}
	_exit(0);
}

static int ask(void)
{
	int failed = 0, out = open("questions", O_WRONLY), in = open("answers", O_RDONLY);
	char answer;
	for (int i = 0; i < QUESTIONS; i++) {
		ordinary(15000);
		failed |= write(out, "?", 1) != 1;
		failed |= read(in, &answer, 1) != 1;
	}
	close(out);
	return failed;
}

int main(int argc, char **argv)
{
	int failed = mkfifo("questions", 0600) | mkfifo("answers", 0600), status;
	plan_begin(argc, argv, 20000);
	if (fork() == 0)
		serve();
	failed |= ask();
	failed |= wait(&status) < 0 || status;
	plan_end();
	return failed;
}
