"""Finding and ending what is left of a child's tree: by its group, by its record, by its mark. Never a stranger."""

import json
import os
import signal
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import psutil

RECORD = "child.json"  # in the job's folder while its child lives: how a later start of the app finds it
MARK = "WAKESMITH_JOB"  # in the environment of a child and of all that it starts: the job's folder
_CLOCK_S = 2.0  # start times may differ by so much when the system's clock is set
_PATIENCE_S = 5.0


def mark(folder: Path) -> dict[str, str]:
    """Return the environment that makes a process known as this job's."""
    return {MARK: str(folder.resolve())}


def write_record(folder: Path, pid: int) -> None:
    """Write down who works in the folder."""
    with suppress(psutil.Error):  # over already
        started = psutil.Process(pid).create_time()
        (folder / RECORD).write_text(json.dumps({"pid": pid, "started": started}), encoding="utf-8")


def remove_record(folder: Path) -> None:
    """Nobody works in the folder any more."""
    with suppress(OSError):
        (folder / RECORD).unlink()


def signal_group(pid: int, number: signal.Signals) -> None:
    """Send a signal to the group that a child leads, if there is one left."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


def end_leftovers(folder: Path) -> int:
    """End all that still works in a job's folder, and return how many. Blocks: call it in a thread."""
    found = {process.pid: process for process in (*_recorded(folder), *_marked(folder))}
    for process in found.values():
        with suppress(psutil.Error):
            process.kill()  # psutil itself looks whether the number has gone to another process meanwhile
    psutil.wait_procs(list(found.values()), timeout=_PATIENCE_S)
    remove_record(folder)
    return len(found)


def _recorded(folder: Path) -> Iterable[psutil.Process]:
    """Yield the recorded child and its children, if the process of that number began when it did."""
    try:
        record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        process = psutil.Process(int(record["pid"]))
        if abs(process.create_time() - float(record["started"])) < _CLOCK_S:
            yield from (*process.children(recursive=True), process)
    except (OSError, ValueError, KeyError, TypeError, psutil.Error):
        return


def _marked(folder: Path) -> Iterable[psutil.Process]:
    wanted = mark(folder)[MARK]
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if process.pid != os.getpid() and process.environ().get(MARK) == wanted:
                yield process
