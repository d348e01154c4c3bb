/*
 * Executes a program under a seccomp filter: under_filter HOW PROGRAM ARGUMENT...
 *   kill      that kills for flock
 *   NUMBER    that allows what the loader and a small program call, and so many of the calls that only the recorder makes at its start; it
 *             refuses all others
 */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <errno.h>
#include <unistd.h>

static const int recorders[] = { SYS_ftruncate, SYS_fcntl, SYS_madvise, SYS_gettid };
static const int usual[] = {
	SYS_execve, SYS_openat, SYS_read, SYS_pread64, SYS_write, SYS_writev, SYS_close, SYS_fstat, SYS_newfstatat, SYS_mmap, SYS_mprotect,
	SYS_munmap, SYS_mremap, SYS_brk, SYS_prlimit64, SYS_getrandom, SYS_set_tid_address, SYS_set_robust_list, SYS_exit_group, SYS_rseq,
	SYS_faccessat,
#ifdef __x86_64__
	SYS_access, SYS_arch_prctl,
#endif
};
enum { USUAL = sizeof usual / sizeof *usual, RECORDERS = sizeof recorders / sizeof *recorders };

static struct sock_filter f[2 * (USUAL + RECORDERS) + 2];
static unsigned short n;

static void answer(int number, unsigned action)
{
	f[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)number, 0, 1);
	f[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, action);
}

int main(int argc, char **argv)
{
	int kills = argc > 2 && !strcmp(argv[1], "kill"), more = argc > 2 ? atoi(argv[1]) : 0;
	f[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
	if (kills)
		answer(SYS_flock, SECCOMP_RET_KILL_PROCESS);
	for (int i = 0; i < USUAL && !kills; i++)
		answer(usual[i], SECCOMP_RET_ALLOW);
	for (int i = 0; i < more && i < RECORDERS; i++)
		answer(recorders[i], SECCOMP_RET_ALLOW);
	f[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, kills ? SECCOMP_RET_ALLOW : SECCOMP_RET_ERRNO | EPERM);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &(struct sock_fprog){ n, f }, 0, 0))
		return 126;
	execv(argv[2], argv + 2);
	return 127;
}
