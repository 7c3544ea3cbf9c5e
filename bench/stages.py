"""Stages: where the time and the memory of a run go, from its journal, or of a run that is started here.

script/bench stages RUN                          reads RUN/events.jsonl
script/bench stages --run PHRASE --preset quick  trains, and samples memory and processor time stage by stage
"""

import argparse
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.measuring.memory import MemoryWatch, Stopwatch
from bench.measuring.tables import machine, show, versions
from trainer.events import Event, EventError, Failed, Finished, Stage, StageState, decode

COMMAND = "import sys; from trainer.cli import main; sys.exit(main())"
START = "start"


@dataclass
class Account:
    """What a run spent, by stage."""

    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    cpu_s: dict[str, float] = field(default_factory=dict)
    peak_mb: dict[str, float] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)
    end: str = "it did not end"
    total_s: float | None = None

    def add(self, stage: str, wall_s: float, cpu_s: float) -> None:
        """Add to a stage."""
        self.seconds[stage] += wall_s
        self.cpu_s[stage] = self.cpu_s.get(stage, 0.0) + max(cpu_s, 0.0)  # an ended process takes its share along


def read_journal(path: Path) -> Account:
    """Return the account of `events.jsonl`; a resumed run's stages are those of its last attempt."""
    account = Account()
    for event in _events(path.read_text(encoding="utf-8").splitlines()):
        if isinstance(event, Stage) and event.state is StageState.DONE:
            account.seconds[event.name] = event.seconds
        _note(account, event)
    return account


def watch_run(command: Sequence[str]) -> Account:
    """Start a run that writes events to stdout, and watch the family of its process."""
    account, stage = Account(), START
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        memory, whole, watch = MemoryWatch(process.pid), Stopwatch(process.pid), Stopwatch(process.pid)
        memory.label = stage
        try:
            for event in _events(process.stdout):
                _note(account, event)
                if isinstance(event, Stage) and event.state is not StageState.SKIPPED:
                    account.add(stage, *watch.read())
                    stage = event.name if event.state is StageState.RUNNING else "between stages"
                    memory.label, watch = stage, Stopwatch(process.pid)
            account.add(stage, *watch.read())
            account.total_s = whole.read()[0]
        except BaseException:
            process.terminate()
            raise
        finally:
            memory.close()
    account.peak_mb = dict(memory.peaks)
    return account


def print_account(title: str, account: Account) -> None:
    """Print one row a stage, and the sum."""
    total = account.total_s or sum(account.seconds.values())
    rows = [
        (
            name,
            f"{seconds:,.1f}",
            f"{100 * seconds / max(total, 1e-9):.0f} %",
            _figure(account.cpu_s.get(name), 1),
            _figure(account.peak_mb.get(name), 0),
        )
        for name, seconds in account.seconds.items()
    ]
    cpu = sum(account.cpu_s.values()) if account.cpu_s else None
    rows.append(
        ("all", f"{total:,.1f}", "100 %", _figure(cpu, 1), _figure(max(account.peak_mb.values(), default=None), 0))
    )
    skipped = [f"skipped, done before: {', '.join(account.skipped)}"] if account.skipped else []
    memory = "Memory is the sum of resident pages of all processes; shared pages count in each."
    notes = [account.end, *skipped, *([memory] if account.peak_mb else []), f"{versions()}; {machine()}"]
    show(title, ("stage", "wall s", "share", "CPU s", "peak MB"), rows, notes)


def main(words: Sequence[str] | None = None) -> None:
    """Read runs, or start one."""
    parser = argparse.ArgumentParser(
        prog="script/bench stages",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="What follows -- is passed on to `wakesmith train`.",
    )
    parser.add_argument("runs", nargs="*", type=Path, metavar="RUN", help="folders with events.jsonl")
    parser.add_argument("--run", metavar="PHRASE", help="train this phrase and watch")
    parser.add_argument("--preset", default="quick")
    parser.add_argument("--out", type=Path, metavar="DIR", help="keep the run there; default: thrown away")
    given = list(sys.argv[1:] if words is None else words)
    own, more = (given[: given.index("--")], given[given.index("--") + 1 :]) if "--" in given else (given, [])
    args = parser.parse_args(own)
    if not args.run and not args.runs:
        parser.error("name a run's folder, or --run PHRASE")
    for run in args.runs:
        print_account(f"{run}", read_journal(run / "events.jsonl"))
    if args.run:
        with tempfile.TemporaryDirectory() as folder:
            out = args.out or Path(folder) / "run"
            choices = ["train", args.run, "--preset", args.preset, "--out", str(out), "--json", *more]
            account = watch_run([sys.executable, "-c", COMMAND, *choices])
            print_account(f"wakesmith {' '.join(choices)}", account)


def _events(lines: Iterable[str]) -> Iterable[Event]:
    for line in lines:
        try:
            yield decode(line)
        except EventError:
            continue


def _note(account: Account, event: Event) -> None:
    if isinstance(event, Stage) and event.state is StageState.SKIPPED:
        account.skipped.append(event.name)
    if isinstance(event, Finished):
        account.end = f"finished: {event.summary}"
    if isinstance(event, Failed):
        account.end = f"failed: {event.message} {event.hint}"


def _figure(value: float | None, digits: int) -> str:
    return "" if value is None else f"{value:,.{digits}f}"


if __name__ == "__main__":
    main()
