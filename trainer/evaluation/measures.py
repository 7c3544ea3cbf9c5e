"""Measures with their uncertainty: no figure leaves this room without an interval or a word that it is unknown.

References: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927);
F. Garwood, "Fiducial limits for the Poisson distribution", Biometrika 28 (1936); D. K. McClish, "Analyzing a portion
of the ROC curve", Medical Decision Making 9 (1989).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CONFIDENCE = 0.95
_Z = 1.959963984540054  # standard normal quantile of 0.975

Scores = NDArray[np.float64]


@dataclass(frozen=True)
class Share:
    """`hits` of `total`, and Wilson's interval at 95 %. `value` is None where nothing was measured.

    `hits` may be fractional: a clip that is found in two of three stride phases counts two thirds.
    """

    hits: float
    total: int
    value: float | None
    low: float
    high: float


@dataclass(frozen=True)
class Hourly:
    """Events in hours of sound: rate, Garwood's exact interval at 95 %, and the one-sided 95 % upper `bound`.

    Without events the bound is 3 / hours: the least that can be claimed. All are None where nothing was heard.
    """

    count: int
    hours: float
    value: float | None
    low: float | None
    high: float | None
    bound: float | None


@dataclass(frozen=True)
class Difference:
    """Mean difference of shares on the same clips, -1..1, with its interval at 95 %; None without clips."""

    clips: int
    value: float | None
    low: float
    high: float


@dataclass(frozen=True)
class Operating:
    """One cutoff of the DET curve."""

    cutoff: int
    recall: Share
    false_accepts: Hourly


@dataclass(frozen=True)
class Ranking:
    """How well scores separate clips of the phrase from others, whatever the cutoff (E4).

    Attributes:
        positives, negatives: number of scores of each.
        auc: area under the ROC curve, 0..1.
        pauc_10, pauc_5: area up to 10 % and 5 % of negatives, McClish-scaled: 0.5 chance, 1 perfect.
        eer: share of errors where both kinds are equally frequent; `eer_score` the score there, 0..255.
    """

    positives: int
    negatives: int
    auc: float
    pauc_10: float
    pauc_5: float
    eer: float
    eer_score: float


@dataclass(frozen=True)
class Confusion:
    """Clips by what they are and what the device did, and the usual figures (E5). None: nothing to divide by."""

    found: int
    missed: int
    wrongly_accepted: int
    rightly_ignored: int
    accuracy: float | None
    precision: float | None
    recall: float | None
    f1: float | None

    @property
    def false_positives(self) -> float | None:
        """Share of what is not the phrase that was accepted."""
        return _part(self.wrongly_accepted, self.wrongly_accepted + self.rightly_ignored)

    @property
    def false_negatives(self) -> float | None:
        """Share of the phrase that was missed."""
        return _part(self.missed, self.found + self.missed)


def share(hits: float, total: int) -> Share:
    """Return `hits / total` with Wilson's interval."""
    hits = float(hits)  # not NumPy's, which JSON does not know
    if not 0 <= hits <= total:
        raise ValueError(f"hits must be in 0..{total}. Received: {hits}")
    if total == 0:
        return Share(0.0, 0, None, 0.0, 1.0)
    value, square = hits / total, _Z * _Z
    middle = (value + square / (2 * total)) / (1 + square / total)
    half = _Z / (1 + square / total) * math.sqrt(value * (1 - value) / total + square / (4 * total * total))
    low = 0.0 if hits == 0 else max(0.0, middle - half)
    return Share(hits, total, value, low, 1.0 if hits == total else min(1.0, middle + half))


def paired_difference(differences: Sequence[float]) -> Difference:
    """Return the mean of what every clip was found more often, each -1..1.

    The interval is the adjusted Wald's for pairs: two clips more, one for each side (D. G. Bonett and R. M. Price,
    J. Educational and Behavioral Statistics 37, 2012), so that few clips without a difference do not prove equality.
    """
    total = len(differences)
    if not total:
        return Difference(0, None, -1.0, 1.0)
    values = np.asarray(differences, np.float64)
    middle = float(values.sum()) / (total + 2)
    spread = (float(np.square(values).sum()) + 2) / (total + 2) - middle * middle
    half = _Z * math.sqrt(spread / (total + 2))
    return Difference(total, float(values.mean()), max(-1.0, middle - half), min(1.0, middle + half))


