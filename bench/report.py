"""From samples to figures, to the bounds that hp must keep, and to the tables that show both."""
import datetime, os, platform, re
from statistics import median
from cases import AGAIN, CASES, PROGRAMS
from hp_alone import ALONE


def figures(samples):
    """tool -> medians; added: to the plain program."""
    plain = {f: median(getattr(s, f) for s in samples["plain"]) for f in ("ns", "cpu", "peak")}
    result = {}
    for tool, runs in samples.items():
        now = {f: median(getattr(s, f) for s in runs) for f in ("ns", "cpu", "peak")}
        result[tool] = {"ns": now["ns"], "added_ns": now["ns"] - plain["ns"], "times": now["ns"] / plain["ns"],
                        "cpu_ns": now["cpu"], "added_peak_kib": now["peak"] - plain["peak"],
                        "bytes": median(s.size for s in runs), "bytes_per_op": median(s.size / s.ops for s in runs)}
    return result


def part(of, tool):
    """hp's added time over a tool's; None where that added nothing."""
    return of["hp"]["added_ns"] / of[tool]["added_ns"] if of.get(tool, {}).get("added_ns", 0) > 0 else None


def bounds(results):
    """(what, measured, limit, unit) of everything that was measured and has a limit."""
    for case in CASES:
        of = results.get(case.name)
        if not of:
            continue
        for tool, limit in case.must.items():
            if (ratio := part(of, tool)) is not None:
                yield f"{case.title}: added, of what {tool} adds", ratio, limit, "x"
        if case.twice in results and results[case.twice]["hp"]["added_ns"] > 0:
            ratio = of["hp"]["added_ns"] / results[case.twice]["hp"]["added_ns"]
            yield f"{case.title}: added, of what one thread has added", ratio, AGAIN, "x"
    for program in PROGRAMS:
        if program.name in results:
            yield program.title.split(",")[0] + ": time, of the plain program's", results[program.name]["hp"]["times"], program.must, "x"
    for name, kind in ALONE.items():
        if results.get(name):
            yield from kind.bounds(results[name])


def machine():
    model = re.search(r"^model name\s*: (.*)$", open("/proc/cpuinfo").read(), re.M)
    return f"{model[1] if model else platform.machine()}, {os.cpu_count()} cores, Linux {platform.release()}"


def heading(rounds):
    return f"{datetime.date.today()}, {machine()}; medians of {rounds} rounds"


def _number(value):
    return "0" if value == 0 else f"{value:.1f}" if abs(value) < 100 else f"{value:,.0f}"


def _share(value):
    return "" if value is None else f"{value:.3f}" if value < 0.1 else f"{value:.2f}"


def _value(value, unit):
    return _share(value) if unit == "x" else _number(value)


def _verdict(measured, limit):
    return "reached" if measured <= limit else "MISSED"


def text(results):
    """All figures, for a terminal."""
    lines = []
    for case in CASES:
        of = results.get(case.name)
        if not of:
            continue
        lines += ["", f"{case.title}: ns an operation",
                  f"  {'tool':12}{'ns':>10}{'added':>10}{'cpu':>10}{'bytes':>8}{'+ MiB':>8}{'hp of it':>10}"]
        for tool, f in of.items():
            ratio = part(of, tool) if tool not in ("plain", "hp") else None
            lines.append(f"  {tool:12}{_number(f['ns']):>10}{_number(f['added_ns']):>10}{_number(f['cpu_ns']):>10}"
                         f"{_number(f['bytes_per_op']):>8}{_number(f['added_peak_kib'] / 1024):>8}{_share(ratio):>10}")
    for program in PROGRAMS:
        of = results.get(program.name)
        if not of:
            continue
        lines += ["", program.title, f"  {'tool':12}{'s':>10}{'times':>10}{'cpu s':>10}{'MB':>8}{'+ MiB':>8}"]
        for tool, f in of.items():
            lines.append(f"  {tool:12}{f['ns'] / 1e9:>10.3f}{f['times']:>10.2f}{f['cpu_ns'] / 1e9:>10.3f}"
                         f"{_number(f['bytes'] / 1e6):>8}{_number(f['added_peak_kib'] / 1024):>8}")
    rows = list(bounds(results))
    if rows:
        lines += ["", f"{'what hp must keep':80}{'measured':>12}{'at most':>10}"]
        lines += [f"{what:80}{_value(v, unit):>8} {unit:3}{limit:>10}  {_verdict(v, limit)}" for what, v, limit, unit in rows]
    return "\n".join(lines)


def markdown(results, rounds):
    """What README shows."""
    lines = [f"{heading(rounds)}.", ""]
    lines += ["| an operation of | plain | floor adds | hp adds | others add | bytes in the dump |", "|---|--:|--:|--:|---|---|"]
    for case in CASES:
        of = results.get(case.name)
        if of:
            peers = [tool for tool in of if tool not in ("plain", "floor", "hp")]
            others = ", ".join(f"{tool} {_number(of[tool]['added_ns'])} ns" for tool in peers)
            sizes = ", ".join(f"{tool} {_number(of[tool]['bytes_per_op'])}" for tool in ["hp", *peers])
            lines.append(f"| {case.title} | {_number(of['plain']['ns'])} ns | {_number(of['floor']['added_ns'])} ns "
                         f"| **{_number(of['hp']['added_ns'])} ns** | {others} | {sizes} |")
    lines += ["", "| program | plain | under hp | under heaptrack |", "|---|--:|--:|--:|"]
    for program in PROGRAMS:
        of = results.get(program.name)
        if of:
            other = f"{of['heaptrack']['times']:.2f} x" if "heaptrack" in of else ""
            lines.append(f"| {program.title} | {of['plain']['ns'] / 1e9:.2f} s | **{of['hp']['times']:.2f} x** | {other} |")
    lines += ["", "| bound | measured | at most | |", "|---|--:|--:|---|"]
    lines += [f"| {what} | {_value(v, unit)} {unit} | {limit} {unit} | {_verdict(v, limit)} |"
              for what, v, limit, unit in bounds(results)]
    return "\n".join(lines)
