/* flags: -O1 -D_FORTIFY_SOURCE=2 */
/* stdio, and the names that fortified programs really call: stdio_calls FILE. */
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "tally.h"

int main(int argc, char **argv)
{
	const char *path = word_at(argc, argv, 1, "stdio_calls.data");
	char text[256], *line = NULL;
	size_t room = 0, got = 0;
	volatile size_t unknown = sizeof text - 1;  /* a size that only the fortified form can check */
	FILE *f = fopen(path, "w+");
	for (int i = 0; i < 100; i++)
		got += fwrite("0123456789", 1, 10, f);
	fputs("a line\n", f);
	fprintf(f, "%d %s\n", 42, "things");
	for (int i = 0; i < 50; i++)
		putc('x', f);
	fflush(f);
	fseek(f, 0, SEEK_SET);
	got += fread(text, 1, unknown, f);
	while (fgets(text, (int)unknown, f))
		got += strlen(text);
	rewind(f);
	while (getline(&line, &room, f) > 0)
		got++;
	free(line);
	fclose(f);

	volatile int flags = O_RDONLY;
	int fd = open(path, flags);
	got += (size_t)read(fd, text, unknown);
	struct pollfd p = {.fd = fd, .events = POLLIN};
	volatile nfds_t one = 1;
	got += (size_t)poll(&p, one, 0);
	close(fd);
	FILE *child = popen("exit 5", "r");
	tally("child", pclose(child) >> 8);
	unlink(path);
	printf("printed %zu\n", got);
	puts("and put");
}
