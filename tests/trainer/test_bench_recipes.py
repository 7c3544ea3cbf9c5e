"""Recipes are compared at equal false accepts; the interval holds what chance can do."""

from pathlib import Path

import numpy as np
import pytest

from bench.measuring.trials import Scores
from bench.recipes import ACCEPTS, choose, difference, find_sounds, share_found


def scores(peaks: list[float], others: list[float]) -> Scores:
    return Scores(
        {"clean": {f"{i:03}": peak for i, peak in enumerate(peaks)}}, np.array(sorted(others, reverse=True))
    )


def test_found_at_the_threshold_that_lets_so_many_pass() -> None:
    one = scores([10, 150, 250], [200, 100, 50])
    assert one.found("clean", 0) == {"000": False, "001": False, "002": True}
    assert one.found("clean", 1) == {"000": False, "001": True, "002": True}
    assert one.found("clean", 9) == {"000": True, "001": True, "002": True}, "there are not so many others"


def test_the_share_is_the_mean_over_the_rates() -> None:
    others = [float(200 - 10 * i) for i in range(12)]  # thresholds 190, 180 ... 100 for 1 to 10 accepts
    assert share_found(scores([195, 145, 5], others), "clean").tolist() == pytest.approx([1.0, 5 / len(ACCEPTS), 0.0])


@pytest.mark.parametrize(("shift", "sure"), [(0.0, False), (40.0, True)])
def test_a_gain_is_sure_only_where_there_is_one(shift: float, sure: bool) -> None:
    rng = np.random.default_rng(5)
    others = rng.uniform(0, 200, 500).tolist()
    base, ours = {}, {}
    for seed in (1, 2, 3):
        peaks = rng.uniform(120, 250, 200)
        base["a", seed] = scores((peaks + rng.normal(0, 10, 200)).tolist(), others)
        ours["a", seed] = scores((peaks + shift + rng.normal(0, 10, 200)).tolist(), others)
    mean, low, high = difference(ours, base, "clean")
    assert low < mean < high
    assert (low > 0) is sure


def test_recipes_differ_in_what_is_tried_alone(tmp_path: Path) -> None:
    for name in ("speech", "noise", "music", "rir"):
        (tmp_path / "train" / name).mkdir(parents=True)
        (tmp_path / "eval" / name).mkdir(parents=True)
    plain = choose(tmp_path, "quick", "smart mirror", 2, "")
    tried = choose(tmp_path, "quick", "smart mirror", 2, "training.hints=2")
    assert (tried.training.hints, plain.training.hints) == (2, 1)
    assert (tried.samples, tried.seed, tried.data) == (plain.samples, plain.seed, plain.data)
    sounds = find_sounds(tmp_path, "smart mirror", ["alexa", "smart mirror"])
    assert (sounds.phrase.name, [path.name for path in sounds.words]) == ("smart_mirror", ["alexa"])
    assert [path.name for path in sounds.ambient] == ["music", "noise", "speech"], "rooms are no sound"
