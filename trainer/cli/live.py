"""The live view on a terminal: stages, progress, figures and the last warnings."""

import sys
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from trainer.cli.watchers import duration, sentences
from trainer.events import Event, Failed, Finished, Metric, Progress, Stage, StageState, Started, Warning

_MARKS = {StageState.RUNNING: "[bold cyan]>[/]", StageState.DONE: "[green]+[/]", StageState.SKIPPED: "[dim]=[/]"}
_SHOWN_WARNINGS = 4


class LiveView:
    """Keeps what the last events said, and draws it four times a second."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._title = Text()
        self._stages: dict[str, Stage | None] = {}
        self._since = self._began
        self._progress: Progress | None = None
        self._metric: dict[str, float] = {}
        self._step = 0
        self._warnings: deque[Warning] = deque(maxlen=_SHOWN_WARNINGS)
        self._end: Finished | Failed | None = None

    def __call__(self, event: Event) -> None:
        """Take one event."""
        match event:
            case Started(phrase, folder, stages):
                self._title = Text.assemble((phrase, "bold"), f" in {folder}")
                self._stages = dict.fromkeys(stages)
            case Stage(name, state):
                self._stages[name] = event
                if state is StageState.RUNNING:
                    self._since, self._progress = time.monotonic(), None
            case Progress():
                self._progress = event
            case Metric(step, values):
                self._step = step
                self._metric.update(values)
            case Warning():
                self._warnings.append(event)
            case Finished() | Failed():
                self._end = event
            case _:
                pass

    def __rich__(self) -> RenderableType:
        """Draw the state."""
        parts: list[RenderableType] = [self._title, self._table()]
        if self._metric:
            line = Text(f"step {self._step}")
            for name, value in self._metric.items():
                line.append(f"  {name.replace('_', ' ')} ").append(f"{value:.4g}", "bold")
            parts.append(line)
        parts += [Text(f"! {sentences(w.message, w.hint)}", "yellow") for w in self._warnings]
        if isinstance(self._end, Finished):
            parts += [Text(self._end.summary, "bold green"), Text(self._end.model)]
        return Group(*parts)

    def _table(self) -> Table:
        table = Table.grid(padding=(0, 1))
        for name, stage in self._stages.items():
            if stage is None:
                table.add_row(" ", f"[dim]{name}[/]")
            elif stage.state is StageState.RUNNING:
                table.add_row(_MARKS[stage.state], f"[bold]{name}[/]", *self._running())
            else:
                took = "unchanged" if stage.state is StageState.SKIPPED else duration(stage.seconds)
                table.add_row(_MARKS[stage.state], name, f"[dim]{took}[/]")
        table.add_row("", "", f"[dim]{duration(time.monotonic() - self._began)} in all[/]")
        return table

    def _running(self) -> tuple[RenderableType, ...]:
        progress, spent = self._progress, duration(time.monotonic() - self._since)
        if self._end is not None:
            return (Text("stopped", "red"),)
        if progress is None:
            return (Text(spent, "dim"),)
        left = "" if progress.eta_s is None else f"{duration(progress.eta_s)} left"
        count = f"{progress.done} of {progress.total} {progress.unit}"
        bar = ProgressBar(max(progress.total, 1), progress.done, width=30)
        return (bar, Text(count), Text(f"{progress.rate:.1f} a second", "dim"), Text(left, "cyan"))


@contextmanager
def live_view() -> Iterator[LiveView]:
    """Show a view while the block runs."""
    view = LiveView()
    with Live(view, console=Console(file=sys.stdout), refresh_per_second=4, redirect_stderr=False):
        yield view
