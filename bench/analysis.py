"""How fast recordings are read: hp-analyze beside the readers of uftrace and heaptrack, each on its own recording of the same runs."""
import json, os, shutil, subprocess
from tools import BUILT, ROOT, TOOLS, Tool, quiet, settings

REPORT = (ROOT / "build/hp-analyze", "report")
CALL_EVENTS_NS, HEAP_EVENTS_NS, RESIDENT_MIB = 16.7, 40, 500  # 60 million a second and core; 25 million a second
ROOM = 12 << 30


def record(tool, argv, out, stdin=os.devnull, env=None):
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    words = [word.replace("{out}", str(out)) for word in tool.wrap]
    with open(stdin) as given:
        subprocess.run([*words, *map(str, argv)], env=quiet() | settings(tool.env, out) | (env or {}), check=True, stdin=given,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def each(took, events):
    return {"ns": took["wall"] / events, "cpu_ns": took["cpu"] / events, "mib": took["mib"]}


def dump_of(out):
    return next(out.glob("*.hpd"))


def read(argv, work):
    """Nanoseconds by the clock, of CPU time, MiB at the peak; the second of two runs, when files and caches are warm."""
    for _ in range(2):
        done = subprocess.run([BUILT / "launch", work / "took", *map(str, argv)], env=quiet(), stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL)
        if done.returncode:
            raise SystemExit(f"bench: {' '.join(map(str, argv))} exited with {done.returncode}")
    wall, cpu, peak = map(int, (work / "took").read_text().split())
    return {"wall": wall, "cpu": cpu, "mib": peak / 1024}


class Reader:
    """Recordings of one program, and how long it takes to read them, an event. A subclass says what is recorded how."""
    unit, bound_ns, bound_by, peers, report = "", 0, "cpu", (), REPORT

    def __init__(self):
        self.rounds = []

    def round(self, work):
        if shutil.disk_usage(work).free < ROOM:
            return
        out, figures = work / "read", {}
        events = self.record_hp(out)
        figures["hp-analyze report"] = each(read((*self.report, dump_of(out)), work), events)
        figures["dump_mib"] = dump_of(out).stat().st_blocks / 2048
        if self.peers and all(shutil.which(name.split()[0]) for name in self.peers):
            events = self.record_peer(out)
            for name in self.peers:
                figures[name] = each(read(self.peer_command(name, out), work), events)
        shutil.rmtree(out)
        self.rounds.append(figures)

    def result(self):
        best = {}
        for figures in self.rounds:
            for name, f in figures.items():
                if name == "dump_mib" or name not in best or f["cpu_ns"] < best[name]["cpu_ns"]:
                    best[name] = f
        return best or None

    @classmethod
    def bounds(cls, r):
        hp = r["hp-analyze report"]
        for name in cls.peers:
            if name in r:
                yield f"reading {cls.unit}: time, of {name}'s", hp["ns"] / r[name]["ns"], 1, "x", hp["cpu_ns"] / r[name]["cpu_ns"]
        if cls.bound_ns:
            by_cpu = cls.bound_by == "cpu"
            yield f"reading {cls.unit}, one{', of CPU time' if by_cpu else ''}", hp["cpu_ns" if by_cpu else "ns"], cls.bound_ns, "ns"
            yield f"resident while {r['dump_mib']:,.0f} MiB of {cls.unit} are read", hp["mib"], RESIDENT_MIB, "MiB"


class ReadCalls(Reader):
    """100 million entries and exits; a tenth of that for others."""
    unit, bound_ns, peers = "function events", CALL_EVENTS_NS, ("uftrace report", "uftrace graph")
    threads, ops, peer_ops = 2, 25_000_000, 2_500_000

    def record_hp(self, out):
        record(TOOLS["hp"], (BUILT / "calls", self.threads, self.ops), out)
        return 2 * self.threads * self.ops

    def record_peer(self, out):
        record(TOOLS["uftrace"], (BUILT / "calls", self.threads, self.peer_ops), out)
        return 2 * self.threads * self.peer_ops

    @staticmethod
    def peer_command(name, out):
        return (*name.split(), "-d", out / "uftrace")


class ReadAllocs(Reader):
    """Ten million allocations with their frees, on many call paths; both processors together."""
    unit, bound_ns, bound_by = "memory events", HEAP_EVENTS_NS, "wall"
    threads, ops = 2, 5_000_000

    def record_hp(self, out):
        record(TOOLS["hp"], (BUILT / "allocs", self.threads, self.ops), out)
        told = subprocess.run([*REPORT, "--json", dump_of(out)], env=quiet(), check=True, stdout=subprocess.PIPE).stdout
        return json.loads(told)["recorder"]["events"]


class ReadLocks(Reader):
    """A hundred million acquisitions and releases of two locks by two threads; the locks view. As fast as memory events are, or faster."""
    unit, bound_ns = "lock events", HEAP_EVENTS_NS
    report = (*REPORT, "--view", "locks")
    threads, ops = 2, 25_000_000

    def record_hp(self, out):
        record(TOOLS["hp"], (BUILT / "locks", self.threads, self.ops), out)
        return 2 * self.threads * self.ops


class WhatIf(Reader):
    """Ten million acts, and as much work between them, of a program with 144 functions and 32 locks: what would save most: some 150 answers, each with its half and its knee."""
    unit, report = "acts replayed", (ROOT / "build/hp-analyze", "what-if", "--json")
    threads, ops, acts, seconds, most_mib = 2, 2_460_000, 10_000_000, 20, 1024

    def record_hp(self, out):
        record(TOOLS["hp"], (BUILT / "intervals", self.threads, self.ops), out)
        return self.acts

    @classmethod
    def bounds(cls, r):
        hp = r["hp-analyze report"]
        yield "what-if of 10 million acts, some 150 answers: seconds", hp["ns"] * cls.acts / 1e9, cls.seconds, "s", hp["cpu_ns"] * cls.acts / 1e9
        yield f"resident meanwhile ({r['dump_mib']:,.0f} MiB of dump)", hp["mib"], cls.most_mib, "MiB"


class ReadHeap(Reader):
    """
    What heaptrack also knows, of sqlite3. Its reader gets what its interpreter made beside the program, which has found the
    names already: that one's time is not in here.
    """
    unit, peers = "sqlite3's memory events", ("heaptrack_print",)
    argv, stdin, events = ("sqlite3", ":memory:"), ROOT / "bench/table.sql", 1_850_000

    def record_hp(self, out):
        record(TOOLS["hp"], self.argv, out, self.stdin, {"HP_HOOKS": "memory"})
        return self.events

    def record_peer(self, out):
        record(Tool("heaptrack", wrap=("heaptrack", "-o", "{out}/heaptrack")), self.argv, out, self.stdin)
        return self.events

    @staticmethod
    def peer_command(_, out):
        return "heaptrack_print", "-f", out / "heaptrack.zst"
