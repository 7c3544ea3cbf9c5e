"""Several models on one scale: their curves, and what each finds at equal false accepts (E11).

Cutoffs of different models mean different things. At the lowest cutoff that lets no more than so many false accepts
pass on the same sound, what they find can be compared, clip by clip.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.evaluation.device import HIGHEST_CUTOFF
from trainer.evaluation.measures import (
    Difference,
    Hourly,
    Operating,
    Ranking,
    Share,
    det_curve,
    hourly,
    paired_difference,
    rank,
    roc,
    share,
)
from trainer.evaluation.paired import Comparison, Heard
from trainer.evaluation.scoring import ClipScore

RATES = (0.0, 0.5, 1.0, 2.0)  # false accepts an hour; those that the hours heard cannot tell apart are joined

_POINTS = 200  # of a ROC curve


@dataclass(frozen=True)
class InCondition:
    """A model's clips in one condition, at its own cutoff, and the difference of the first model from it."""

    name: str
    recall: Share
    first_ahead: Difference


@dataclass(frozen=True)
class AtEqual:
    """A model at the lowest cutoff with at most `accepts` false accepts; `first_ahead` as there, at both cutoffs."""

    accepts: int
    cutoff: int
    recall: Share
    first_ahead: Difference


@dataclass(frozen=True)
class Side:
    """One model.

    Attributes:
        recall, false_accepts: at the cutoff of its manifest.
        curve: DET; recall against false accepts at every cutoff.
        ranking: areas under the ROC curve, over clips and pieces of other sound.
        roc: that curve: shares of the pieces and of the clips at or above each score.
    """

    model: str
    phrase: str
    size: int
    cutoff: int
    window: int
    recall: Share
    false_accepts: Hourly
    conditions: tuple[InCondition, ...]
    equal: tuple[AtEqual, ...]
    curve: tuple[Operating, ...]
    ranking: Ranking | None
    roc: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Contest:
    """All models, the first of them compared with each of the others in `pairs`."""

    sides: tuple[Side, ...]
    pairs: tuple[Comparison, ...]


def make_contest(heard: Sequence[Heard], pairs: Sequence[Comparison]) -> Contest:
    """Return every model's figures; the first is the one that the others are held against."""
    return Contest(tuple(_side(one, heard[0]) for one in heard), tuple(pairs))


def _side(one: Heard, first: Heard) -> Side:
    scores = one.scores
    hours = one.seconds / 3600
    hits = np.sum([s.at_every_cutoff for s in scores], axis=0) if scores else np.zeros(256)
    hits = np.minimum(hits, len(scores))
    return Side(
        one.model.name,
        one.model.phrase,
        one.model.size,
        one.model.cutoff,
        one.model.window,
        _recall(scores, one.model.cutoff),
        hourly(int(one.counts[one.model.cutoff]), hours),
        tuple(
            InCondition(
                name,
                _recall(_in(scores, name), one.model.cutoff),
                _ahead(_in(first.scores, name), first.model.cutoff, _in(scores, name), one.model.cutoff),
            )
            for name in dict.fromkeys(s.condition for s in scores)
        ),
        _at_equal(one, first) if scores and hours else (),
        det_curve(hits, len(scores), one.counts, hours) if scores and hours else (),
        rank(np.array([s.peak for s in scores]), one.peaks),
        _roc(np.array([s.peak for s in scores]), one.peaks),
    )


def _roc(positives: NDArray[np.float64], negatives: NDArray[np.float64]) -> tuple[tuple[float, float], ...]:
    """Return the curve thinned to at most `_POINTS` of them."""
    if not len(positives) or not len(negatives):
        return ()
    wrong, right, _ = roc(positives, negatives)
    step = -(-len(wrong) // _POINTS)
    places = [*range(0, len(wrong) - 1, step), len(wrong) - 1]
    return tuple((round(float(wrong[i]), 5), round(float(right[i]), 5)) for i in places)


def _at_equal(one: Heard, first: Heard) -> tuple[AtEqual, ...]:
    found = []
    for accepts in dict.fromkeys(int(rate * one.seconds / 3600) for rate in RATES):
        ours, theirs = (lowest_cutoff(side.counts, accepts) for side in (one, first))
        ahead = _ahead(first.scores, theirs, one.scores, ours)
        found.append(AtEqual(accepts, ours, _recall(one.scores, ours), ahead))
    return tuple(found)


def lowest_cutoff(counts: NDArray[np.int64], accepts: int) -> int:
    """Return the lowest cutoff from which on at most so many accepts pass, at every higher one too."""
    loud = np.flatnonzero(counts > accepts)
    return min(int(loud[-1]) + 1, HIGHEST_CUTOFF) if len(loud) else 1


def _in(scores: Sequence[ClipScore], condition: str) -> list[ClipScore]:
    return [score for score in scores if score.condition == condition]


def _recall(scores: Sequence[ClipScore], cutoff: int) -> Share:
    return share(min(float(sum(s.at_every_cutoff[cutoff] for s in scores)), len(scores)), len(scores))


def _ahead(ours: Sequence[ClipScore], cutoff: int, theirs: Sequence[ClipScore], other: int) -> Difference:
    """Return how much more of each clip the first finds; a clip in several conditions counts once, by its mean."""
    first, second = _by_clip(ours, cutoff), _by_clip(theirs, other)
    return paired_difference([first[name] - second[name] for name in sorted(first.keys() & second.keys())])


def _by_clip(scores: Sequence[ClipScore], cutoff: int) -> dict[str, float]:
    shares: dict[str, list[float]] = {}
    for score in scores:
        shares.setdefault(score.recording.name, []).append(float(score.at_every_cutoff[cutoff]))
    return {name: float(np.mean(values)) for name, values in shares.items()}
