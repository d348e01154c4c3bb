/* child.c - waits for child processes. */
#include "hooks/io.h"

HP_EXPORT pid_t wait(int *status)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_wait_begin(&c, HP_OP_WAIT, (uint64_t)-1, HP_CALLER());
	pid_t r = hp_real.wait(status);
	hp_wait_end(&c, r, hp_errno_of(r));
	return r;
}

HP_EXPORT pid_t waitpid(pid_t pid, int *status, int options)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_wait_begin(&c, HP_OP_WAITPID, (uint64_t)pid, HP_CALLER());
	pid_t r = hp_real.waitpid(pid, status, options);
	hp_wait_end(&c, r, hp_errno_of(r));
	return r;
}

HP_EXPORT pid_t wait3(int *status, int options, struct rusage *usage)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_wait_begin(&c, HP_OP_WAIT3, (uint64_t)-1, HP_CALLER());
	pid_t r = hp_real.wait3(status, options, usage);
	hp_wait_end(&c, r, hp_errno_of(r));
	return r;
}

HP_EXPORT pid_t wait4(pid_t pid, int *status, int options, struct rusage *usage)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_wait_begin(&c, HP_OP_WAIT4, (uint64_t)pid, HP_CALLER());
	pid_t r = hp_real.wait4(pid, status, options, usage);
	hp_wait_end(&c, r, hp_errno_of(r));
	return r;
}

/* Returns 0 for a child; its pid is in *info, where the caller wants to know. */
HP_EXPORT int waitid(idtype_t type, id_t id, siginfo_t *info, int options)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_wait_begin(&c, HP_OP_WAITID, type == P_ALL ? (uint64_t)-1 : id, HP_CALLER());
	int r = hp_real.waitid(type, id, info, options);
	hp_wait_end(&c, r == 0 && info ? info->si_pid : r, hp_errno_of(r));
	return r;
}

HP_EXPORT int system(const char *command)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_wait_begin(&c, HP_OP_SYSTEM, 0, HP_CALLER());
	int status = hp_real.system(command);
	hp_wait_end(&c, status, status == -1 ? hp_errno_of(-1) : 0);
	return status;
}
