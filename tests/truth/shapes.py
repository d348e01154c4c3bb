"""What-if questions of tests/support/plan_shapes.def: what an answer says is saved, and what is."""
import dataclasses, json, os, re, shutil, statistics, subprocess, tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
BUILD = ROOT / "build"


@dataclasses.dataclass
class Shape:
    name: str
    environment: str
    beside: str
    with_it: str
    without: str
    expression: str
    least: int


@dataclasses.dataclass
class Answer:
    """In ms, and percent of the run."""
    shape: Shape
    run: float
    really: float
    predicted: float
    low: float
    high: float
    drift: float
    spread: float

    @property
    def error(self):
        return 100 * (self.predicted - self.really) / self.run


class Refused(Exception):
    pass


def all_shapes():
    text = (ROOT / "tests/support/plan_shapes.def").read_text()
    rows = re.findall(r'^SHAPE\((\w+), ((?:"[^"]*", ){5})(\d+)\)', text, re.MULTILINE)
    return [Shape(name, *re.findall(r'"([^"]*)"', words), int(least)) for name, words, least in rows]


def environment(preload=(), **more):
    kept = {k: v for k, v in os.environ.items() if not k.startswith("HP_") and k != "LD_PRELOAD"}
    return kept | ({"LD_PRELOAD": ":".join(map(str, preload))} if preload else {}) | more


def elapsed_ms(output):
    return int(re.search(r"^elapsed_us (\d+)$", output, re.MULTILINE)[1]) / 1000


def run_target(command, beside="", dumps=None, settings=""):
    """How long it says that it took. dumps: recorded there."""
    words = command.split()
    preload = ([BUILD / "libhp.so"] if dumps else []) + ([BUILD / "targets" / beside] if beside else [])
    more = dict(s.split("=", 1) for s in settings.split()) | ({"HP_OUT": f"{dumps}/%e.%p.hpd"} if dumps else {})
    with tempfile.TemporaryDirectory(prefix="hp-truth.") as work:
        done = subprocess.run([BUILD / "targets" / words[0], *words[1:]], cwd=work, env=environment(preload, **more), check=True,
                              stdout=subprocess.PIPE, text=True)
    return elapsed_ms(done.stdout)


def what_if(dumps, *expressions):
    done = subprocess.run([BUILD / "hp-analyze", "what-if", "--json", dumps, *expressions], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        raise Refused(done.stderr.splitlines()[0])
    return json.loads(done.stdout)


def ask(shape, rounds):
    """The median of several recordings' answers, beside the medians of runs without hp."""
    plain, without, answers = [], [], []
    for _ in range(rounds):
        plain.append(run_target(shape.with_it, shape.beside))
        without.append(run_target(shape.without, shape.beside))
        dumps = tempfile.mkdtemp(prefix="hp-truth.")
        try:
            run_target(shape.with_it, shape.beside, dumps, shape.environment)
            answers.append(what_if(dumps, shape.expression))
        finally:
            shutil.rmtree(dumps)
    first = [a["answers"][0] for a in answers]
    refused = next((a["refused"] for a in first if a["refused"]), None)
    if refused:
        raise Refused(refused)
    ms = lambda key: statistics.median(a[key] for a in first) / 1e6
    run = statistics.median(plain)
    return Answer(shape, run, run - statistics.median(without), ms("saved_ns"), ms("low_ns"), ms("high_ns"),
                  max((a["drift_pct"] for a in answers), key=abs), 100 * max(max(t) - min(t) for t in (plain, without)) / run)
