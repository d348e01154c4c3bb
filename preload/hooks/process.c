/*
 * process.c - processes: exec, end, names, sandboxes. The hooks only note what happens; an exec is seen by what does not follow
 * the attempt, an end by the lock that dies with the mapping.
 */
#include "call.h"
#include "meta.h"
#include "real.h"
#include "state.h"
#include "sys.h"
#include "unwind/probe.h"
#include <linux/seccomp.h>

enum { PATH_KEPT = 1024 };

/* Is the caller the child of a vfork? In a sandbox nobody may be asked; the flag is at least set in the child. */
static int in_parents_memory(const struct hp_thread *t)
{
	return hp_sandboxed ? hp_tls.vforked : t->pid != (uint32_t)hp_sys0(SYS_getpid);
}

/* The bytes of a path that are kept. The kernel has not seen the pointer yet: it may be bad, and that is not ours to find. */
static size_t path_length(const char *path)
{
	size_t n = 0;
	for (; path && n < PATH_KEPT; n++) {
		if ((!n || !((uintptr_t)(path + n) & 4095)) && !hp_readable((uintptr_t)(path + n) & ~(uintptr_t)7))
			break;
		if (!path[n])
			break;
	}
	return n;
}

/* Also called from assembler, in front of execl and its kin. */
int hp_note_exec(const char *path, struct hp_caller caller)
{
	struct hp_thread *t = hp_known();
	if (!t && hp_state.header && !hp_live->alive)
		t = hp_enter(HP_ALL_KINDS);  /* a forked child whose first event this is becomes known by it */
	if (!t || in_parents_memory(t))
		return 0;
	size_t n = path_length(path);
	hp_stdio_flush(t);
	uint32_t stack = hp_stack_id(t, caller);
	uint64_t now = hp_ticks();
	unsigned words = (unsigned)(sizeof(struct hp_r_exec) + n + 3) / 4;
	struct hp_r_exec *r = (void *)hp_open(t, now, HP_R_EXEC, words);
	r->t32 = (uint32_t)now;
	r->stack = stack;
	r->path_bytes = (uint32_t)n;
	memcpy(r + 1, path, n);
	hp_commit(&r->w, hp_word(HP_R_EXEC, 0, words));
	return 1;
}

static int exec_failed(int r)
{
	struct hp_thread *t = hp_known();
	if (!t || in_parents_memory(t))
		return r;
	uint64_t now = hp_ticks();
	uint32_t *to = hp_open(t, now, HP_R_EXEC_FAILED, 2);
	to[1] = (uint32_t)now;
	hp_commit(to, hp_word(HP_R_EXEC_FAILED, 0, (unsigned)errno));
	return r;
}

HP_EXPORT int execve(const char *path, char *const argv[], char *const envp[])
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return (int)hp_sys3(SYS_execve, path, argv, envp);
	hp_note_exec(path, HP_CALLER());
	return exec_failed(hp_real.execve(path, argv, envp));
}

HP_EXPORT int execv(const char *path, char *const argv[])
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return -1;
	hp_note_exec(path, HP_CALLER());
	return exec_failed(hp_real.execv(path, argv));
}

HP_EXPORT int execvp(const char *file, char *const argv[])
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return -1;
	hp_note_exec(file, HP_CALLER());
	return exec_failed(hp_real.execvp(file, argv));
}

HP_EXPORT int execvpe(const char *file, char *const argv[], char *const envp[])
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return -1;
	hp_note_exec(file, HP_CALLER());
	return exec_failed(hp_real.execvpe(file, argv, envp));
}

HP_EXPORT int fexecve(int fd, char *const argv[], char *const envp[])
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return -1;
	hp_note_exec(argv && hp_readable((uintptr_t)argv) ? argv[0] : NULL, HP_CALLER());
	return exec_failed(hp_real.fexecve(fd, argv, envp));
}

HP_EXPORT int execveat(int dir, const char *path, char *const argv[], char *const envp[], int flags)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return -1;
	hp_note_exec(path, HP_CALLER());
	return exec_failed(hp_real.execveat(dir, path, argv, envp, flags));
}

/* ---- the end; on_exit has seen exit() and a return from main ---- */

HP_EXPORT void _exit(int status)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		hp_sys1(SYS_exit_group, status);
	hp_process_end(HP_END_RAW_EXIT, status);
	hp_real._exit(status);
	__builtin_unreachable();
}

HP_EXPORT void _Exit(int status)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		hp_sys1(SYS_exit_group, status);
	hp_process_end(HP_END_RAW_EXIT, status);
	hp_real._Exit(status);
	__builtin_unreachable();
}

HP_EXPORT void quick_exit(int status)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		hp_sys1(SYS_exit_group, status);
	hp_process_end(HP_END_QUICK_EXIT, status);
	hp_real.quick_exit(status);
	__builtin_unreachable();
}

HP_EXPORT void abort(void)
{
	if (!HP_UNLIKELY(!hp_ready) || hp_start_early())
		hp_process_end(HP_END_ABORT, 128 + SIGABRT);
	hp_real.abort();
	__builtin_unreachable();
}

/* ---- sandboxes, names, libraries ---- */

HP_EXPORT int prctl(int option, ...)
{
	va_list va;
	va_start(va, option);
	unsigned long a = va_arg(va, unsigned long), b = va_arg(va, unsigned long);
	unsigned long c = va_arg(va, unsigned long), d = va_arg(va, unsigned long);
	va_end(va);
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return (int)hp_syscall6(SYS_prctl, option, (long)a, (long)b, (long)c, (long)d, 0);
	/* A filter of NULL only asks whether the kernel has filters. */
	if ((option == PR_SET_SECCOMP && (a == SECCOMP_MODE_STRICT || b)) || option == PR_SET_NO_NEW_PRIVS)
		hp_note_sandbox(option == PR_SET_SECCOMP && a == SECCOMP_MODE_STRICT,
		                option == PR_SET_SECCOMP && a == SECCOMP_MODE_FILTER ? (const void *)b : NULL);
	if (option == PR_SET_TSC && a == PR_TSC_SIGSEGV) {
		hp_off();  /* this thread and all that it makes: there is no clock for them */
		hp_clock_forbid(hp_state.rate);
	}
	int r = hp_real.prctl(option, a, b, c, d);
	struct hp_thread *t = option == PR_SET_NAME && !r ? hp_enter(HP_THREAD) : NULL;
	if (t)
		hp_meta_name(t, t->pthread, (const char *)a);
	return r;
}

HP_EXPORT int dlclose(void *handle)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return 0;
	struct hp_thread *t = hp_enter(HP_ALL_KINDS);
	int watched = t && t != &hp_late;
	if (watched)
		hp_modules_closing(handle);
	int r = hp_real.dlclose(handle);
	if (watched)
		hp_modules_closed(hp_enter(HP_ALL_KINDS));
	return r;
}
