"""What is measured: operations of the benchmark programs, real programs, and what hp must not take more than."""
from dataclasses import dataclass, field
from tools import BUILT, ROOT

AGAIN = 1.1  # two threads must cost no more than one; so much is noise


@dataclass(frozen=True)
class Case:
    """must: of what other tools add to an operation, the part that hp may add at most."""
    name: str
    title: str
    argv: tuple
    peers: tuple
    must: dict
    twice: str = ""  # the same with one thread


CASES = (
    Case("calls", "function calls", ("calls", 1, 4000000), ("uftrace", "lttng-calls"), {"uftrace": 0.45, "floor": 2}),
    Case("calls2", "function calls, 2 threads", ("calls", 2, 4000000), ("uftrace", "lttng-calls"), {"uftrace": 0.25}, "calls"),
    Case("allocs", "allocations", ("allocs", 1, 1000000), ("heaptrack", "lttng-heap"), {"heaptrack": 0.25}),
    Case("allocs2", "allocations, 2 threads", ("allocs", 2, 1000000), ("heaptrack", "lttng-heap"), {"heaptrack": 0.12}, "allocs"),
    Case("mixed", "allocations, frames of many sizes", ("allocs", 1, 1000000, "mixed"), ("heaptrack",), {"heaptrack": 0.25}),
    Case("locks", "lock and unlock", ("locks", 1, 2000000), ("lttng-locks",), {"lttng-locks": 0.15}),
    Case("locks2", "lock and unlock, 2 threads", ("locks", 2, 2000000), ("lttng-locks",), {"lttng-locks": 0.15}, "locks"),
    Case("shared", "the same lock, 2 threads", ("locks", 2, 1000000, "shared"), ("lttng-locks",), {"lttng-locks": 0.15}),
    Case("smallio", "read and write", ("smallio", 1, 400000), ("strace",), {"floor": 2.5}),
    Case("smallio2", "read and write, 2 threads", ("smallio", 2, 400000), ("strace",), {"floor": 2.5}, "smallio"),
)


@dataclass(frozen=True)
class Program:
    """must: how many times as long it may take under hp."""
    name: str
    title: str
    argv: tuple
    must: float
    stdin: str = ""
    env: dict = field(default_factory=dict)


PROGRAMS = (
    Program("sqlite", "sqlite3, a table of 300,000 rows in memory; 0.9 million allocations", ("sqlite3", ":memory:"), 1.15,
            stdin=str(ROOT / "bench/table.sql")),
    Program("python", "python3, JSON and regular expressions; 3 million allocations",
            ("/usr/bin/python3", str(ROOT / "bench/text.py")), 1.6, env={"PYTHONMALLOC": "malloc"}),
)

NAMES = [case.name for case in CASES] + [program.name for program in PROGRAMS] + ["off", "filters", "start", "resident", "readcalls", "readallocs", "readlocks", "readheap", "whatif"]


def command(case, tool):
    """argv of a case; a very slow tool gets fewer operations."""
    program, threads, ops, *more = case.argv
    return (BUILT / program, threads, ops // tool.ops_share, *more)
