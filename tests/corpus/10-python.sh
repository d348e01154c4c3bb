# needs: /usr/bin/python3=python3
# reads: data.bin
cat >p.py <<'X'
import ctypes, errno, hashlib, json, mmap, multiprocessing as mp, os, re, resource, select, signal, socket, subprocess, sys, tempfile, threading
def square(x): return x * x
if __name__ == "__main__":
    open("data.bin", "wb").write(bytes(range(256)) * 1000)
    with open("data.bin", "rb", buffering=0) as f: print(sum(len(f.read(1000)) for _ in range(300)))
    print(subprocess.check_output(["echo", "vfork"], close_fds=True), subprocess.run(["sh", "-c", "exit 5"]).returncode)
    print(subprocess.run("exit 6", shell=True, preexec_fn=os.setsid).returncode)
    for how in ("fork", "spawn"):
        with mp.get_context(how).Pool(2) as pool: print(how, pool.map(square, range(10)))
    found, lock = [], threading.Lock()
    def work(i):
        h = hashlib.sha256(b"x" * 10000).hexdigest()
        with lock: found.append(h)
    threads = [threading.Thread(target=work, args=(i,)) for i in range(100)]
    [t.start() for t in threads]; [t.join() for t in threads]; print(len(found), len(set(found)))
    n = [0]; signal.signal(signal.SIGALRM, lambda *a: n.__setitem__(0, n[0] + 1)); signal.setitimer(signal.ITIMER_REAL, .001, .001)
    while n[0] < 50: [bytearray(100) for _ in range(100)]
    signal.setitimer(signal.ITIMER_REAL, 0)
    with tempfile.TemporaryFile() as t: t.truncate(8192); m = mmap.mmap(t.fileno(), 8192); m[0:3] = b"abc"; print(m[:3])
    lib = ctypes.CDLL(None, use_errno=True); print(lib.close(-1), errno.errorcode[ctypes.get_errno()])
    a, b = socket.socketpair(); a.send(b"x"); print(select.select([b], [], [], 1)[0] == [b], b.recv(5))
    print(len(json.dumps([{"i": i, "s": str(i) * 10} for i in range(5000)])), len(re.findall(r"\d+", "a1b22" * 1000)))
    sys.stdout.flush(); pid = os.fork()
    if pid == 0: os.closerange(3, 256); os._exit(9)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])); sys.stdout.flush()
    [][1]
X
/usr/bin/python3 p.py
echo "$?"
{ /usr/bin/python3 -c 'import os; os.abort()'; } 2>/dev/null # the shell's message has a process id
echo "$?"
