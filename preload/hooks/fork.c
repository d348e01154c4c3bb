/*
 * fork.c - children: fork and its like, and posix_spawn. A copy of the process is seen by wiped memory, whoever made it; what is
 * noted here is when, and from where.
 */
#include "call.h"
#include "real.h"
#include "state.h"

/*
 * A fork's record has its place before the call, or a signal handler that interrupts the call would put the record behind its
 * own, later ones. What is given up from `before` on, and what other threads get until the call returns, the child may have.
 */
static struct hp_r_fork *begin_fork(uint64_t before, struct hp_caller caller)
{
	struct hp_thread *t = hp_enter(HP_THREAD);
	if (!t)
		return NULL;
	uint32_t stack = hp_stack_id(t, caller);
	struct hp_r_fork *r = (void *)hp_open(t, before, HP_R_FORK, sizeof *r / 4);
	r->t32 = (uint32_t)before;
	r->stack = stack;
	return r;
}

/* The child leaves the record to its parent. One of zeros means nothing. */
static pid_t end_fork(struct hp_r_fork *r, uint64_t before, pid_t pid)
{
	if (!r || !pid)
		return pid;
	if (pid > 0) {
		r->pid = pid;
		hp_commit(&r->w, hp_fork_word(HP_R_FORK, hp_ticks() - before));
	} else {
		r->t32 = r->stack = 0;
		hp_commit(&r->w, 0);
	}
	return pid;
}

HP_EXPORT pid_t fork(void)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return -1;
	uint64_t before = hp_ticks();
	struct hp_r_fork *r = begin_fork(before, HP_CALLER());
	struct hp_thread *t = hp_fork_begins();
	return end_fork(r, before, (pid_t)hp_fork_over(t, hp_real.fork()));
}

HP_EXPORT pid_t _Fork(void)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return -1;
	uint64_t before = hp_ticks();
	struct hp_r_fork *r = begin_fork(before, HP_CALLER());
	struct hp_thread *t = hp_fork_begins();
	return end_fork(r, before, (pid_t)hp_fork_over(t, hp_real._Fork()));
}

/* Its fork is libc's own. Without the time of it, what the parent frees before the child's first event would be lost for the child. */
HP_EXPORT int forkpty(int *master, char *name, const struct termios *terminal, const struct winsize *size)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return -1;
	uint64_t before = hp_ticks();
	struct hp_r_fork *r = begin_fork(before, HP_CALLER());
	struct hp_thread *t = hp_fork_begins();
	return end_fork(r, before, (pid_t)hp_fork_over(t, hp_real.forkpty(master, name, terminal, size)));
}

/* ---- posix_spawn: before 2.15 it ran scripts without an interpreter line through the shell ---- */

#define SPAWN_PARAMETERS pid_t *restrict pid, const char *restrict path, const posix_spawn_file_actions_t *restrict actions, \
	const posix_spawnattr_t *restrict attr, char *const argv[restrict], char *const envp[restrict]

static int spawned(int r, const pid_t *pid, uint64_t before, struct hp_caller caller)
{
	if (r == 0 && pid)
		end_fork(begin_fork(before, caller), before, *pid);
	return r;
}

#if defined(__x86_64__)
__asm__(".symver hp_posix_spawn_new, posix_spawn@@GLIBC_2.15, remove");
__asm__(".symver hp_posix_spawn_old, posix_spawn@GLIBC_2.2.5, remove");
__asm__(".symver hp_posix_spawnp_new, posix_spawnp@@GLIBC_2.15, remove");
__asm__(".symver hp_posix_spawnp_old, posix_spawnp@GLIBC_2.2.5, remove");
HP_EXPORT int hp_posix_spawn_new(SPAWN_PARAMETERS);
HP_EXPORT int hp_posix_spawn_old(SPAWN_PARAMETERS);
HP_EXPORT int hp_posix_spawnp_new(SPAWN_PARAMETERS);
HP_EXPORT int hp_posix_spawnp_old(SPAWN_PARAMETERS);

int hp_posix_spawn_new(SPAWN_PARAMETERS)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return ENOSYS;
	uint64_t before = hp_ticks();
	return spawned(hp_real.posix_spawn_new(pid, path, actions, attr, argv, envp), pid, before, HP_CALLER());
}

int hp_posix_spawn_old(SPAWN_PARAMETERS)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return ENOSYS;
	uint64_t before = hp_ticks();
	return spawned(hp_real.posix_spawn_old(pid, path, actions, attr, argv, envp), pid, before, HP_CALLER());
}

int hp_posix_spawnp_new(SPAWN_PARAMETERS)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return ENOSYS;
	uint64_t before = hp_ticks();
	return spawned(hp_real.posix_spawnp_new(pid, path, actions, attr, argv, envp), pid, before, HP_CALLER());
}

int hp_posix_spawnp_old(SPAWN_PARAMETERS)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return ENOSYS;
	uint64_t before = hp_ticks();
	return spawned(hp_real.posix_spawnp_old(pid, path, actions, attr, argv, envp), pid, before, HP_CALLER());
}
#else
HP_EXPORT int posix_spawn(SPAWN_PARAMETERS)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return ENOSYS;
	uint64_t before = hp_ticks();
	return spawned(hp_real.posix_spawn(pid, path, actions, attr, argv, envp), pid, before, HP_CALLER());
}

HP_EXPORT int posix_spawnp(SPAWN_PARAMETERS)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return ENOSYS;
	uint64_t before = hp_ticks();
	return spawned(hp_real.posix_spawnp(pid, path, actions, attr, argv, envp), pid, before, HP_CALLER());
}
#endif
