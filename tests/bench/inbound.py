"""Webhook → stored → answered from knowledge → sent, one process on one core, beside two plain echo bots."""

import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
KINDS = ("ours", "ptb", "aiogram", "aiogram_background")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int) -> None:
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError(f"nothing listens on {port}")


def python(kind: str) -> str:
    """aiogram's dependencies are older than ours: it runs in an environment of its own (`make bench`)."""
    return str(ROOT / ".venv/bench/bin/python") if kind.startswith("aiogram") else sys.executable


@contextmanager
def process(core: int, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """A Python process pinned to one core, ended by its own id."""
    child = subprocess.Popen(
        arguments,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        preexec_fn=lambda: os.sched_setaffinity(0, {core % (os.cpu_count() or 1)}),
    )
    try:
        yield child
    finally:
        child.terminate()
        child.wait(20)


def load(**arguments: object) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.load", json.dumps(arguments)]
    pin = lambda: os.sched_setaffinity(0, {1 % (os.cpu_count() or 1)})  # noqa: E731
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, preexec_fn=pin)
    return dict(json.loads(done.stdout))


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_mb(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) // 1024


def measure(kind: str, count: int, runs: int, database: str = "") -> dict[str, float]:
    """Medians of `runs` series after a warm-up; then the acknowledgement at half that load."""
    with tempfile.TemporaryDirectory() as folder:
        api_port, port = free_port(), free_port()
        api = f"http://127.0.0.1:{api_port}"
        bot = json.dumps({"kind": kind, "port": port, "api": api, "folder": folder, "database": database})
        with process(1, sys.executable, "-m", "tests.bench.sink", str(api_port)):
            wait_for(api_port)
            with process(0, python(kind), "-m", "tests.bench.bots", bot) as child:
                wait_for(port)
                fast = {"port": port, "api": api, "count": count, "lanes": 64, "rate": 0}
                load(**fast | {"first": 1, "count": 500})
                before = cpu_seconds(child.pid)
                series = [load(**fast, first=10_000 * (run + 1)) for run in range(runs)]
                used = cpu_seconds(child.pid) - before
                speed = statistics.median(one["replies_per_s"] for one in series)
                half = load(**fast | {"rate": speed / 2, "first": 9_000_000})
                return {
                    "replies_per_s": speed,
                    "lost": sum(one["updates"] - one["replies"] for one in series),
                    "cpu_us_per_message": round(used / (runs * count) * 1e6),
                    "ack_p99_ms_at_half_load": half["ack_p99_ms"],
                    "memory_mb": memory_mb(child.pid),
                }


def main(quick: bool = False, database: str = "") -> dict[str, object]:
    count, runs = (1500, 1) if quick else (6000, 5)
    found = {kind: measure(kind, count, runs, database if kind == "ours" else "") for kind in KINDS}
    ours = found["ours"]["replies_per_s"]
    aiogram = max(found["aiogram"]["replies_per_s"], found["aiogram_background"]["replies_per_s"])
    return {
        **{f"{kind}_{name}": value for kind, figures in found.items() for name, value in figures.items()},
        "ratio_to_plain_ptb": round(ours / found["ptb"]["replies_per_s"], 2),
        "ratio_to_plain_aiogram": round(ours / aiogram, 2),
    }


if __name__ == "__main__":
    database = next((one for one in sys.argv[1:] if "://" in one), "")
    print(json.dumps(main("--quick" in sys.argv, database), indent=1))
