"""Who watches a run: a line of JSON for each event, a plain line now and then, or TensorBoard."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from trainer.errors import ResourceError, WakesmithError
from trainer.events import (
    Event,
    Failed,
    Finished,
    Metric,
    Progress,
    Sample,
    Stage,
    StageState,
    Started,
    Warning,
    encode,
    is_terminal,
)

if TYPE_CHECKING:
    from trainer.events import Report

_TENTHS = 10


def write_json(event: Event) -> None:
    """Write the event as one line to stdout, at once."""
    sys.stdout.write(encode(event) + "\n")
    sys.stdout.flush()


@contextmanager
def failures_as_events(json: bool = True) -> Iterator[None]:
    """Write an error as a `failed` event on its way out, for a program that reads `json`."""
    try:
        yield
    except WakesmithError as error:
        if json:
            write_json(Failed(error.code, error.message, error.hint, error.values))
        raise


@contextmanager
def watching(json: bool, log: Path, *more: "Report") -> "Iterator[tuple[Report, ...]]":
    """Yield who is told of a run; for people, what libraries write to stderr meanwhile goes to the log."""
    from trainer.cli.journal import stderr_to

    if json:
        yield (write_json, *more)
        return
    with stderr_to(log):
        if sys.stdout.isatty():
            from trainer.cli.live import live_view

            with live_view() as view:
                yield (view, *more)
        else:
            yield (PlainView(sys.stdout), *more)


class PlainView:
    """For logs and pipes: a line for each stage, and for each tenth of its way."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._stage = ""
        self._tenth = 0

    def __call__(self, event: Event) -> None:
        """Take one event."""
        line = self._line(event)
        if line:
            self._out.write(line + "\n")
            self._out.flush()

    def _line(self, event: Event) -> str:
        match event:
            case Started(phrase, folder):
                return f'"{phrase}" in {folder}'
            case Stage(name, StageState.RUNNING):
                self._stage, self._tenth = name, 0
                return f"{name} ..."
            case Stage(name, state, seconds):
                return f"{name}: {state}" + (f" after {seconds:.1f} s" if seconds else "")
            case Progress():
                return self._progress(event)
            case Metric(step, values):
                return f"{self._stage}: step {step}, {figures(values)}"
            case Warning(_, message, hint):
                return f"warning: {sentences(message, hint)}"
            case Finished(model, summary):
                return f"{summary}\n{model}" if summary else model
            case Failed() | Sample():
                return ""
        return ""

    def _progress(self, event: Progress) -> str:
        tenth = _TENTHS * event.done // max(event.total, 1)
        if tenth < self._tenth:
            self._tenth = 0  # another count of the same stage
        if tenth <= self._tenth:
            return ""
        self._tenth = tenth
        left = "" if event.eta_s is None else f", {duration(event.eta_s)} left"
        stage = f"{self._stage}: " if self._stage else ""
        return f"{stage}{event.done} of {event.total} {event.unit}, {event.rate:.1f} a second{left}"


def figures(values: dict[str, float]) -> str:
    """Return metrics on one line."""
    return ", ".join(f"{name.replace('_', ' ')} {value:.4g}" for name, value in values.items())


def sentences(message: str, hint: str) -> str:
    """Join what happened and what to do about it."""
    return f"{message.rstrip('.')}. {hint}".rstrip() if hint else message


def duration(seconds: float) -> str:
    """Return a time as people say it: "45 s", "3 min 20 s", "1 h 05 min"."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def write_tensorboard(folder: Path) -> "Report":
    """Return a watcher that writes metrics as a file of TensorBoard's events. TensorFlow is not loaded.

    Raises:
        ResourceError: TensorBoard is not installed.
    """
    try:
        from tensorboard.compat.proto.event_pb2 import Event as Record
        from tensorboard.compat.proto.summary_pb2 import Summary
        from tensorboard.summary.writer.record_writer import RecordWriter
    except ImportError as error:
        raise ResourceError(
            f"--tensorboard: TensorBoard is not installed ({error})", hint="Run script/setup.", code="no_tensorboard"
        ) from error
    folder.mkdir(parents=True, exist_ok=True)
    writer = RecordWriter((folder / f"events.out.tfevents.{time.time_ns()}").open("wb"))

    def write(**values: Any) -> None:
        writer.write(Record(wall_time=time.time(), **values).SerializeToString())

    def watch(event: Event) -> None:
        if isinstance(event, Metric):
            values = [Summary.Value(tag=name, simple_value=value) for name, value in event.values.items()]
            write(step=event.step, summary=Summary(value=values))
            writer.flush()
        elif is_terminal(event):
            writer.close()

    write(file_version="brain.Event:2")
    return watch
