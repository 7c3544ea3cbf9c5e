"""What an evaluation found: typed, versioned, as it stands in report.json."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import TypeAdapter, ValidationError

from trainer.core.clips import Rejection
from trainer.core.folders import write_whole
from trainer.errors import DataError
from trainer.evaluation.calibrate import Calibration
from trainer.evaluation.measures import Confusion, Difference, Hourly, Operating, Ranking, Share

VERSION = 1
SCORE_BINS = 32  # of the score histograms over 0..255


@dataclass(frozen=True)
class ModelFacts:
    """Which model was measured, and by which rule it detects.

    Attributes:
        rule: where cutoff and window come from, in words.
        arena: bytes, as the manifest names them; None without one.
        arena_calculated: from the model's file alone, on a machine without TFLite-Micro's interpreter.
    """

    name: str
    phrase: str
    size: int
    sha256: str
    stride: int
    cutoff: int
    probability_cutoff: float
    window: int
    rule: str
    arena: int | None = None
    arena_calculated: bool = False

    @property
    def arena_words(self) -> str:
        """The arena, and how it is known."""
        if not self.arena:
            return "not measured here"
        return (
            f"{self.arena:,} bytes" + ", calculated, not measured: with the margin for that" * self.arena_calculated
        )


@dataclass(frozen=True)
class Group:
    """Clips that share a voice or a folder. `recall` is the mean over stride phases."""

    name: str
    recall: Share


@dataclass(frozen=True)
class Condition:
    """All clips of the phrase, played through one condition.

    Attributes:
        recall: mean over stride phases. `worst` of the worst one.
        change: from the same clips in a quiet room; None for that room itself.
    """

    name: str
    recall: Share
    worst: Share
    change: Difference | None = None


@dataclass(frozen=True)
class Slice:
    """Clips of the phrase that have something in common.

    Attributes:
        attribute: what is known of them: language, pitch, length, or engine. name: its value.
        recall: in a quiet room. disturbed: mean of all other conditions, of the clips that were played through them.
        change: from quiet to those, on the same clips.
    """

    attribute: str
    name: str
    recall: Share
    disturbed: Share
    change: Difference


@dataclass(frozen=True)
class NegativeSource:
    """A folder or kind of negative sound. `rate` counts the worst stride phase, `mean_accepts` all phases' mean."""

    name: str
    files: int
    rate: Hourly
    mean_accepts: float


@dataclass(frozen=True)
class Accept:
    """A moment at which the device woke by mistake, in `phases` of its stride phases."""

    recording: str
    at_s: float
    phases: int


@dataclass(frozen=True)
class Latency:
    """Milliseconds from the word's end to the detection. `estimated`: the end was found by loudness."""

    estimated: bool
    median_ms: float
    p95_ms: float
    values_ms: tuple[int, ...]


@dataclass(frozen=True)
class Scores:
    """How many clips and pieces of negative sound have which score: counts in `SCORE_BINS` equal bins of 0..256."""

    positives: tuple[int, ...]
    near_misses: tuple[int, ...]
    negatives: tuple[int, ...]


@dataclass(frozen=True)
class Caution:
    """What a reader must know before believing the figures (D6): in words, and by code and values for programs."""

    code: str
    message: str
    values: dict[str, str | int | float] = field(default_factory=dict)


@dataclass(frozen=True)
class Evaluation:
    """One model, measured.

    Attributes:
        basis: what the figures were measured on, in words.
        conditions: "clean" first; empty where there were no clips of the phrase.
        near_misses: share of near misses that wake the device, mean over phases; None where there were none.
        false_accepts: on all negative sound, in the worst stride phase.
        recall_without_accepts: recall at the lowest cutoff that accepts nothing of the negative sound (E5).
        curve: recall against false accepts at every cutoff.
        calibration: how cutoff and window were chosen, on the validation sets; None for a model from elsewhere.
        history: rows of the training's history.
        cautions: the gravest first.
        slices: by what is known of the clips, found least first; an attribute that all share is left out.
    """

    model: ModelFacts
    basis: str
    conditions: tuple[Condition, ...]
    groups: tuple[Group, ...]
    near_misses: Share | None
    false_accepts: Hourly
    sources: tuple[NegativeSource, ...]
    accepts: tuple[Accept, ...]
    recall_without_accepts: Share | None
    curve: tuple[Operating, ...]
    ranking: Ranking | None
    confusion: Confusion
    scores: Scores
    latency: Latency | None
    rejections: tuple[Rejection, ...]
    cautions: tuple[Caution, ...]
    created: str
    calibration: Calibration | None = None
    history: tuple[dict[str, float], ...] = ()
    provenance: dict[str, Any] | None = None
    slices: tuple[Slice, ...] = ()

    @property
    def clean(self) -> Condition | None:
        """The undisturbed condition."""
        return next((c for c in self.conditions if c.name == "clean"), None)


def write_evaluation(path: Path, evaluation: Evaluation) -> None:
    """Write report.json."""
    data = {"version": VERSION, **asdict(evaluation)}
    write_whole(path, json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False) + "\n")


def read_evaluation(path: Path) -> Evaluation:
    """Read report.json.

    Raises:
        DataError: it cannot be read, or was written by another version.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        version = data.pop("version", None)
        if version != VERSION:
            raise DataError(f"{path}: report version {VERSION} is known. Received: {version!r}")
        if "warnings" in data:  # a report from before cautions had codes
            data["cautions"] = [{"code": "", "message": text} for text in data.pop("warnings")]
        return TypeAdapter(Evaluation).validate_python(data)
    except ValidationError as error:
        wrong = ".".join(map(str, error.errors()[0]["loc"]))
        raise DataError(f"{path} is not a report: {wrong} is wrong", hint="Evaluate the model again.") from error
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise DataError(f"{path} is not a report: {error}", hint="Evaluate the model again.") from error


def histogram(scores: list[float]) -> tuple[int, ...]:
    """Return counts of scores 0..255 in `SCORE_BINS` bins."""
    counts, _ = np.histogram(np.clip(scores, 0, 255), SCORE_BINS, (0, 256))
    return tuple(int(n) for n in counts)
