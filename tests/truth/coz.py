"""
Three shapes busy with work, as Coz sees them: it makes all but planted() slower instead of planted() faster, while they run, and looks
at how many rounds a second get done. All times are a tenth of the targets', as Coz wants to see many rounds.

Coz 0.2.2 reads neither DWARF 5 nor gcc's location views, and sees only time on a CPU, with samples of perf's.
"""
import dataclasses, shutil, statistics, subprocess, tempfile
from pathlib import Path

from shapes import BUILD, ROOT, elapsed_ms, environment, what_if

# With what a round's planted() is told to take.
PROGRAMS = {"serial": 20000, "buffer": 15000, "branches": 30000}
REPEAT = 100
FLAGS = "-std=gnu11 -D_GNU_SOURCE -O1 -g -gdwarf-3 -gstrict-dwarf -gno-variable-location-views -DPLAN_COZ -pthread".split()


@dataclasses.dataclass
class Compared:
    """Percent of the run that is saved."""
    name: str
    run_ms: float
    really: float
    by_hp: float
    low: float
    high: float
    by_coz: float


def why_not():
    if not shutil.which("coz") or not Path("/usr/include/coz.h").exists():
        return "coz is not installed (scripts/deps --also coz-profiler)"
    try:
        allowed = int(Path("/proc/sys/kernel/perf_event_paranoid").read_text())
    except OSError:
        return "this kernel has no perf events"
    return f"kernel.perf_event_paranoid is {allowed}; coz needs 2 or less" if allowed > 2 else ""


def loops_per_ms():
    said = subprocess.run([BUILD / "targets/plan_speed"], check=True, stdout=subprocess.PIPE, text=True).stdout
    return max(int(said.split()[1]) // 10, 1)


def planted_line():
    lines = (ROOT / "tests/targets/plan.h").read_text().splitlines()
    return 1 + next(i for i, line in enumerate(lines) if "SPEND(planted_us)" in line)


def run(program, delay, loops, **more):
    done = subprocess.run([program, str(delay), "work", str(REPEAT), str(loops)], check=True, stdout=subprocess.PIPE, text=True, **more)
    return elapsed_ms(done.stdout)


def hp_answer(name, loops, work):
    dumps = tempfile.mkdtemp(dir=work)
    run(BUILD / f"targets/plan_{name}_traced", PROGRAMS[name], loops, env=environment([BUILD / "libhp.so"], HP_OUT=f"{dumps}/%e.%p.hpd"))
    answers = what_if(dumps, "function:planted=0")
    shutil.rmtree(dumps)
    return [100 * answers["answers"][0][key] / answers["baseline_ns"] for key in ("saved_ns", "low_ns", "high_ns")]


def ms_a_round(name, loops, speedup, work):
    """By Coz, with planted() so many percent faster."""
    profile = Path(work) / f"{name}.coz"
    profile.unlink(missing_ok=True)
    subprocess.run(["coz", "run", "--fixed-line", f"plan.h:{planted_line()}", "--fixed-speedup", str(speedup), "-o", profile, "---",
                    Path(work) / name, str(PROGRAMS[name]), "work", str(REPEAT), str(loops)], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    ns = rounds = 0
    for line in profile.read_text().splitlines():
        kind, *pairs = line.split("\t")
        values = dict(p.split("=", 1) for p in pairs)
        ns += int(values["duration"]) if kind == "experiment" else 0
        rounds += int(values["delta"]) if kind == "throughput-point" else 0
    return ns / rounds / 1e6


def compare(name, rounds, loops, work):
    subprocess.run(["cc", *FLAGS, "-I", ROOT / "include", "-o", f"{work}/{name}", ROOT / f"tests/targets/plan_{name}.c", "-ldl"], check=True)
    plain, without, hp, slow, fast = [], [], [], [], []
    for _ in range(rounds):
        plain.append(run(BUILD / f"targets/plan_{name}", PROGRAMS[name], loops))
        without.append(run(BUILD / f"targets/plan_{name}", 0, loops))
        hp.append(hp_answer(name, loops, work))
        slow.append(ms_a_round(name, loops, 0, work))
        fast.append(ms_a_round(name, loops, 100, work))
    median = statistics.median
    really = 100 * (1 - median(without) / median(plain))
    return Compared(name, median(plain), really, *(median(column) for column in zip(*hp)), 100 * (1 - median(fast) / median(slow)))


def compared(rounds):
    loops = loops_per_ms()
    with tempfile.TemporaryDirectory(prefix="hp-truth.") as work:
        return [compare(name, rounds, loops, work) for name in PROGRAMS]
