"""Workers keep order, tell progress, and never outlive the process that they work for."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil

from trainer.core.workers import map_in_order, process_pool
from trainer.events import Event, Progress, discard

ROOT = Path(__file__).resolve().parents[2]
SLEEPERS = """
import time
from trainer.core.workers import process_pool
if __name__ == "__main__":
    pool = process_pool(2)
    futures = [pool.submit(time.sleep, 600) for _ in range(4)]
    print("ready", flush=True)
    time.sleep(600)
"""


def double(number: int) -> int:
    return 2 * number


def test_results_come_in_order_with_progress() -> None:
    events: list[Event] = []
    with process_pool(2) as pool:
        assert list(map_in_order(pool, double, range(10), events.append, "numbers", ahead=3)) == [*range(0, 20, 2)]
    assert events[-1] == Progress(10, 10, "numbers", events[-1].rate, 0.0)  # type: ignore[union-attr]


def test_stopping_early_cancels_the_rest() -> None:
    with process_pool(1) as pool:
        results = map_in_order(pool, double, range(1000), discard, "numbers", ahead=4)
        assert next(results) == 0
        results.close()


def test_workers_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "sleepers.py"
    script.write_text(SLEEPERS)
    parent = subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert parent.stdout is not None
    assert parent.stdout.readline() == b"ready\n"
    deadline = time.monotonic() + 60
    while len(workers := psutil.Process(parent.pid).children()) < 3:  # two and the resource tracker
        assert time.monotonic() < deadline
        time.sleep(0.05)
    time.sleep(2)  # until both have run their initialiser
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    _, alive = psutil.wait_procs(workers, timeout=30)
    assert not alive
