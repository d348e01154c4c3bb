/* A program does under hp what it does without: output, exit status, signal, errno, descriptors, and files left behind. */
#include <criterion/criterion.h>
#include <unistd.h>

#include "same.h"

/* Targets whose output is the same in every run. */
Test(same, targets_of_the_heap)
{
	expect_same((struct run_how){0}, ARGV(target("heap_calls"), "50"));
	expect_same((struct run_how){0}, ARGV(target("heap_leaks")));
	expect_same((struct run_how){0}, ARGV(target("heap_peak"), "threads"));
	expect_same((struct run_how){0}, ARGV(target("address_space")));
	expect_same((struct run_how){0}, ARGV(target("cxx")));
	expect_same((struct run_how){0}, ARGV(target("plugin_host"), target("plugin")));
}

Test(same, targets_of_locks_and_threads)
{
	expect_same((struct run_how){0}, ARGV(target("lock_counts"), "4", "100"));
	expect_same((struct run_how){0}, ARGV(target("rwlock_counts"), "4", "100"));
	expect_same((struct run_how){0}, ARGV(target("sem_kinds")));
	expect_same((struct run_how){0}, ARGV(target("cancels")));
	expect_same((struct run_how){0}, ARGV(target("many_threads"), "200"));
	expect_same((struct run_how){0}, ARGV(target("calls"), "10"));
}

Test(same, targets_of_files_and_processes)
{
	expect_same((struct run_how){0}, ARGV(target("io_counts"), "data", "20"));
	expect_same((struct run_how){0}, ARGV(target("stdio_calls"), "data"));
	expect_same((struct run_how){0}, ARGV(target("close_all")));
	for (const char *const *how = ARGV("fork", "raw", "double", "exec", "spawn", "vfork"); *how; how++)
		expect_same((struct run_how){0}, ARGV(target("children"), *how, "3", "50"));
	expect_same((struct run_how){0}, ARGV(target("children"), "system", "0"));
}

Test(same, mutexes_of_every_type_and_state)       { expect_same((struct run_how){0}, ARGV(target("mutex_kinds"))); }
Test(same, the_smallest_stacks)                   { expect_same((struct run_how){0}, ARGV(target("small_stacks"))); }
Test(same, memory_that_is_locked)                 { expect_same((struct run_how){0}, ARGV(target("locked_memory"))); }
Test(same, a_buffer_overflow_is_detected)         { expect_same((struct run_how){0}, ARGV(target("overflow"))); }
Test(same, cancelled_threads_run_their_destructors) { expect_same((struct run_how){0}, ARGV(target("cxx_cancel"))); }
Test(same, a_library_found_by_RUNPATH)            { expect_same((struct run_how){0}, ARGV(target("runpath"))); }
Test(same, all_keys_of_threads_in_use)            { expect_same((struct run_how){0}, ARGV(target("thread_keys"))); }
Test(same, without_the_time_stamp_counter)        { expect_same((struct run_how){0}, ARGV(target("no_clock"))); }
Test(same, exec_with_a_bad_pointer)               { expect_same((struct run_how){0}, ARGV(target("exec_refused"), "pointer")); }
Test(same, exec_in_a_sandbox_without_getpid)      { expect_same((struct run_how){0}, ARGV(target("exec_refused"), "filter")); }
Test(same, fork_in_a_sandbox_without_getpid)      { expect_same((struct run_how){0}, ARGV(target("exec_refused"), "fork")); }
Test(same, in_strict_seccomp)                     { expect_same((struct run_how){0}, ARGV(target("sandbox"), "1000")); }
Test(same, in_strict_seccomp_with_more_events_than_there_is_room_for) { expect_same((struct run_how){0}, ARGV(target("sandbox"), "1000000")); }

/* What a program sees of itself: descriptors, mappings' names aside, environment of its children. */
Test(same, descriptor_numbers)
{
	expect_same((struct run_how){0}, ARGV("ls", "/proc/self/fd"));
	expect_same((struct run_how){0}, ARGV("sh", "-c", "exec 5>&1; ls /proc/self/fd; echo to five >&5"));
	expect_same((struct run_how){0}, ARGV("sh", "-c", "exec 3>a 4>b; echo three >&3; echo four >&4; cat a b"));
}

