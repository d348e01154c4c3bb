/* Memory of every sort, of known size, touched in part; tells what /proc/self/smaps says of it, then stays as it is for a while. */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { MIB = 1 << 20, BLOCKS = 16384, BLOCK = 990 };

static char *blocks[BLOCKS];
static pthread_barrier_t deep;

static char *touched(char *p, size_t bytes)
{
	for (size_t i = 0; i < bytes; i += 4096)
		((volatile char *)p)[i] = 1;
	return p;
}

static void *use_stack(void *unused)
{
	char room[3 * MIB];
	touched(room, sizeof room);
	pthread_barrier_wait(&deep);
	pause();
	return unused;
}

static char *map_file(void)
{
	char name[] = "rss_parts.XXXXXX", page[4096];
	int fd = mkstemp(name);
	memset(page, 1, sizeof page);
	for (int i = 0; i < 8 * MIB / 4096; i++)
		if (write(fd, page, sizeof page) != sizeof page)
			exit(3);
	char *p = mmap(NULL, 8 * MIB, PROT_READ, MAP_SHARED, fd, 0);
	volatile char sum = 0;
	for (int i = 0; i < 8 * MIB; i += 4096)
		sum += p[i];
	unlink(name);
	close(fd);
	return p;
}

/* Every other one is freed: its room stays with the allocator, resident. */
static void fill_heap(void)
{
	for (int i = 0; i < BLOCKS; i++)
		blocks[i] = memset(malloc(BLOCK), 1, BLOCK);
	for (int i = 0; i < BLOCKS; i += 2)
		free(blocks[i]);
}

/* KiB of the mapping that an address is in (NULL: of all), as the kernel says. */
static long resident(const void *at)
{
	FILE *f = fopen("/proc/self/smaps", "re");
	unsigned long lo = 0, hi = 0;
	long sum = 0, kib;
	char line[1024];
	while (f && fgets(line, sizeof line, f)) {
		sscanf(line, "%lx-%lx", &lo, &hi);
		if (sscanf(line, "Rss: %ld", &kib) == 1 && (!at || ((unsigned long)at >= lo && (unsigned long)at < hi)))
			sum += kib;
	}
	if (f)
		fclose(f);
	return sum;
}

int main(void)
{
	pthread_t thread;
	pthread_barrier_init(&deep, NULL, 2);
	pthread_create(&thread, NULL, use_stack, NULL);
	pthread_barrier_wait(&deep);
	char *own = touched(mmap(NULL, 24 * MIB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), 12 * MIB);
	char *shared = touched(mmap(NULL, 2 * MIB, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0), 2 * MIB);
	char *file = map_file();
	fill_heap();
	char *large = touched(malloc(20 * MIB), 10 * MIB);
	printf("heap_kib %ld\nall_kib %ld\n", resident(blocks[1]), resident(NULL));
	fflush(stdout);
	usleep(1500000);
	return !own + !shared + !file + !large;
}
