/*
 * file.c - the dump file and its mapping.
 *
 * The descriptor lives for a few system calls. What stays is a MAP_SHARED mapping of one window of the file, PROT_NONE
 * until it is used (mlockall and core dumps pass over it), and further windows are got from the last page of the one
 * before by mremap(old, 0, n), which needs no descriptor (mremap(2): old_size 0 on a shared mapping).
 */
#include "handover.h"
#include "limits.h"
#include "state.h"
#include "sys.h"
#include <asm/mman.h>
#include <errno.h>
#include <time.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <linux/futex.h>
#include <linux/magic.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/statfs.h>

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif
#ifndef F_OFD_SETLK
#define F_OFD_SETLK 37
#endif
enum { COMMIT_STEP = 32 * HP_CHUNK_BYTES, DROP_STEP = 64, BATCH = 4 * 4096, UNWARNED = 255 << 20 };

static int failed(long r) { return r < 0 && r > -4096; }

/*
 * Makes the kernel write to a page: it reports what would be SIGBUS for us. In a sandbox the time, then zeros: the page must
 * be ours alone. Else a word is or-ed with 0 in one go, which does no harm to those who are storing there.
 */
static long write_page(uintptr_t p)
{
	static const uint64_t zeros[2];
	if (hp_sandbox_closed)
		return -EPERM;
	if (!hp_sandboxed)
		return hp_sys6(SYS_futex, p, FUTEX_WAKE_OP | FUTEX_PRIVATE_FLAG, 0, 0, p, FUTEX_OP(FUTEX_OP_OR, 0, FUTEX_OP_CMP_EQ, 0));
	long r = hp_sys2(SYS_clock_gettime, CLOCK_MONOTONIC, p);
	if (!r)
		memcpy((void *)p, zeros, sizeof zeros);
	return r;
}

int hp_file_commit(char *at, size_t bytes)
{
	uintptr_t first = (uintptr_t)at & ~(uintptr_t)(hp_state.page - 1);
	uintptr_t end = ((uintptr_t)at + bytes + hp_state.page - 1) & ~(uintptr_t)(hp_state.page - 1);
	if (!hp_sandboxed && end - first >= BATCH)
		hp_sys3(SYS_madvise, first, end - first, MADV_WILLNEED);
	long r = hp_sandboxed ? -EINVAL : hp_sys3(SYS_madvise, first, end - first, MADV_POPULATE_WRITE);
	if (r != -EINVAL && r != -EPERM)
		return (int)r;
	/* Before Linux 5.14, or sandboxed. The first page may be shared with the committed part before. */
	for (uintptr_t p = first < (uintptr_t)at ? first + hp_state.page : first; p < end; p += hp_state.page) {
		r = write_page(p);
		if (r < 0)
			return (int)r;
	}
	return 0;
}