static void close_output(void) { close(1); }
static void close_input(void)  { close(0); }
static void close_all(void)    { closefrom(0); }

Test(same, with_standard_descriptors_closed)
{
	expect_same((struct run_how){.in_child = close_output}, ARGV("echo", "lost"));
	expect_same((struct run_how){.in_child = close_input}, ARGV("cat"));
	expect_same((struct run_how){.in_child = close_all}, ARGV("sh", "-c", "echo lost"));
}

Test(same, shells_and_tools)
{
	expect_same((struct run_how){0}, ARGV("sh", "-c", "for i in $(seq 50); do echo $i | tr 0-9 a-j; done | sort | md5sum; exit 3"));
	expect_same((struct run_how){.env = ENV("LC_ALL=C")}, ARGV("bash", "-c",
		"trap 'echo usr1' USR1; kill -USR1 $$; coproc cat; echo hi >&${COPROC[1]}; read -u ${COPROC[0]} l; echo $l; "
		"exec {f}>/dev/null; echo $f; ulimit -n; kill -KILL $$"));
	expect_same((struct run_how){0}, ARGV("sh", "-c", "seq 100000 >s; sort --parallel=4 -S1M -R --random-source=s s | sha256sum; "
		"tar c s | xz -T2 -1 | xz -dc | tar t; find / -maxdepth 1 -name etc | xargs -P4 ls -d"));
	expect_same((struct run_how){0}, ARGV("ls", "/no/such/file"));
}

Test(same, python_with_threads_forks_and_signals)
{
	expect_same((struct run_how){.seconds = 100}, ARGV("/usr/bin/python3", "-c",
		"import subprocess, os, threading, signal, hashlib, ctypes, errno, socket, select, sys\n"
		"print(subprocess.check_output(['echo', 'spawned'], close_fds=True), subprocess.run('exit 6', shell=True, preexec_fn=os.setsid).returncode)\n"
		"r = []; L = threading.Lock()\n"
		"def w():\n    h = hashlib.sha256(b'x' * 10000).hexdigest()\n    with L: r.append(h)\n"
		"ts = [threading.Thread(target=w) for i in range(100)]; [t.start() for t in ts]; [t.join() for t in ts]; print(len(r), len(set(r)))\n"
		"n = [0]; signal.signal(signal.SIGALRM, lambda *a: n.__setitem__(0, n[0] + 1)); signal.setitimer(signal.ITIMER_REAL, .001, .001)\n"
		"while n[0] < 50: [bytearray(100) for _ in range(100)]\n"
		"signal.setitimer(signal.ITIMER_REAL, 0); lib = ctypes.CDLL(None, use_errno=True)\n"
		"print(lib.close(-1), errno.errorcode[ctypes.get_errno()])\n"
		"a, b = socket.socketpair(); a.send(b'x'); print(select.select([b], [], [], 1)[0] == [b], b.recv(5))\n"
		"sys.stdout.flush(); pid = os.fork()\n"
		"if pid == 0: os.closerange(3, 256); os._exit(9)\n"
		"print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])); sys.stdout.flush(); os.abort()\n"));
}

Test(same, the_compiler_and_git)
{
	expect_same((struct run_how){0}, ARGV("sh", "-ec",
		"printf '#include <stdio.h>\\n#include <math.h>\\nint main(void) { return printf(\"%%f\\\\n\", sqrt(2)) != 9; }\\n' >a.c; "
		"gcc -O2 a.c -o a -lm; ./a; sha256sum <a; gcc -DX='syntax error' -x c - </dev/null 2>&1 | wc -l; "
		"git init -q . ; git add a.c; GIT_AUTHOR_DATE='2000-01-01T00:00:00Z' GIT_COMMITTER_DATE='2000-01-01T00:00:00Z' "
		"git -c user.name=n -c user.email=e commit -qm one; git rev-parse HEAD; git gc -q; git fsck"));
}
