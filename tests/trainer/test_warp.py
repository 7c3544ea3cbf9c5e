import numpy as np
import pytest

from trainer.core.arrays import NUMPY
from trainer.recipe_files import load_recipe
from trainer.training.warp import draw_channels, draw_times, warp


def recipe(*settings: str):
    return load_recipe("standard", settings=settings).training


def clips(batch=4, slices=300):
    return np.random.default_rng(0).integers(0, 666, (batch, slices, 40)).astype(np.uint16)


def test_times_rise_and_keep_both_ends():
    times = draw_times(50, 300, 0.3, np.random.default_rng(1))
    assert np.all(np.diff(times) > 0)
    assert np.allclose(times[:, 0], 0)
    assert np.allclose(times[:, -1], 299, atol=1e-3)
    speeds = np.diff(times)[:, 140:160].mean(1)  # in the middle people are slower and faster than the voice
    assert speeds.min() < 0.85
    assert speeds.max() > 1.2


def test_channels_rise_and_keep_both_ends():
    channels = draw_channels(50, 40, 0.1, np.random.default_rng(1))
    assert np.all(np.diff(channels) > 0)
    assert np.allclose(channels[:, 0], 0)
    assert np.allclose(channels[:, -1], 39, atol=1e-4)
    assert np.ptp(channels[:, 16]) > 2


def test_a_word_s_end_moves_with_its_sound():
    sound = np.zeros((20, 300, 40), np.uint16)
    sound[:, :180] = 500
    ends = np.array([179] * 10 + [-1] * 10, np.int32)
    bent, moved, _ = warp(sound, ends, recipe(), np.random.default_rng(2), NUMPY)
    last = np.array([np.flatnonzero(clip[:, 20] > 250)[-1] for clip in bent])
    assert np.all(np.abs(moved[:10] - last[:10]) <= 1)
    assert np.ptp(moved[:10]) > 5
    assert np.all(moved[10:] == -1)


def test_a_frequency_moves_and_the_energy_stays():
    sound = np.zeros((30, 50, 40), np.uint16)
    sound[:, :, 14:18] = 400
    settings = "training.time_warp=0", "training.frequency_warp=0.1"
    bent, *_ = warp(sound, np.full(30, -1, np.int32), recipe(*settings), np.random.default_rng(3), NUMPY)
    centres = (bent[:, 0] * np.arange(40)).sum(1) / bent[:, 0].sum(1)
    assert np.ptp(centres) > 2
    assert np.all(np.abs(centres - 15.5) < 5)


@pytest.mark.parametrize("kind", ["time_warp", "frequency_warp"])
def test_no_spread_changes_nothing(kind):
    sound = clips()
    settings = "training.time_warp=0", "training.frequency_warp=0"
    same, ends, _ = warp(
        sound, np.array([5, -1, 299, 0], np.int32), recipe(*settings), np.random.default_rng(4), NUMPY
    )
    assert np.array_equal(same, sound)
    assert ends.tolist() == [5, -1, 299, 0]
    alone = [s for s in settings if kind not in s]
    assert not np.array_equal(warp(sound, ends, recipe(*alone), np.random.default_rng(4), NUMPY)[0], sound)


def test_seed_decides():
    sound, ends = clips(), np.array([100, -1, 200, -1], np.int32)
    first, second = (warp(sound, ends, recipe(), np.random.default_rng(5), NUMPY) for _ in range(2))
    assert np.array_equal(first[0], second[0])
    assert np.array_equal(first[1], second[1])
