/*
 * limits.c - see limits.h.
 */
#include "limits.h"
#include "state.h"
#include "sys.h"
#include <sys/resource.h>
#include <sys/statfs.h>
#include <sys/sysinfo.h>

#define MIB (1ull << 20)

uint64_t hp_limit_of(int resource)
{
	uint64_t two[2];
	if (hp_sys4(SYS_prlimit64, 0, resource, 0, two))
		return UINT64_MAX;
	return two[0];
}

/* Half of what is free; of memory, where a file system (ramfs, a memory file) knows no size, a quarter of all. */
static uint64_t fair_share(long fd)
{
	struct statfs fs;
	struct sysinfo memory;
	if (!hp_sys2(SYS_fstatfs, fd, &fs) && fs.f_blocks)
		return (uint64_t)fs.f_bavail * (uint64_t)fs.f_bsize / 2;
	return hp_sys1(SYS_sysinfo, &memory) ? UINT64_MAX : (uint64_t)memory.totalram * memory.mem_unit / 4;
}

uint64_t hp_file_limit(long fd)
{
	uint64_t limit = hp_config.max_bytes, fsize = hp_limit_of(RLIMIT_FSIZE);
	if (!limit) {
		limit = 16ull << 30;
		uint64_t share = fair_share(fd);
		if (limit > share)
			limit = share;
	}
	if (limit > fsize)
		limit = fsize;
	return limit & ~(uint64_t)(HP_CHUNK_BYTES - 1);
}

uint64_t hp_window_size(uint64_t file_bytes)
{
	uint64_t window = 64 * MIB, address_space = hp_limit_of(RLIMIT_AS);
	while (window > 16 * HP_CHUNK_BYTES && (window > address_space / 16 || window / 2 >= file_bytes))
		window /= 2;
	return window;
}
