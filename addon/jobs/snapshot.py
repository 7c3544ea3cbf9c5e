"""What a new browser needs to know of a job: its events folded into one picture, live or from `events.jsonl`."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from addon.records import Job, JobState
from trainer.events import (
    Event,
    EventError,
    Failed,
    Finished,
    Metric,
    Progress,
    Sample,
    Stage,
    StageState,
    Started,
    Warning,
    decode,
)

MOST_METRICS, MOST_SAMPLES, MOST_WARNINGS = 4000, 500, 200
LONGEST_LINE = 64 * 1024  # bytes; events are far shorter


@dataclass(frozen=True)
class StageView:
    """A stage: `state` is "waiting", "running", "done" or "skipped"."""

    name: str
    state: str
    seconds: float = 0.0


@dataclass(frozen=True)
class JobSnapshot:
    """All that is known of a job.

    Attributes:
        progress: the last of the running stage.
        metrics: of all attempts, by rising step; thinned out above some thousands.
        samples: in order; the place is the number in `jobs/{id}/samples/{n}`.
        ending: how it ended, if it did.
    """

    job: Job
    stages: tuple[StageView, ...]
    progress: Progress | None
    metrics: tuple[Metric, ...]
    warnings: tuple[Warning, ...]
    samples: tuple[Sample, ...]
    ending: Finished | Failed | None


class Picture:
    """Folds events. A run that goes on in the same folder keeps the figures and clips of the earlier ones."""

    def __init__(self) -> None:
        self.stages: dict[str, StageView] = {}
        self.progress: Progress | None = None
        self.metrics: list[Metric] = []
        self.warnings: dict[tuple[str, str], Warning] = {}
        self.samples: dict[str, Sample] = {}
        self.ending: Finished | Failed | None = None

    def take(self, event: Event) -> None:
        """Add one event."""
        match event:
            case Started():
                self._start(event)
            case Stage():
                self._stage(event)
            case Progress():
                self.progress = event
            case Metric():
                self._metric(event)
            case Sample(path):
                if len(self.samples) < MOST_SAMPLES:
                    self.samples[path] = event
            case Warning(code, message):
                if len(self.warnings) < MOST_WARNINGS:
                    self.warnings[code, message] = event
            case Finished() | Failed():
                self.ending = event

    def view(self, job: Job) -> JobSnapshot:
        """Return the picture as it is now."""
        warnings = tuple(self.warnings.values())
        if job.on_cpu and all(warning.code != "cpu" for warning in warnings):
            message = job.message or "the GPU failed; the processor does the work"
            warnings = (Warning("cpu", message, values=job.values if job.code == "cpu" else {}), *warnings)
        ending = self.ending if job.state is JobState.DONE else Failed(job.code, job.message, job.hint, job.values)
        return JobSnapshot(
            job,
            tuple(self.stages.values()),
            None if job.state.ended else self.progress,
            tuple(self.metrics),
            warnings,
            tuple(self.samples.values()),
            ending if job.state.ended else None,
        )

    def _start(self, event: Started) -> None:
        earlier = self.stages
        self.stages = {name: earlier.get(name, StageView(name, "waiting")) for name in event.stages}
        for name, stage in self.stages.items():
            if stage.state == "running":
                self.stages[name] = StageView(name, "waiting")
        self.progress, self.ending = None, None
        self.warnings.clear()

    def _stage(self, event: Stage) -> None:
        done = self.stages.get(event.name)
        if event.state is StageState.SKIPPED and done is not None and done.state == "done":
            return  # an earlier attempt did it, and says how long it took
        self.stages[event.name] = StageView(event.name, event.state.value, event.seconds)
        self.progress = None

    def _metric(self, event: Metric) -> None:
        while self.metrics and self.metrics[-1].step >= event.step:
            self.metrics.pop()  # the run went on from an earlier checkpoint
        self.metrics.append(event)
        if len(self.metrics) > MOST_METRICS:
            self.metrics[: MOST_METRICS // 2] = self.metrics[: MOST_METRICS // 2 : 2]


def read_picture(file: Path) -> Picture:
    """Fold a file of events; lines that are none are passed over. Blocks: call it in a thread."""
    picture = Picture()
    for event in _events(_lines(file)):
        picture.take(event)
    return picture


def _events(lines: Iterable[bytes]) -> Iterator[Event]:
    for line in lines:
        try:
            yield decode(line.decode("utf-8", "replace"))
        except (EventError, RecursionError):
            continue


def _lines(file: Path) -> Iterator[bytes]:
    try:
        with file.open("rb") as opened:
            while line := opened.readline(LONGEST_LINE):
                yield line
    except OSError:
        return
