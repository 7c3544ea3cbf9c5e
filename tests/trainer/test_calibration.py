import numpy as np
import pytest
from numpy.typing import NDArray

from trainer.evaluation.calibrate import DEMANDS, LOWEST_CUTOFF, Phases, calibrate
from trainer.evaluation.device import detect

Stream = NDArray[np.uint8]


def clip(height: int, width: int = 8) -> Phases:
    quiet = np.zeros(45, np.uint8)
    return (np.concatenate([quiet, np.full(width, height, np.uint8), quiet]),) * 3


def silence(hours: float, *heights: int) -> list[Phases]:
    stream = np.zeros(round(hours * 120_000), np.uint8)
    for i, height in enumerate(heights):
        stream[1000 * (i + 1) : 1000 * (i + 1) + 8] = height
    return [(stream,) * 3]


def test_long_audio_proves_the_target_by_its_upper_bound() -> None:
    found = calibrate([clip(h) for h in range(100, 250)], [], silence(10, 120, 140, 180), 10, 0.5, [5], 3)
    # 10 hours allow one accept at most: 4.74 / 10 <= 0.5 and 6.3 / 10 > 0.5
    assert found.chosen.false_accepts.count == 1
    assert found.chosen.proven
    assert found.chosen.false_accepts.bound is not None
    assert found.chosen.false_accepts.bound <= 0.5
    assert found.cutoff == 140


def test_in_short_audio_the_rate_is_counted_and_proves_nothing() -> None:
    found = calibrate([clip(h) for h in range(100, 250)], [], silence(1, 120, 140), 1, 0.5, [5], 3)
    assert found.chosen.false_accepts.count == 0, "one in an hour is more than half a one"
    assert not found.chosen.proven
    low, medium, high = found.sensitivities
    assert medium.cutoff == 140
    assert low.cutoff == 140 + DEMANDS[0].margin
    assert high.cutoff == LOWEST_CUTOFF, "two an hour are allowed there"
    assert high.false_accepts.count == 2


@pytest.mark.parametrize(("phases", "cutoff"), [(1, 120), (2, 120), (3, 160)])
def test_a_moment_that_few_phases_accept_is_less_than_one(phases: int, cutoff: int) -> None:
    [(stream, *_)] = silence(1.4, 120)
    louder = stream.copy()
    louder[5000:5008] = 160
    ambient = [tuple(louder if phase < phases else stream for phase in range(3))]
    found = calibrate([clip(h) for h in range(100, 250)], [], ambient, 1.4, 0.5, [5], 3)
    assert found.cutoff == cutoff
    assert found.chosen.false_accepts.count == (phases < 3), "told is the worst phase"


def test_near_misses_raise_the_cutoff() -> None:
    near = [clip(150)] * 10 + [clip(10)] * 90
    found = calibrate([clip(200)] * 20, near, silence(1), 1, 0.5, [5], 3)
    low, medium, high = found.sensitivities
    assert medium.cutoff == low.cutoff == 150
    assert medium.near_misses.hits == 0
    assert high.cutoff == LOWEST_CUTOFF  # ten in a hundred are allowed there


def test_the_window_that_finds_most_is_taken() -> None:
    short = [clip(250, width=3) for _ in range(20)]
    found = calibrate(short, [], silence(1, 200), 1, 0.5, [10, 3], 3)
    assert found.window == 3
    assert found.chosen.recall.value == 1


def test_an_impossible_demand_is_met_as_well_as_can_be_and_said_so() -> None:
    loud = silence(1, *[255] * 50)
    found = calibrate([clip(255)] * 5, [], loud, 1, 0.5, [5], 3)
    assert not found.chosen.held
    assert found.chosen.false_accepts.count > 0 or found.chosen.recall.hits < 5


def test_sensitivities_are_ordered_and_the_manifests_number_gives_the_same_cutoff() -> None:
    rng = np.random.default_rng(3)
    clips = [clip(int(h)) for h in rng.integers(60, 255, 60)]
    found = calibrate(clips, clips[:20], silence(2, 90, 99), 2, 0.5, [3, 5, 7], 3)
    cutoffs = [s.cutoff for s in found.sensitivities]
    assert cutoffs == sorted(cutoffs, reverse=True)
    for sensitivity in found.sensitivities:
        assert int(sensitivity.probability_cutoff * 255) == sensitivity.cutoff


def test_figures_are_those_of_the_plain_loop() -> None:
    rng = np.random.default_rng(5)
    clips = [clip(int(h)) for h in rng.integers(60, 255, 40)]
    found = calibrate(clips, [], silence(1, 90), 1, 0.5, [5], 3)
    hits = sum(bool(detect(c[0], found.cutoff, found.window)) for c in clips)
    assert found.chosen.recall.hits == pytest.approx(hits)
