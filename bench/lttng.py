"""A recording session of LTTng, for programs whose preloaded helpers send it events."""
import os, shutil, signal, subprocess
from tools import size_below

EVENTS = ("lttng_ust_cyg_profile_fast", "lttng_ust_libc", "lttng_ust_pthread")


def _lttng(command):
    return subprocess.run(["lttng", *command.split()], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


class Session:
    """Is `ok` where LTTng is installed and works. Starts its daemon, if none runs, and ends it again."""

    def __init__(self, work):
        self.home, self.ok, self.daemon = work / "lttng", False, work / "lttng.pid"

    def __enter__(self):
        if not shutil.which("lttng") or not shutil.which("lttng-sessiond"):
            return self
        self.home.mkdir()
        os.environ["LTTNG_HOME"] = str(self.home)
        subprocess.run(["lttng-sessiond", "--daemonize", "--no-kernel", f"--pidfile={self.daemon}"],
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        steps = [f"create hp-bench-{os.getpid()} -o {self.home}/trace", "enable-channel -u --subbuf-size=4M --num-subbuf=8 all"]
        steps += [f"enable-event -u -c all {provider}:*" for provider in EVENTS]
        self.ok = all([_lttng(step) for step in steps + ["start"]])
        return self

    def take(self):
        """How many bytes have been recorded since the last time; removes them."""
        _lttng("stop")
        size = size_below(self.home / "trace")
        _lttng("clear")
        _lttng("start")
        return size

    def __exit__(self, *_):
        if self.ok:
            _lttng("destroy")
        if self.daemon.exists():
            os.kill(int(self.daemon.read_text()), signal.SIGTERM)