/* Makes the window's first `bytes` bytes accessible. Ranges only grow, so several threads may do the same. */
static int make_writable(uint32_t w, uint64_t bytes)
{
	uint64_t have = HP_LOAD(&hp_state.committed[w]);
	if (bytes <= have)
		return 0;
	bytes = (bytes + COMMIT_STEP - 1) & ~(uint64_t)(COMMIT_STEP - 1);
	if (bytes > hp_state.window_bytes)
		bytes = hp_state.window_bytes;
	if (hp_sandbox_closed)
		return -EPERM;
	long r = hp_sys3(SYS_mprotect, HP_LOAD(&hp_state.window[w]) + have, bytes - have, PROT_READ | PROT_WRITE);
	if (r)
		return (int)r;
	while (have < bytes && !__atomic_compare_exchange_n(&hp_state.committed[w], &have, bytes, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
		;
	return 0;
}

/*
 * A fault in a hole would read ahead, as far as the device's setting says: up to 8 MiB and 0.5 ms for a file's first page
 * (ext4, Linux 6.18). Single pages take 2.6 us each, 2.3 where a batch of them is read first (MADV_WILLNEED, at commit).
 * Folios of 2 MiB (MADV_HUGEPAGE, on an aligned mapping) take 1.1 us a page, but up to 40 us in virtual machines that
 * give free memory of that size back to their host.
 * Core dumps would have all of a window, as zeros what was never used: in memory (`record --safe`) always, in
 * files with a coredump_filter for them.
 */
static void advise(char *at, size_t bytes)
{
	hp_sys3(SYS_madvise, at, bytes, MADV_RANDOM);
	hp_sys3(SYS_madvise, at, bytes, MADV_DONTDUMP);
}

/*
 * Free addresses at `at`, or wherever there are some. Windows lie at rising addresses: code that a signal handler has
 * interrupted between its reading of a limit and its reservation, in a chunk that the handler has turned to and filled,
 * could take the former chunk's limit for this one's end if it were higher.
 */
static long find_room(char *at, uint64_t bytes)
{
	return hp_sys6(SYS_mmap, at, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
}

/* The next window starts in the last page of this one: that page is mapped twice. */
static int add_window(uint32_t w)
{
	char *before = HP_LOAD(&hp_state.window[w - 1]);
	if (hp_sandboxed)
		return -EPERM;
	char *end = before + hp_state.window_bytes;
	uint64_t bytes = hp_state.page + hp_state.window_bytes;
	long p = find_room(end, bytes);
	if (failed(p))
		return (int)p;
	long r = hp_sys6(SYS_mremap, end - hp_state.page, 0, bytes, MREMAP_MAYMOVE | MREMAP_FIXED, p, 0);
	if (failed(r)) {
		hp_sys2(SYS_munmap, p, bytes);
		return (int)r;
	}
	/* It has the protection of that page: writable by now, as the chunk there is in use. */
	hp_sys3(SYS_mprotect, p, bytes, PROT_NONE);
	advise((char *)p, bytes);
	char *none = NULL;
	if (!__atomic_compare_exchange_n(&hp_state.window[w], &none, (char *)p + hp_state.page, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
		hp_sys2(SYS_munmap, p, bytes);
	return 0;
}

char *hp_file_chunk(uint32_t index)
{
	uint64_t offset = (uint64_t)index * HP_CHUNK_BYTES;
	uint32_t w = (uint32_t)(offset / hp_state.window_bytes);
	if (w >= HP_WINDOWS_MAX)
		return NULL;
	uint32_t known = w;
	while (!HP_LOAD(&hp_state.window[known]))
		known--;
	for (; known < w; known++)
		if (add_window(known + 1))
			return NULL;
	offset -= w * hp_state.window_bytes;
	if (make_writable(w, offset + HP_CHUNK_BYTES))
		return NULL;
	return HP_LOAD(&hp_state.window[w]) + offset;
}

void hp_file_reserve(void)
{
	uint32_t used = (uint32_t)((uint64_t)HP_RELAXED(&hp_state.header->next_chunk) * HP_CHUNK_BYTES / hp_state.window_bytes);
	if (used + 1 < HP_WINDOWS_MAX && ((uint64_t)used + 2) * hp_state.window_bytes <= hp_state.header->file_bytes)
		hp_file_chunk((uint32_t)((used + 1) * (hp_state.window_bytes / HP_CHUNK_BYTES)));
}

void hp_file_release(uint32_t index)
{
	if (index % DROP_STEP || index < 2 * DROP_STEP || hp_sandboxed)
		return;
	uint32_t per_window = (uint32_t)(hp_state.window_bytes / HP_CHUNK_BYTES);
	uint32_t run = per_window < DROP_STEP ? per_window : DROP_STEP;
	for (uint32_t i = index - 2 * DROP_STEP; i < index - DROP_STEP; i += run) {
		char *window = HP_LOAD(&hp_state.window[i / per_window]);
		if (window)
			hp_sys3(SYS_madvise, window + (uint64_t)(i % per_window) * HP_CHUNK_BYTES, run * HP_CHUNK_BYTES, MADV_DONTNEED);
	}
}

/* ---- creation ---- */

char hp_file_path[HP_PATH_BYTES];  /* one thread at a time: the constructor, or a forked child's hp_live->opening */

static long open_new(char *path)
{
	if (hp_config.keeper[0])
		return hp_file_name(path, HP_PATH_BYTES, 0) ? -ENAMETOOLONG : hp_handover_create();
	long fd = -ENAMETOOLONG;
	for (unsigned n = 0; n < 1000; n++) {
		if (hp_file_name(path, HP_PATH_BYTES, n))
			return -ENAMETOOLONG;
		fd = hp_sys4(SYS_openat, AT_FDCWD, path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
		if (fd != -EEXIST)
			break;
	}
	return fd;
}

/*
 * A forked child leaves its parent's dump. Its old addresses stay valid, as private memory: a record may be half-written
 * in an interrupted hook, and an unmapped page would kill the program. The file itself is let go, and with it the lock; a
 * reader of it alone is told that there is more elsewhere.
 */
static void retire_windows(void)
{
	if (hp_live->owner_flags)
		HP_STORE(hp_live->owner_flags, HP_OWNER_FORKED | HP_OWNER_MOVED);
	hp_live->owner_flags = NULL;
	for (unsigned i = 0; i < HP_WINDOWS_MAX; i++) {
		if (hp_state.window[i])
			hp_sys6(SYS_mmap, hp_state.window[i] - (i ? hp_state.page : 0), hp_state.window_bytes + (i ? hp_state.page : 0),
				PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
		hp_state.window[i] = NULL, hp_state.committed[i] = 0;
	}
}

/* Where the first window goes: with room for all of them above it, or 0, anywhere. valgrind warns of ranges of 256 MiB. */
static long first_address(uint64_t window, uint64_t bytes)
{
	uint64_t all = bytes + (bytes / window + 1) * hp_state.page;
	if (all > UNWARNED && hp_valgrind(HP_VALGRIND_THERE, 0))
		all = UNWARNED;
	long r = find_room(NULL, all);
	if (failed(r))
		return 0;
	hp_sys2(SYS_munmap, r, all);
	return r;
}

/*
 * btrfs writes a page that is stored to again, after it was written back, to a new place, and where there is none, it is a SIGBUS. Not so
 * in a file that is told so while it is empty.
 */
static void write_in_place(long fd)
{
	struct statfs fs;
	int flags = FS_NOCOW_FL;
	if (!hp_sys2(SYS_fstatfs, fd, &fs) && fs.f_type == BTRFS_SUPER_MAGIC)
		hp_sys3(SYS_ioctl, fd, FS_IOC_SETFLAGS, &flags);
}

/*
 * Readers tell by it that the process lives. The mapping keeps the open file, and with it the lock. By fcntl: a filter that a program is
 * executed under allows that rather than flock, which is all that there is before Linux 3.15.
 */
static long lock(long fd)
{
	const struct flock whole = { .l_type = F_RDLCK };
	long r = hp_sys3(SYS_fcntl, fd, F_OFD_SETLK, &whole);
	return r ? hp_sys2(SYS_flock, fd, LOCK_SH | LOCK_NB) : 0;
}

static int map_file(long fd, uint64_t bytes)
{
	uint64_t window = hp_window_size(bytes);
	uint64_t most = window * HP_WINDOWS_MAX, address_space = hp_limit_of(RLIMIT_AS);
	if (address_space != UINT64_MAX && most > address_space / 16)
		most = address_space / 16;
	if (most < window)
		most = window;
	if (bytes > most)
		bytes = most;
	write_in_place(fd);
	long r = hp_sys2(SYS_ftruncate, fd, bytes);
	if (!r)
		r = lock(fd);
	if (!r && hp_config.keeper[0])
		r = hp_handover(fd, hp_file_path);
	if (r)
		return (int)r;
	r = hp_sys6(SYS_mmap, first_address(window, bytes), window, PROT_NONE, MAP_SHARED, fd, 0);
	if (failed(r))
		return (int)r;
	char *base = (char *)r;
	advise(base, window);
	r = hp_sys3(SYS_mprotect, base, HP_CHUNK_BYTES, PROT_READ | PROT_WRITE);
	if (!r)
		r = hp_file_commit(base, sizeof(struct hp_header) + HP_SLOTS_OFFSET);
	if (r) {
		hp_sys2(SYS_munmap, base, window);
		return (int)r;
	}
	retire_windows();
	hp_state.window_bytes = window;
	hp_state.committed[0] = HP_CHUNK_BYTES;
	hp_state.window[0] = base;
	hp_state.chunks_max = (uint32_t)(bytes / HP_CHUNK_BYTES);
	hp_state.header = (struct hp_header *)base;
	hp_state.header->file_bytes = bytes;
	return 0;
}

int hp_file_create(void)
{
	char *path = hp_file_path;
	long fd = open_new(path);
	if (fd < 0)
		return (int)fd;
	uint64_t bytes = hp_file_limit(fd);
	int r = bytes < 4 * HP_CHUNK_BYTES ? -EFBIG : map_file(fd, bytes);
	hp_sys1(SYS_close, fd);
	if (r && !hp_config.keeper[0])
		hp_sys3(SYS_unlinkat, AT_FDCWD, path, 0);
	return r;
}
