"""The recorders that are compared: how each of them runs a program, and what that run took."""
import os, re, shutil, subprocess, sys
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILT = ROOT / "build/bench"
HP = ROOT / "build/libhp.so"


@dataclass(frozen=True)
class Tool:
    """{out} in a word stands for the directory that the tool records into."""
    name: str
    wrap: tuple = ()
    env: dict = field(default_factory=dict)
    ops_share: int = 1  # it is so much slower that it gets only this part of the operations


TOOLS = {tool.name: tool for tool in (
    Tool("plain"),
    Tool("floor", env={"LD_PRELOAD": str(BUILT / "floor.so")}),
    Tool("hp", env={"LD_PRELOAD": str(HP), "HP_OUT": "{out}/%e.%p.hpd"}),
    Tool("heaptrack", wrap=("heaptrack", "-r", "-o", "{out}/heaptrack")),
    Tool("uftrace", wrap=("uftrace", "record", "-d", "{out}/uftrace")),
    Tool("strace", wrap=("strace", "-f", "-o", "{out}/strace"), ops_share=100),
    Tool("lttng-calls", env={"LD_PRELOAD": "liblttng-ust-cyg-profile-fast.so"}),
    Tool("lttng-heap", env={"LD_PRELOAD": "liblttng-ust-libc-wrapper.so"}),
    Tool("lttng-locks", env={"LD_PRELOAD": "liblttng-ust-pthread-wrapper.so"}),
)}


@dataclass
class Sample:
    """One run. ops is 1 for a program that does not count any; times in ns an operation, peak in KiB, size in bytes of all."""
    ops: int
    ns: float
    cpu: float
    peak: int
    size: int


def quiet():
    """The environment of this process, without what would make the tools record more or elsewhere."""
    return {k: v for k, v in os.environ.items() if k != "LD_PRELOAD" and not k.startswith("HP_")}


def settings(env, out):
    return {k: v.replace("{out}", str(out)) for k, v in env.items()}


def size_below(directory):
    return sum(f.stat().st_blocks * 512 for f in directory.rglob("*") if f.is_file())


def run(tool, argv, work, env=None, stdin=""):
    """Runs a program under a tool; what the tool wrote is measured and removed."""
    out, log, took = work / "out", work / "log", work / "took"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    env = settings(tool.env | (env or {}), out)
    command = ["env", *(f"{k}={v}" for k, v in env.items()), *(word.replace("{out}", str(out)) for word in tool.wrap), *map(str, argv)]
    with open(log, "w") as output, open(stdin or os.devnull) as given:
        done = subprocess.run([BUILT / "launch", took, *command], env=quiet(), stdin=given, stdout=output, stderr=output)
    text = log.read_text(errors="replace")
    if done.returncode:
        sys.exit(f"bench: {' '.join(command)} exited with {done.returncode}: {text[-500:]}")
    wall, cpu, peak = map(int, took.read_text().split())
    told = re.search(r"^ops (\d+) ns ([0-9.]+) peak (\d+)$", text, re.M)
    ops, ns, peak = (int(told[1]), float(told[2]), int(told[3])) if told else (1, wall, peak)
    sample = Sample(ops, ns, cpu / ops, peak, size_below(out))
    shutil.rmtree(out)
    return sample
