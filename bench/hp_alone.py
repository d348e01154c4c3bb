"""What is measured apart: hooks that are off, the start of a program, memory while much is written, and reading it all."""
import shutil, statistics, subprocess, time
from analysis import ReadAllocs, ReadCalls, ReadHeap, ReadLocks, WhatIf
from tools import BUILT, HP, ROOT, TOOLS, quiet, run, settings, size_below

OFF_NS, START_MS, START_KIB = 2, 2, 512
SHORT_NS = 50  # a longer event varies by more than a hook costs
RESIDENT_THREADS, RESIDENT_MIB = 2, 16 + 2  # 16, and 1 for each thread
FILTER_OPS, KEPT_MUST = 4_000_000, 1.5
FILTER_MUST = {"left out by HP_FILTER": 0.25, "outside of what HP_FILTER names": 0.5, "shorter than HP_MIN_NS": 1}
RESIDENT_OPS, ROOM = 90_000_000, 8 << 30  # 2 GiB of dump; hp takes no more than half of a disk


class Off:
    """every_hook with HP_START=off: the kind of event whose hooks cost most. The least of many runs, as others only add."""

    def __init__(self):
        self.least = {}

    def round(self, work):
        for _ in range(10):
            for state, env in (("plain", {}), ("off", {"LD_PRELOAD": str(HP), "HP_START": "off", "HP_OUT": "{out}/%e.%p.hpd"})):
                out = subprocess.run([ROOT / "build/targets/every_hook", "4000"], env=quiet() | settings(env, work), check=True,
                                     stdout=subprocess.PIPE, text=True).stdout
                for line in out.splitlines():
                    ns, hooks, enters, kind = line.split(" ", 3)
                    if enters == "0":
                        cell = self.least.setdefault((kind, int(hooks)), {})
                        cell[state] = min(float(ns), cell.get(state, float("inf")))
        for dump in work.glob("*.hpd"):
            dump.unlink()

    def result(self):
        costs = {kind: (cell["off"] - cell["plain"]) / hooks for (kind, hooks), cell in self.least.items()
                 if cell["plain"] < SHORT_NS}
        worst = max(costs, key=costs.get)
        return {"worst_ns": costs[worst], "worst": worst, "median_ns": statistics.median(costs.values()), "kinds_ns": costs}

    @staticmethod
    def bounds(r):
        yield f"a hook when off, the dearest: {r['worst']}", r["worst_ns"], OFF_NS, "ns"


class Start:
    """/bin/true, from its start to its end."""

    def __init__(self):
        self.took, self.kib = {"plain": [], "hp": []}, 0

    def round(self, work):
        out = work / "start"
        for _ in range(20):
            for name, times in self.took.items():
                out.mkdir()
                start = time.perf_counter()
                subprocess.run(["/bin/true"], env=quiet() | settings(TOOLS[name].env, out), check=True)
                times.append((time.perf_counter() - start) * 1e3)
                self.kib = size_below(out) / 1024
                shutil.rmtree(out)

    def result(self):
        plain, hp = (statistics.median(times) for times in self.took.values())
        return {"plain_ms": plain, "added_ms": hp - plain, "dump_kib": self.kib}

    @staticmethod
    def bounds(r):
        yield "the start of /bin/true takes longer by", r["added_ms"], START_MS, "ms"
        yield "disk blocks of the dump of /bin/true", r["dump_kib"], START_KIB, "KiB"


class Resident:
    """The peak of a program's resident memory that is hp's, while it records 2 GiB. Once: it hardly varies."""

    def __init__(self):
        self.samples = {}

    def round(self, work):
        if self.samples or shutil.disk_usage(work).free < ROOM:
            return
        for name in ("plain", "hp"):
            self.samples[name] = run(TOOLS[name], (BUILT / "calls", RESIDENT_THREADS, RESIDENT_OPS), work)

    def result(self):
        if not self.samples:
            return None
        return {"added_mib": (self.samples["hp"].peak - self.samples["plain"].peak) / 1024,
                "dump_gib": self.samples["hp"].size / 2**30, "threads": RESIDENT_THREADS}

    @staticmethod
    def bounds(r):
        yield f"resident memory while {r['dump_gib']:.1f} GiB are written, 2 threads", r["added_mib"], RESIDENT_MIB, "MiB"


class Filters:
    """Function calls under filters: CPU time a call that is added to the plain program's, beside that of recording all of it."""

    SETTINGS = {"recorded": {}, "kept by HP_FILTER": {"HP_FILTER": "!no_such_function"},
                "left out by HP_FILTER": {"HP_FILTER": "!leaf,!tree"}, "outside of what HP_FILTER names": {"HP_FILTER": "no_such_function"},
                "shorter than HP_MIN_NS": {"HP_MIN_NS": "1s"}}

    def __init__(self):
        self.cpu = {}

    def round(self, work):
        command = (BUILT / "calls", 1, FILTER_OPS)
        self.cpu.setdefault("plain", []).append(run(TOOLS["plain"], command, work).cpu)
        for name, env in self.SETTINGS.items():
            self.cpu.setdefault(name, []).append(run(TOOLS["hp"], command, work, env).cpu)

    def result(self):
        least = {name: min(times) for name, times in self.cpu.items()}
        return {"added_ns": {name: least[name] - least["plain"] for name in self.SETTINGS}}

    @staticmethod
    def bounds(r):
        added = r["added_ns"]
        yield "a function call kept by a filter: added, of a recorded one's", added["kept by HP_FILTER"] / added["recorded"], KEPT_MUST, "x"
        for name in ("left out by HP_FILTER", "outside of what HP_FILTER names", "shorter than HP_MIN_NS"):
            yield f"a function call {name}: added, of a recorded one's", added[name] / added["recorded"], FILTER_MUST[name], "x"


ALONE = {"off": Off, "filters": Filters, "start": Start, "resident": Resident, "readcalls": ReadCalls, "readallocs": ReadAllocs,
         "readlocks": ReadLocks, "readheap": ReadHeap, "whatif": WhatIf}
