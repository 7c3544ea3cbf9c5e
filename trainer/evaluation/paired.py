"""Challenger against champion (N11): two models on the same sound, and whether one is better than chance allows.

Both run in the device twin, each at the cutoff and window of its own manifest, on the same clips in the same rooms
and noise, in the same stride phases (of a model with a shorter stride, as many phases as the other has).

- A clip of the phrase is *found* by a model that detects within it in at least half of the phases. Clips that only
  one of the two finds decide: McNemar's test, exact, two-sided (Q. McNemar, Psychometrika 12, 1947).
- Other sound is heard once by each. What wakes a model within `MOMENT_S` of what wakes the other, in any phase, is
  one moment that woke both. Moments that woke only one of the two decide: the same test.

The verdict, at a level of 5 %:

    wins        significantly better on one of the two, and not significantly worse on the other
    loses       significantly worse on one, and not significantly better on the other
    mixed       significantly better on one and significantly worse on the other
    equal       no significant difference, on at least `LEAST_CLIPS` clips and `LEAST_HOURS` of other sound
    undecided   no significant difference, and too little sound to tell; or better on one, and of the other too little
                was heard to tell whether it is worse
"""

import math
from collections.abc import Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

from trainer.core.clips import Rejection
from trainer.core.workers import map_in_order
from trainer.errors import DataError
from trainer.evaluation.device import Twin
from trainer.evaluation.evaluate import CLIPS, chunks, cut_streams, open_model
from trainer.evaluation.scoring import ClipScore, ClipTask, Recording, Rule, StreamTask, score_clips, score_stream
from trainer.events import Report

LEVEL = 0.05
LEAST_CLIPS, LEAST_HOURS = 30, 0.25
MOMENT_S = 2.0  # about what a phrase takes
CONDITIONS = ("clean", "noise_10db", "rooms")  # clips are played through these in turn, each clip once
_STREAM_S = 300.0
Verdict = Literal["wins", "loses", "mixed", "equal", "undecided"]
Where = tuple[str, float]  # recording, seconds into it
T = TypeVar("T")


@dataclass(frozen=True)
class Figures:
    """What one of two models did.

    Attributes:
        found: clips. only: clips that it alone found.
        accepts: moments of other sound that woke it. only_accepts: it alone.
    """

    model: str
    found: int
    only: int
    accepts: int
    only_accepts: int


@dataclass(frozen=True)
class Comparison:
    """Two models on the same sound.

    Attributes:
        verdict: of the challenger.
        clips: of the phrase; hours: of other sound; both of what could be read.
        p, p_accepts: how likely so uneven a split is between equals, for clips and for false accepts.
        rejections: recordings that could not be read.
    """

    verdict: Verdict
    challenger: Figures
    champion: Figures
    clips: int
    hours: float
    p: float
    p_accepts: float
    rejections: tuple[Rejection, ...] = ()


@dataclass(frozen=True)
class Sound:
    """What is played to both: clips of the phrase, and other sound with its seconds."""

    clips: tuple[Recording, ...]
    others: tuple[tuple[Recording, float], ...]


def compare_models(
    challenger: Path, champion: Path, sound: Sound, executor: Executor, report: Report, seed: int = 1
) -> Comparison:
    """Play the same sound to both.

    Raises:
        ModelError: one of the models or manifests cannot be read.
        DataError: there is no sound at all.
    """
    if not sound.clips and not sound.others:
        raise DataError("there is no sound to compare by", hint="Name folders or runs.", code="no_audio")
    models = [open_model(path, None) for path in (challenger, champion)]
    phases = min(twin.stride for twin, _ in models)
    heard = [
        _hear(twin, Rule(facts.cutoff, facts.window), sound, phases, executor, report, seed) for twin, facts in models
    ]
    (new, refused), (old, _) = heard
    shared = new.found.keys() & old.found.keys()
    found = [{name for name in shared if side.found[name]} for side in (new, old)]
    woken = pair_moments(new.accepts, old.accepts)
    figures = [
        Figures(
            facts.name,
            found=len(found[me]),
            only=len(found[me] - found[1 - me]),
            accepts=sum(moment[me] for moment in woken),
            only_accepts=sum(moment[me] and not moment[1 - me] for moment in woken),
        )
        for me, (_, facts) in enumerate(models)
    ]
    hours = new.seconds / 3600
    p = exact_p(figures[0].only, figures[1].only)
    p_accepts = exact_p(figures[0].only_accepts, figures[1].only_accepts)
    verdict = judge(
        _direction(figures[0].only, figures[1].only, p),
        _direction(figures[1].only_accepts, figures[0].only_accepts, p_accepts),
        enough_clips=len(shared) >= LEAST_CLIPS,
        enough_sound=hours >= LEAST_HOURS,
    )
    return Comparison(verdict, figures[0], figures[1], len(shared), round(hours, 4), p, p_accepts, refused)


