import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.evaluation.measures import confuse, det_curve, hourly, rank, share, upper_bound


def test_wilson_of_a_published_example() -> None:
    found = share(322, 329)  # the official alexa model's figure
    assert found.value == pytest.approx(0.9787, abs=1e-4)
    assert (found.low, found.high) == (pytest.approx(0.957, abs=5e-4), pytest.approx(0.990, abs=5e-4))


@given(st.integers(0, 500), st.integers(1, 500))
def test_a_share_lies_within_its_interval(hits: int, more: int) -> None:
    found = share(hits, hits + more)
    assert found.value is not None
    assert 0 <= found.low <= found.value <= found.high <= 1
    assert found.high > found.low


def test_nothing_measured_is_unknown() -> None:
    assert share(0, 0).value is None
    assert (share(0, 0).low, share(0, 0).high) == (0, 1)
    assert hourly(0, 0).value is None
    assert hourly(0, 0).bound is None
    assert upper_bound(0, 0) == math.inf


def test_garwood_of_known_counts() -> None:
    assert hourly(0, 1).high == pytest.approx(3.6889, abs=1e-4)
    assert hourly(0, 1.5).bound == pytest.approx(2.9957 / 1.5, abs=1e-4)
    ten = hourly(10, 2)
    assert (ten.low, ten.value, ten.high) == (pytest.approx(2.3977, abs=1e-3), 5.0, pytest.approx(9.1952, abs=1e-3))


def test_nonsense_is_refused() -> None:
    with pytest.raises(ValueError, match="hits"):
        share(3, 2)
    with pytest.raises(ValueError, match="negative"):
        hourly(-1, 2)


def test_perfect_and_useless_scores() -> None:
    perfect = rank(np.array([9.0, 8.0]), np.array([1.0, 2.0, 3.0]))
    assert perfect is not None
    assert (perfect.auc, perfect.pauc_5, perfect.eer) == (1.0, 1.0, 0.0)
    same = np.arange(1000.0)
    useless = rank(same, same)
    assert useless is not None
    assert useless.auc == pytest.approx(0.5, abs=1e-3)
    assert useless.pauc_10 == pytest.approx(0.5, abs=1e-2)
    assert useless.eer == pytest.approx(0.5, abs=1e-2)
    assert rank(same, np.zeros(0)) is None


@given(st.lists(st.integers(0, 20), min_size=1, max_size=30), st.lists(st.integers(0, 20), min_size=1, max_size=30))
def test_auc_is_the_chance_that_a_positive_scores_higher(positives: list[int], negatives: list[int]) -> None:
    wins = np.mean([(p > n) + 0.5 * (p == n) for p in positives for n in negatives])
    ranking = rank(np.array(positives, float), np.array(negatives, float))
    assert ranking is not None
    assert ranking.auc == pytest.approx(wins)
    assert 0 <= ranking.eer <= 1


def test_det_curve_keeps_only_points_that_differ() -> None:
    recalls = np.full(256, 8.0)
    recalls[200:] = 5.0
    points = det_curve(recalls, 10, np.zeros(256, np.int64), 2.0)
    assert [p.cutoff for p in points] == [1, 200]
    assert points[1].recall.value == 0.5


def test_confusion() -> None:
    table = confuse(90, 10, 5, 95)
    assert table.accuracy == pytest.approx(0.925)
    assert table.precision == pytest.approx(90 / 95)
    assert table.f1 == pytest.approx(180 / 195)
    assert confuse(0, 0, 0, 0).accuracy is None
