"""Calibration: the cutoff on the device's own grid and the window size, for a false-accept target (E1-E3, N10).

The rule, for a target of t false accepts an hour and H hours of negative sound:

- where zero accepts would prove the target (3 / H <= t), a cutoff is allowed if the one-sided 95 % upper bound of its
  rate is at most t, counted in the worst stride phase;
- where the sound is too short for that, a cutoff is allowed if the rate that was counted, the mean of the stride
  phases, is at most t (E2), also at a cutoff lower by a margin of the grid: the rate is then not proven and said so;
- at most a small share of near misses may be accepted, too;
- of the allowed cutoffs the lowest is taken, because it hears the most people, and of the windows the one that finds
  most. If none is allowed, the one with the least `2 * accepted near misses + missed` of the quietest is (E3).

The window stays the same for all sensitivities, since a device can change the cutoff while it runs, and nothing else.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.evaluation.device import CUTOFFS, HIGHEST_CUTOFF, Probabilities, count_detections
from trainer.evaluation.measures import Hourly, Operating, Share, det_curve, hourly, share, upper_bound
from trainer.model.manifest import probability_of

LOWEST_CUTOFF = 51  # 0.2: below it the score of a step says nothing, however quiet the negatives were
DEFAULT = "medium"

Phases = tuple[Probabilities, ...]
Counts = NDArray[np.float64]


@dataclass(frozen=True)
class Demand:
    """What a sensitivity asks for.

    Attributes:
        name: low, medium or high.
        target: factor on the target of false accepts an hour.
        near_misses: greatest share of near misses accepted.
        margin: steps of the 0..255 grid above the lowest cutoff that meets it, where the target cannot be proven.
    """

    name: str
    target: float
    near_misses: float
    margin: int


DEMANDS = (
    Demand("low", 0.2, 0.03, 16),
    Demand("medium", 1.0, 0.08, 0),
    Demand("high", 4.0, 0.15, 0),
)


@dataclass(frozen=True)
class Sensitivity:
    """One setting that the user can choose, with what it does on the calibration sets.

    `held`: all that was demanded is met. `proven`: the target is met by the upper bound of the rate.
    """

    name: str
    cutoff: int
    probability_cutoff: float
    recall: Share
    near_misses: Share
    false_accepts: Hourly
    target: float
    held: bool
    proven: bool


@dataclass(frozen=True)
class Calibration:
    """The window, three cutoffs, and the curve that they were chosen from (at this window)."""

    window: int
    sensitivities: tuple[Sensitivity, ...]
    curve: tuple[Operating, ...]

    @property
    def chosen(self) -> Sensitivity:
        """The default sensitivity."""
        return next(s for s in self.sensitivities if s.name == DEFAULT)

    @property
    def cutoff(self) -> int:
        """The default cutoff, 0..255."""
        return self.chosen.cutoff


@dataclass(frozen=True)
class Tally:
    """What every cutoff does at one window: means over phases, and accepts in the worst phase, too.

    A device stands in one phase, whichever it was switched on in: what it accepts is the mean, at worst the worst.
    """

    window: int
    hits: Counts
    near: Counts
    accepts: NDArray[np.int64]
    usual: Counts
    positives: int
    near_misses: int
    hours: float


def calibrate(
    positives: Sequence[Phases],
    near_misses: Sequence[Phases],
    ambient: Sequence[Phases],
    hours: float,
    target: float,
    windows: Sequence[int],
    stride: int,
) -> Calibration:
    """Choose window and cutoffs.

    Args:
        positives, near_misses: uint8 probabilities of every clip, in every stride phase; the device must have been
            listening for a second before each clip begins.
        ambient: the same of long streams, `hours` in all.
        target: false accepts an hour.
        windows: sliding window sizes to try.
    """
    tallies = [tally(w, positives, near_misses, ambient, hours, stride) for w in windows]
    best = max(tallies, key=lambda t: _merit(t, target))
    sensitivities = _ordered([_choose(best, demand, target) for demand in DEMANDS], best)
    return Calibration(best.window, sensitivities, det_curve(best.hits, best.positives, best.accepts, hours))


def tally(
    window: int,
    positives: Sequence[Phases],
    near_misses: Sequence[Phases],
    ambient: Sequence[Phases],
    hours: float,
    stride: int,
) -> Tally:
    """Count detections at every cutoff."""
    accepts = np.zeros((stride, CUTOFFS), np.int64)
    for stream in ambient:
        accepts += np.stack([count_detections(p, window, stride) for p in stream])
    return Tally(
        window,
        _found(positives, window, stride),
        _found(near_misses, window, stride),
        accepts.max(0),
        accepts.mean(0),
        len(positives),
        len(near_misses),
        hours,
    )


def _found(clips: Sequence[Phases], window: int, stride: int) -> Counts:
    found = np.zeros(CUTOFFS, np.float64)
    for clip in clips:
        found += np.mean([count_detections(p, window, stride) > 0 for p in clip], axis=0)
    return found


def _merit(tally: Tally, target: float) -> tuple[bool, float, float, int]:
    """Compare windows: demands met, recall to a tenth of a percent, fewer near misses, then the quicker one."""
    chosen = _choose(tally, DEMANDS[1], target)
    recall, near = chosen.recall.value or 0.0, chosen.near_misses.value or 0.0
    return chosen.held, round(recall, 3), -round(near, 3), -tally.window


def _choose(tally: Tally, demand: Demand, target: float) -> Sensitivity:
    wanted = target * demand.target
    quiet, provable = _quiet(tally, wanted, demand.margin)
    cutoffs = np.arange(CUTOFFS)
    usable = (cutoffs >= LOWEST_CUTOFF) & (cutoffs <= HIGHEST_CUTOFF)
    near = tally.near <= demand.near_misses * tally.near_misses
    allowed = np.flatnonzero(usable & quiet & near)
    if len(allowed):
        return _sensitivity(tally, demand, wanted, int(allowed[0]), held=True, proven=provable)
    rest = np.flatnonzero(usable & quiet)
    if not len(rest):  # even the strictest cutoffs accept too much: of those that accept least
        rest = np.flatnonzero(usable & (tally.accepts == tally.accepts[usable].min()))
    missed = 1 - tally.hits[rest] / max(tally.positives, 1)
    cost = 2 * tally.near[rest] / max(tally.near_misses, 1) + missed
    return _sensitivity(tally, demand, wanted, int(rest[np.argmin(cost)]), held=False, proven=False)


def _quiet(tally: Tally, target: float, margin: int) -> tuple[NDArray[np.bool_], bool]:
    """Say which cutoffs meet the target, and whether that is proven."""
    if upper_bound(0, tally.hours) <= target:
        bounds = {int(n): upper_bound(int(n), tally.hours) for n in np.unique(tally.accepts)}
        return np.array([bounds[int(n)] <= target for n in tally.accepts]), True
    loud = np.flatnonzero(tally.usual > target * tally.hours)
    needed = min(int(loud[-1]) + 1 + margin, HIGHEST_CUTOFF) if len(loud) else 0
    return (np.arange(CUTOFFS) >= needed) & (tally.usual <= target * tally.hours), False


def _sensitivity(tally: Tally, demand: Demand, target: float, cutoff: int, held: bool, proven: bool) -> Sensitivity:
    return Sensitivity(
        demand.name,
        cutoff,
        probability_of(cutoff),
        share(min(tally.hits[cutoff], tally.positives), tally.positives),
        share(min(tally.near[cutoff], tally.near_misses), tally.near_misses),
        hourly(int(tally.accepts[cutoff]), tally.hours),
        target,
        held,
        proven,
    )


def _ordered(chosen: Sequence[Sensitivity], tally: Tally) -> tuple[Sensitivity, ...]:
    """Keep the cutoffs in order: low or high takes medium's where it would fall on its wrong side."""
    low, medium, high = chosen
    demands = {d.name: d for d in DEMANDS}
    if low.cutoff < medium.cutoff:
        low = _sensitivity(tally, demands["low"], low.target, medium.cutoff, low.held, low.proven)
    if high.cutoff > medium.cutoff:
        high = _sensitivity(tally, demands["high"], high.target, medium.cutoff, high.held, high.proven)
    return low, medium, high