def exact_p(ours: int, theirs: int) -> float:
    """Return how likely a split at least so uneven is when both sides are equally likely: binomial, two-sided."""
    total, least = ours + theirs, min(ours, theirs)
    tail = sum(math.comb(total, k) for k in range(least + 1))
    return min(1.0, float(2 * tail / 2**total))


def judge(clips: int, accepts: int, *, enough_clips: bool, enough_sound: bool) -> Verdict:
    """Return the verdict.

    Args:
        clips, accepts: 1 significantly better, -1 significantly worse, 0 neither.
    """
    if clips * accepts < 0:
        return "mixed"
    if clips + accepts < 0:
        return "loses"
    if clips + accepts > 0:
        untold = (clips == 0 and not enough_clips) or (accepts == 0 and not enough_sound)
        return "undecided" if untold else "wins"
    return "equal" if enough_clips and enough_sound else "undecided"


def pair_moments(ours: Sequence[Where], theirs: Sequence[Where]) -> list[tuple[bool, bool]]:
    """Return the moments that woke one or both: whether they woke us, and them."""
    events = sorted([(*event, 0) for event in ours] + [(*event, 1) for event in theirs])
    moments: list[tuple[bool, bool]] = []
    last, begin = "", -math.inf
    for name, at, who in events:
        if name != last or at - begin > MOMENT_S:
            moments.append((False, False))
            last, begin = name, at
        us, them = moments[-1]
        moments[-1] = (us or who == 0, them or who == 1)
    return moments


@dataclass(frozen=True)
class _Heard:
    found: dict[str, bool]
    accepts: tuple[Where, ...]
    seconds: float


def _hear(
    twin: Twin, rule: Rule, sound: Sound, phases: int, executor: Executor, report: Report, seed: int
) -> tuple[_Heard, tuple[Rejection, ...]]:
    found: dict[str, bool] = {}
    rejections: list[Rejection] = []
    clip_tasks = [
        ClipTask(twin, rule, part, (condition,), seed)
        for place, condition in enumerate(CONDITIONS)
        for part in chunks(sound.clips[place :: len(CONDITIONS)], CLIPS)
    ]
    for score in _flat(map_in_order(executor, score_clips, clip_tasks, report, "batches of clips")):
        if isinstance(score, ClipScore):
            found[score.recording.name] = 2 * sum(score.found[:phases]) >= phases
        else:
            rejections.append(score)
    streams = cut_streams([r for r, _ in sound.others], [s for _, s in sound.others], _STREAM_S)
    stream_tasks = [StreamTask(twin, rule, part, seed) for part in streams]
    scores = list(map_in_order(executor, score_stream, stream_tasks, report, "streams", ahead=8))
    accepts = tuple((r.name, at) for score in scores for r, at, phase in score.accepts if phase < phases)
    seconds = sum(length for score in scores for _, length in score.seconds)
    rejections += [rejection for score in scores for rejection in score.rejections]
    return _Heard(found, accepts, seconds), tuple(rejections)


def _flat(parts: Iterable[Iterable[T]]) -> Iterable[T]:
    return (item for part in parts for item in part)


def _direction(better: int, worse: int, p: float) -> int:
    return 0 if p >= LEVEL else 1 if better > worse else -1
