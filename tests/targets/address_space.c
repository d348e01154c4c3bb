/* Maps, moves and unmaps known ranges. */
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tally.h"

enum { MIB = 1 << 20 };

int main(void)
{
	char *a = mmap(NULL, 4 * MIB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	a[0] = 1;
	a = mremap(a, 4 * MIB, 8 * MIB, MREMAP_MAYMOVE);
	char *b = mmap(NULL, 2 * MIB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	tally("same", a[0] == 1 && b != a);
	munmap(a, 8 * MIB);
	munmap(b, 2 * MIB);
	char *end = sbrk(0);
	tally("sbrk", sbrk(4096) == end && brk(end) == 0 && sbrk(0) == end);
	tally("peak", 10 * MIB);
}
