"""Challenger against champion (N11): two models on the same sound, and whether one is better than chance allows.

Both run in the device twin, each at the cutoff and window of its own manifest, on the same clips in the same rooms
and noise, in the same stride phases (of a model with a shorter stride, as many phases as the other has).

- A clip of the phrase is *found* by a model that detects within it in at least half of the phases. Clips that only
  one of the two finds decide: McNemar's test, exact, two-sided (Q. McNemar, Psychometrika 12, 1947). Of clips that
  were played through several conditions, those that one finds in more of them: each clip decides once.
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
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from trainer.core.clips import Rejection
from trainer.core.workers import map_in_order
from trainer.errors import DataError
from trainer.evaluation.device import CUTOFFS, Twin
from trainer.evaluation.evaluate import CLIPS, chunks, cut_streams, open_model, order_conditions
from trainer.evaluation.results import ModelFacts
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
        found: clips, in each condition that they were played through. only: clips that it alone found, or in more.
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
        clips: of the phrase; hours: of other sound; both of what could be read. played: clips, in each condition.
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
    played: int = 0


@dataclass(frozen=True)
class Sound:
    """What is played to both: clips of the phrase, and other sound with its seconds."""

    clips: tuple[Recording, ...]
    others: tuple[tuple[Recording, float], ...]


@dataclass(frozen=True)
class Heard:
    """What one model did.

    Attributes:
        phases: stride phases that are looked at, from 0.
        scores: of every clip in every condition that it was played through.
        accepts: moments of other sound that woke it, by phase. seconds: of other sound.
        counts: accepts at every cutoff in the worst phase, int64 [256].
        peaks: highest sliding mean of each piece of other sound, 0..255.
    """

    model: ModelFacts
    phases: int
    scores: tuple[ClipScore, ...]
    accepts: tuple[Where, ...]
    seconds: float
    counts: NDArray[np.int64]
    peaks: NDArray[np.float64]
    rejections: tuple[Rejection, ...]

    @property
    def found(self) -> Mapping[str, int]:
        """In how many conditions each clip was found, in at least half of the phases."""
        times = Counter[str]()
        for score in self.scores:
            times[score.recording.name] += 2 * sum(score.found[: self.phases]) >= self.phases
        return times


def compare_models(
    models: Sequence[Path],
    sound: Sound,
    executor: Executor,
    report: Report,
    seed: int = 1,
    conditions: Sequence[str] = (),
) -> tuple[list[Heard], list[Comparison]]:
    """Play the same sound to all; return what each did, and the first compared with each of the others.

    Args:
        models: two or more.
        conditions: every clip is played through each of them; without any, through one of `CONDITIONS` in turn.

    Raises:
        ModelError: one of the models or manifests cannot be read.
        DataError: there is no sound at all.
        RecipeError: a condition is unknown.
    """
    if not sound.clips and not sound.others:
        raise DataError("there is no sound to compare by", hint="Name folders or runs.", code="no_audio")
    names = order_conditions(conditions) if conditions else ()
    opened = [open_model(path, None) for path in models]
    if len({facts.name for _, facts in opened}) < len(models):  # several runs call theirs alike
        opened = [(twin, replace(facts, name=str(path))) for (twin, facts), path in zip(opened, models, strict=True)]
    phases = min(twin.stride for twin, _ in opened)
    heard = [_hear(twin, facts, sound, names, phases, executor, report, seed) for twin, facts in opened]
    return heard, [compare_heard(heard[0], other) for other in heard[1:]]


def compare_heard(new: Heard, old: Heard) -> Comparison:
    """Return how the first did beside the second, on the same sound."""
    both = (new, old)
    shared = {score.recording.name for score in new.scores} & {score.recording.name for score in old.scores}
    found = [side.found for side in both]
    woken = pair_moments(new.accepts, old.accepts)
    ahead = [{name for name in shared if found[me][name] > found[1 - me][name]} for me in (0, 1)]
    figures = [
        Figures(
            side.model.name,
            found=sum(found[me][name] for name in shared),
            only=len(ahead[me]),
            accepts=sum(moment[me] for moment in woken),
            only_accepts=sum(moment[me] and not moment[1 - me] for moment in woken),
        )
        for me, side in enumerate(both)
    ]
    hours = new.seconds / 3600
    played = sum(score.recording.name in shared for score in new.scores)
    p = exact_p(figures[0].only, figures[1].only)
    p_accepts = exact_p(figures[0].only_accepts, figures[1].only_accepts)
    verdict = judge(
        _direction(figures[0].only, figures[1].only, p),
        _direction(figures[1].only_accepts, figures[0].only_accepts, p_accepts),
        enough_clips=len(shared) >= LEAST_CLIPS,
        enough_sound=hours >= LEAST_HOURS,
    )
    return Comparison(
        verdict, figures[0], figures[1], len(shared), round(hours, 4), p, p_accepts, new.rejections, played
    )


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


def _hear(
    twin: Twin,
    facts: ModelFacts,
    sound: Sound,
    conditions: Sequence[str],
    phases: int,
    executor: Executor,
    report: Report,
    seed: int,
) -> Heard:
    rule = Rule(facts.cutoff, facts.window)
    plays = [(sound.clips, tuple(conditions))]
    if not conditions:
        plays = [(sound.clips[place :: len(CONDITIONS)], (name,)) for place, name in enumerate(CONDITIONS)]
    clip_tasks = [ClipTask(twin, rule, part, names, seed) for clips, names in plays for part in chunks(clips, CLIPS)]
    played = list(_flat(map_in_order(executor, score_clips, clip_tasks, report, "batches of clips")))
    streams = cut_streams([r for r, _ in sound.others], [s for _, s in sound.others], _STREAM_S)
    stream_tasks = [StreamTask(twin, rule, part, seed) for part in streams]
    scores = list(map_in_order(executor, score_stream, stream_tasks, report, "streams", ahead=8))
    rejections = [score for score in played if isinstance(score, Rejection)]
    return Heard(
        facts,
        phases,
        tuple(score for score in played if isinstance(score, ClipScore)),
        tuple((r.name, at) for score in scores for r, at, phase in score.accepts if phase < phases),
        sum(length for score in scores for _, length in score.seconds),
        sum((score.counts[:phases] for score in scores), np.zeros((phases, CUTOFFS), np.int64)).max(0),
        np.concatenate([score.peaks for score in scores] or [np.zeros(0)]),
        (*rejections, *(rejection for score in scores for rejection in score.rejections)),
    )


def _flat(parts: Iterable[Iterable[T]]) -> Iterable[T]:
    return (item for part in parts for item in part)


def _direction(better: int, worse: int, p: float) -> int:
    return 0 if p >= LEVEL else 1 if better > worse else -1
