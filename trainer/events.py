"""The messages of a run: one vocabulary from the training loop to the browser. Standard library only.

A run writes one JSON object a line. Every line carries `v` (the version) and `kind`; the last is always
`finished` or `failed`. Anything else, or an end without one of them, is a crash.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from typing import ClassVar

VERSION = 1
# What a message names: with its code, all that is needed to say it in another language.
Values = Mapping[str, str | int | float]


class StageState(StrEnum):
    """What became of a stage."""

    RUNNING = "running"
    DONE = "done"
    SKIPPED = "skipped"  # its inputs have not changed


@dataclass(frozen=True)
class Started:
    """The run began."""

    kind: ClassVar[str] = "started"
    phrase: str
    folder: str
    stages: tuple[str, ...]


@dataclass(frozen=True)
class Stage:
    """A stage began or ended."""

    kind: ClassVar[str] = "stage"
    name: str
    state: StageState
    seconds: float = 0.0


@dataclass(frozen=True)
class Progress:
    """How far the stage is: `done` of `total` units, `rate` units a second, `eta_s` seconds left."""

    kind: ClassVar[str] = "progress"
    done: int
    total: int
    unit: str = ""
    rate: float = 0.0
    eta_s: float | None = None


@dataclass(frozen=True)
class Metric:
    """Figures at a training step, such as `loss`, `recall`, `false_accepts_per_hour`."""

    kind: ClassVar[str] = "metric"
    step: int
    values: dict[str, float]


@dataclass(frozen=True)
class Sample:
    """A clip that can be listened to; `label` says what it is."""

    kind: ClassVar[str] = "sample"
    path: str
    label: str = ""


@dataclass(frozen=True)
class Warning:
    """Something that the user should know and that does not stop the run; `values` is what the message names."""

    kind: ClassVar[str] = "warning"
    code: str
    message: str
    hint: str = ""
    values: Values = field(default_factory=dict)


@dataclass(frozen=True)
class Finished:
    """The run ended well; `model` is the model's folder."""

    kind: ClassVar[str] = "finished"
    model: str
    summary: str = ""


@dataclass(frozen=True)
class Failed:
    """The run ended badly: what happened and what to do; `values` is what the message names."""

    kind: ClassVar[str] = "failed"
    code: str
    message: str
    hint: str = ""
    values: Values = field(default_factory=dict)


Event = Started | Stage | Progress | Metric | Sample | Warning | Finished | Failed
Report = Callable[[Event], None]

_KINDS: dict[str, type[Event]] = {
    cls.kind: cls for cls in (Started, Stage, Progress, Metric, Sample, Warning, Finished, Failed)
}


class EventError(ValueError):
    """A line is not an event of a version that we know."""


def encode(event: Event) -> str:
    """Return the event as one line of JSON, without the line end."""
    return json.dumps({"v": VERSION, "kind": event.kind, **asdict(event)}, ensure_ascii=False, allow_nan=False)


def decode(line: str) -> Event:
    """Read one line. Keys that this version does not know are ignored.

    Raises:
        EventError: the line is not JSON, of another version, of an unknown kind or lacks a field.
    """
    try:
        data = json.loads(line)
        version, kind = data["v"], data["kind"]
    except (ValueError, KeyError, TypeError) as error:
        raise EventError(f"not an event. Received: {line[:200]!r}") from error
    if version != VERSION:
        raise EventError(f"event version {version!r}; this program knows {VERSION}")
    cls = _KINDS.get(kind) if isinstance(kind, str) else None
    if cls is None:
        raise EventError(f"unknown event kind {kind!r}; known: {', '.join(_KINDS)}")
    known = {f.name for f in fields(cls)}
    values = {key: value for key, value in data.items() if key in known}
    try:
        if "stages" in values:
            values["stages"] = tuple(values["stages"])
        if "state" in values:
            values["state"] = StageState(values["state"])
        if not isinstance(values.get("values", {}), dict):
            raise TypeError("values must be an object")
        return cls(**values)
    except (TypeError, ValueError) as error:
        raise EventError(f"incomplete {kind} event. Received: {line[:200]!r}") from error


def is_terminal(event: Event) -> bool:
    """Say whether nothing may follow this event."""
    return isinstance(event, Finished | Failed)


def discard(_event: Event) -> None:
    """Ignore the event: the reporter of callers that have nobody to tell."""
