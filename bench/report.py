"""From samples to figures, to the bounds that hp must keep, and to the tables that show both."""
import datetime, os, platform, re
from dataclasses import dataclass
from statistics import median
from cases import AGAIN, CASES, PROGRAMS
from hp_alone import ALONE

IDLE = 0.7  # the load of a machine that does nothing else


def figures(samples):
    """tool -> medians; added: to the plain program."""
    plain = {f: median(getattr(s, f) for s in samples["plain"]) for f in ("ns", "cpu", "peak")}
    result = {}
    for tool, runs in samples.items():
        now = {f: median(getattr(s, f) for s in runs) for f in ("ns", "cpu", "peak")}
        result[tool] = {"ns": now["ns"], "added_ns": now["ns"] - plain["ns"], "times": now["ns"] / plain["ns"],
                        "cpu_ns": now["cpu"], "added_cpu_ns": now["cpu"] - plain["cpu"], "added_peak_kib": now["peak"] - plain["peak"],
                        "bytes": median(s.size for s in runs), "bytes_per_op": median(s.size / s.ops for s in runs)}
    return result


def part(of, tool, added="added_ns"):
    """hp's added time over a tool's; None where noise is more than either."""
    return of["hp"][added] / of[tool][added] if min(of["hp"][added], of[tool][added]) > 0 else None


@dataclass(frozen=True)
class Bound:
    """Something that has a limit. measured: None where it was lost in noise; by_cpu: the same of CPU times, where that makes sense."""
    what: str
    measured: float
    at_most: float
    unit: str
    by_cpu: float = None

    @property
    def reached(self):
        return self.measured is not None and self.measured <= self.at_most


def _bounds_of(case, results):
    of, one = results[case.name], results.get(case.twice)
    for tool, limit in case.must.items():
        if tool in of:
            yield Bound(f"{case.title}: added, of what {tool} adds", part(of, tool), limit, "x", part(of, tool, "added_cpu_ns"))
    if one and one["hp"]["added_ns"] > 0:
        ratio, by_cpu = (of["hp"][added] / one["hp"][added] for added in ("added_ns", "added_cpu_ns"))
        yield Bound(f"{case.title}: added, of what one thread has added", ratio, AGAIN, "x", by_cpu)


def bounds(results):
    for case in (c for c in CASES if c.name in results):
        yield from _bounds_of(case, results)
    for program in (p for p in PROGRAMS if p.name in results):
        of = results[program.name]
        yield Bound(program.title.split(",")[0] + ": time, of the plain program's", of["hp"]["times"], program.must, "x",
                    of["hp"]["cpu_ns"] / of["plain"]["cpu_ns"])
    for name, kind in ALONE.items():
        if results.get(name):
            yield from (Bound(*row) for row in kind.bounds(results[name]))


def machine():
    model = re.search(r"^model name\s*: (.*)$", open("/proc/cpuinfo").read(), re.M)
    return f"{model[1] if model else platform.machine()}, {os.cpu_count()} cores, Linux {platform.release()}"


def heading(rounds, load):
    busy = f", while other programs ran (load {load:.1f})" if load > IDLE else ""
    return f"{datetime.date.today()}, {machine()}; medians of {rounds} rounds{busy}"


def _number(value):
    return "0" if value == 0 else f"{value:.1f}" if abs(value) < 100 else f"{value:,.0f}"


def _share(value):
    return "" if value is None else f"{value:.3f}" if value < 0.1 else f"{value:.2f}"


def _value(value, unit):
    return "" if value is None else _share(value) if unit == "x" else _number(value)


def _verdict(bound):
    return "reached" if bound.reached else "MISSED" if bound.measured is not None else "lost in noise"


def text(results):
    """All figures, for a terminal."""
    lines = []
    for case in CASES:
        of = results.get(case.name)
        if not of:
            continue
        lines += ["", f"{case.title}: ns an operation",
                  f"  {'tool':12}{'ns':>10}{'added':>10}{'cpu':>10}{'bytes':>8}{'+ MiB':>8}{'hp of it':>10}{'by cpu':>10}"]
        for tool, f in of.items():
            ratios = [part(of, tool, added) if tool not in ("plain", "hp") else None for added in ("added_ns", "added_cpu_ns")]
            lines.append(f"  {tool:12}{_number(f['ns']):>10}{_number(f['added_ns']):>10}{_number(f['cpu_ns']):>10}"
                         f"{_number(f['bytes_per_op']):>8}{_number(f['added_peak_kib'] / 1024):>8}"
                         + "".join(f"{_share(ratio):>10}" for ratio in ratios))
    for program in PROGRAMS:
        of = results.get(program.name)
        if not of:
            continue
        lines += ["", program.title, f"  {'tool':12}{'s':>10}{'times':>10}{'cpu s':>10}{'MB':>8}{'+ MiB':>8}"]
        for tool, f in of.items():
            lines.append(f"  {tool:12}{f['ns'] / 1e9:>10.3f}{f['times']:>10.2f}{f['cpu_ns'] / 1e9:>10.3f}"
                         f"{_number(f['bytes'] / 1e6):>8}{_number(f['added_peak_kib'] / 1024):>8}")
    lines += ["", f"{'what hp must keep':74}{'measured':>12}{'by cpu':>10}{'at most':>10}"]
    lines += [f"{b.what:74}{_value(b.measured, b.unit):>8} {b.unit:3}{_value(b.by_cpu, b.unit):>10}{b.at_most:>10}  {_verdict(b)}"
              for b in bounds(results)]
    return "\n".join(lines)


def _added(figures):
    return f"{_number(figures['added_ns'])} / {_number(figures['added_cpu_ns'])}"


def markdown(results, rounds, load):
    """What README shows."""
    lines = [f"{heading(rounds, load)}.", "Nanoseconds that are added to an operation, by the clock / of CPU time:", ""]
    lines += ["| operation | plain | floor adds | hp adds | others add | bytes in the dump |", "|---|--:|--:|--:|---|---|"]
    for case in CASES:
        of = results.get(case.name)
        if of:
            peers = [tool for tool in of if tool not in ("plain", "floor", "hp")]
            others = ", ".join(f"{tool} {_added(of[tool])}" for tool in peers)
            sizes = ", ".join(f"{tool} {_number(of[tool]['bytes_per_op'])}" for tool in ["hp", *peers])
            lines.append(f"| {case.title} | {_number(of['plain']['ns'])} | {_added(of['floor'])} | **{_added(of['hp'])}** "
                         f"| {others} | {sizes} |")
    lines += ["", "| program | plain | under hp | under heaptrack |", "|---|--:|--:|--:|"]
    for program in PROGRAMS:
        of = results.get(program.name)
        if of:
            other = f"{of['heaptrack']['times']:.2f} x" if "heaptrack" in of else ""
            lines.append(f"| {program.title} | {of['plain']['ns'] / 1e9:.2f} s | **{of['hp']['times']:.2f} x** | {other} |")
    lines += ["", "| bound | measured | by CPU time | at most | |", "|---|--:|--:|--:|---|"]
    lines += [f"| {b.what} | {_value(b.measured, b.unit)} | {_value(b.by_cpu, b.unit)} | {b.at_most} {b.unit} | {_verdict(b)} |"
              for b in bounds(results)]
    return "\n".join(lines)
