"""What the app keeps: jobs, models, recordings and saved choices. Times are ISO 8601 in UTC."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class JobState(StrEnum):
    """What becomes of a job; the last four are ends."""

    QUEUED = "queued"
    RUNNING = "running"
    CANCELLING = "cancelling"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"  # the app or the trainer died; it can be resumed

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen by itself."""
        return self not in (JobState.QUEUED, JobState.RUNNING, JobState.CANCELLING)


@dataclass(frozen=True)
class JobRequest:
    """What the user asks for.

    Attributes:
        settings: recipe keys such as `training.batch`, laid over the preset.
        recordings: whether the user's own recordings of the phrase take part.
        satellites: ids of those that the model is sent to when it is done.
    """

    phrase: str
    language: str = "auto"
    say: tuple[str, ...] = ()
    veto: tuple[str, ...] = ()
    preset: str = "standard"
    settings: dict[str, Any] = field(default_factory=dict)
    recordings: bool = True
    false_accepts_per_hour: float | None = None
    satellites: tuple[str, ...] = ()


@dataclass(frozen=True)
class Job:
    """One training.

    Attributes:
        position: place in the queue, 0 first; -1 once it has begun.
        attempt: times it was started.
        stage, done, total, eta_s: where it stands, as last heard.
        code, message, hint, values: of its failure, or of what the user should know ("cpu" after a GPU failed).
        model: id of the model that it made.
        on_cpu: the GPU failed once; from then on the processor does the work.
        revivals: times it was resumed by itself since the user last asked for it.
    """

    id: str
    request: JobRequest
    state: JobState
    created: str
    position: int = -1
    attempt: int = 0
    started: str | None = None
    ended: str | None = None
    stage: str = ""
    done: int = 0
    total: int = 0
    eta_s: float | None = None
    code: str = ""
    message: str = ""
    hint: str = ""
    model: str | None = None
    pid: int | None = None
    on_cpu: bool = False
    revivals: int = 0
    values: Mapping[str, str | int | float] = field(default_factory=dict)


@dataclass(frozen=True)
class Model:
    """A finished wake word; its files lie in `models/<id>/`.

    Attributes:
        id: versioned, such as `hey_jarvis_v2`.
        word: the id without its version.
        cutoff: 0..255; `window`: steps.
        recall, recall_low: share of test clips found, and the lower bound (95 %).
        false_accepts_high: upper bound of false accepts per hour (95 %).
        summary: the report in plain words.
        ipa: how it was said to it, the likeliest first.
    """

    id: str
    word: str
    version: int
    phrase: str
    language: str
    created: str
    size: int
    cutoff: int
    window: int
    recall: float | None = None
    recall_low: float | None = None
    false_accepts_high: float | None = None
    summary: str = ""
    notes: str = ""
    job: str | None = None
    deleted: str | None = None
    ipa: tuple[str, ...] = ()


class SampleLabel(StrEnum):
    """What a recording holds."""

    PHRASE = "phrase"
    NEAR_MISS = "near_miss"
    OTHER = "other"


class SampleState(StrEnum):
    """What the user decided."""

    INBOX = "inbox"
    GOOD = "good"
    FALSE_WAKE = "false_wake"
    DISCARDED = "discarded"


@dataclass(frozen=True)
class Sample:
    """A recording: `samples/<id>.wav`, 16 kHz mono.

    Attributes:
        source: "panel", "upload" or "satellite".
        problems: codes of the quality check, such as "clipped", "quiet".
    """

    id: str
    phrase: str
    speaker: str
    label: SampleLabel
    state: SampleState
    source: str
    name: str
    created: str
    seconds: float
    peak_dbfs: float
    snr_db: float | None = None
    problems: tuple[str, ...] = ()
    deleted: str | None = None


@dataclass(frozen=True)
class Profile:
    """Saved *Advanced* choices (U4)."""

    name: str
    request: JobRequest