def hourly(count: int, hours: float) -> Hourly:
    """Return `count / hours` with Garwood's interval."""
    from scipy.stats import chi2

    if count < 0 or hours < 0:
        raise ValueError(f"count and hours must not be negative. Received: {count}, {hours}")
    if hours == 0:
        return Hourly(count, 0.0, None, None, None, None)
    tail = (1 - CONFIDENCE) / 2
    low = float(chi2.ppf(tail, 2 * count)) / 2 if count else 0.0
    high = float(chi2.ppf(1 - tail, 2 * count + 2)) / 2
    return Hourly(count, hours, count / hours, low / hours, high / hours, upper_bound(count, hours))


def upper_bound(count: int, hours: float) -> float:
    """Return the rate an hour that `count` events do not exceed with 95 % confidence; infinite for no hours."""
    from scipy.stats import chi2

    return float(chi2.ppf(CONFIDENCE, 2 * count + 2)) / 2 / hours if hours > 0 else math.inf


def det_curve(
    recalls: NDArray[np.float64], clips: int, accepts: NDArray[np.int64], hours: float
) -> tuple[Operating, ...]:
    """Return the operating points from hits and accepts at every cutoff, both [256], without repetitions."""
    points: list[Operating] = []
    last: tuple[float, int] | None = None
    for cutoff in range(1, len(recalls) - 1):
        both = (float(recalls[cutoff]), int(accepts[cutoff]))
        if both != last:
            points.append(Operating(cutoff, share(both[0], clips), hourly(both[1], hours)))
        last = both
    return tuple(points)


def rank(positives: Scores, negatives: Scores) -> Ranking | None:
    """Return how well the scores separate, or None where one kind is missing."""
    if not len(positives) or not len(negatives):
        return None
    wrong, right, cutoffs = roc(positives, negatives)
    gap = wrong - (1 - right)
    at = int(np.argmax(gap >= 0))
    before = max(at - 1, 0)
    span = gap[at] - gap[before]
    part = -gap[before] / span if span > 0 else 0.0
    return Ranking(
        len(positives),
        len(negatives),
        float(np.trapezoid(right, wrong)),
        _partial(wrong, right, 0.1),
        _partial(wrong, right, 0.05),
        float(wrong[before] + part * (wrong[at] - wrong[before])),
        float(min(cutoffs[at], 255.0)),
    )


def roc(positives: Scores, negatives: Scores) -> tuple[Scores, Scores, Scores]:
    """Return shares of negatives and of positives at or above each cutoff, and the cutoffs, from the strictest."""
    cutoffs = np.concatenate([[np.inf], np.unique(np.concatenate([positives, negatives]))[::-1]]).astype(np.float64)
    right = 1 - np.searchsorted(np.sort(positives), cutoffs, "left") / len(positives)
    wrong = 1 - np.searchsorted(np.sort(negatives), cutoffs, "left") / len(negatives)
    return wrong, right, cutoffs


def confuse(found: int, missed: int, wrongly_accepted: int, rightly_ignored: int) -> Confusion:
    """Return the figures of a two by two table."""
    total = found + missed + wrongly_accepted + rightly_ignored
    precision, recall = _part(found, found + wrongly_accepted), _part(found, found + missed)
    return Confusion(
        found,
        missed,
        wrongly_accepted,
        rightly_ignored,
        _part(found + rightly_ignored, total),
        precision,
        recall,
        _part(2 * found, 2 * found + missed + wrongly_accepted),
    )


def _part(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _partial(wrong: Scores, right: Scores, limit: float) -> float:
    """Area under the ROC curve up to `limit` of negatives, scaled so that chance is 0.5 and perfect is 1."""
    inside = wrong <= limit
    x = np.append(wrong[inside], limit)
    y = np.append(right[inside], np.interp(limit, wrong, right))
    area, chance = float(np.trapezoid(y, x)), limit * limit / 2
    return 0.5 * (1 + (area - chance) / (limit - chance))
