/* A journal that is synced after each entry; the disk is as slow as the library slow_disk makes it: plan_journal DELAY_US. */
#include <fcntl.h>

#include "plan.h"

enum { ENTRIES = 10 };

int main(int argc, char **argv)
{
	int failed = 0, journal = open("journal", O_WRONLY | O_CREAT | O_APPEND, 0600);
	plan_begin(argc, argv, 20000);
	setenv("SLOW_DISK_US", word_at(argc, argv, 1, "20000"), 1);
	for (int i = 0; i < ENTRIES; i++) {
		ordinary(15000);
		failed |= write(journal, "entry\n", 6) != 6;
		failed |= fsync(journal);
	}
	plan_end();
	return failed;
}
