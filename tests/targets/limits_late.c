/* Takes its limits away while it allocates: limits_late ALLOCS. */
#include <sys/resource.h>

#include "tally.h"

static const __rlimit_resource_t kinds[] = { RLIMIT_FSIZE, RLIMIT_NOFILE, RLIMIT_MEMLOCK, RLIMIT_NPROC, RLIMIT_CORE };
enum { KINDS = sizeof kinds / sizeof *kinds };
static void *volatile kept;

int main(int argc, char **argv)
{
	long allocs = number_at(argc, argv, 1, 1000);
	struct rlimit before[KINDS];
	for (unsigned i = 0; i < KINDS; i++) {
		if (getrlimit(kinds[i], &before[i]) || setrlimit(kinds[i], &(struct rlimit){ 0, before[i].rlim_max }))
			return 1;
	}
	for (long i = 0; i < allocs; i++) {
		kept = malloc(24);
		free(kept);
	}
	for (unsigned i = 0; i < KINDS; i++)
		setrlimit(kinds[i], &before[i]);
	tally("allocs", allocs);
	return 0;
}
