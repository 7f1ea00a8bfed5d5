"""An answer computed in-process: latency by size of the base, time to be ready, memory of the demo."""

import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from nhipcau.knowledge.answer import Knowledge
from nhipcau.knowledge.documents import Documents
from nhipcau.knowledge.entries import load_base
from nhipcau.knowledge.figures import Figures
from tests.bench.load import questions
from tests.bench.synthetic import synthetic

DAY = date(2026, 11, 22)
RUNS = 5


def latency(knowledge: Knowledge) -> list[float]:
    """Milliseconds for each different question, sorted; nothing is asked twice."""
    taken = []
    for text in questions():
        began = time.perf_counter()
        knowledge.ask(text, DAY)
        taken.append((time.perf_counter() - began) * 1000)
    return sorted(taken)


def at_size(count: int) -> dict[str, float]:
    entries, figures, documents = synthetic(count), Figures.load(), Documents.load()
    medians, p95s, builds = [], [], []
    for _ in range(RUNS if count <= 1000 else 1):
        began = time.perf_counter()
        knowledge = Knowledge.of(entries, figures, documents)
        builds.append(time.perf_counter() - began)
        taken = latency(knowledge)
        medians.append(statistics.median(taken))
        p95s.append(taken[int(len(taken) * 0.95)])
    return {
        f"answers_median_ms_{count}": round(statistics.median(medians), 3),
        f"answers_p95_ms_{count}": round(statistics.median(p95s), 3),
        f"index_build_s_{count}": round(statistics.median(builds), 2),
    }


def ready() -> dict[str, float]:
    """From the start of `nhipcau demo` to its line, and its memory after a minute's worth of questions."""
    starts = []
    for _ in range(RUNS):
        with tempfile.TemporaryDirectory() as folder:
            began = time.perf_counter()
            child = demo(folder)
            starts.append(time.perf_counter() - began)
            memory = int(re.findall(r"VmRSS:\s+(\d+)", Path(f"/proc/{child.pid}/status").read_text())[0]) / 1024
            child.terminate()
            child.communicate(timeout=20)
    return {"ready_s": round(statistics.median(starts), 2), "demo_memory_mb": round(memory)}


def demo(folder: str) -> subprocess.Popen[str]:
    command = [str(Path(sys.executable).parent / "nhipcau"), "demo", "--port", "0", "--data", folder]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    child.stdout.readline()
    return child


def main(quick: bool = False) -> dict[str, float]:
    os.sched_setaffinity(0, {0})
    base = len(load_base().entries)
    sizes = (base, 1000) if quick else (base, 1000, 10_000)
    found: dict[str, float] = {}
    for size in sizes:
        found |= at_size(size)
    return found | ready()


if __name__ == "__main__":
    print(json.dumps(main("--quick" in sys.argv), indent=1))
