import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from trainer.evaluation.device import count_detections, detect, peak, window_means


def firmware(probabilities: NDArray[np.uint8], cutoff: int, window: int, stride: int) -> list[int]:
    """ESPHome's loop, slice by slice, as its source reads."""
    recent, index, ignore, unprocessed = [0] * window, 0, -100, False
    found = []
    for slice_ in range(len(probabilities) * stride):
        if slice_ % stride == stride - 1:
            index = (index + 1) % window
            recent[index] = int(probabilities[slice_ // stride])
            unprocessed = True
        if recent[index] < cutoff:
            ignore = min(ignore + 1, 0)
        if unprocessed and ignore >= 0:
            unprocessed = False
            if sum(recent) > cutoff * window:
                found.append(slice_)
                recent, ignore = [0] * window, -100
    return found


def stretches(values: list[tuple[int, int]]) -> NDArray[np.uint8]:
    return np.concatenate([np.zeros(0, np.uint8), *(np.full(n, v, np.uint8) for v, n in values)]).astype(np.uint8)


RUNS = st.lists(st.tuples(st.integers(0, 255), st.integers(1, 45)), max_size=30).map(stretches)
NOISE = st.lists(st.integers(0, 255), max_size=300).map(lambda v: np.array(v, np.uint8))


@settings(max_examples=300, deadline=None)
@given(st.one_of(RUNS, NOISE), st.integers(0, 255), st.integers(1, 50), st.integers(1, 4))
def test_detections_are_those_of_the_firmwares_loop(
    probabilities: NDArray[np.uint8], cutoff: int, window: int, stride: int
) -> None:
    assert detect(probabilities, cutoff, window, stride) == firmware(probabilities, cutoff, window, stride)


@settings(max_examples=25, deadline=None)
@given(st.one_of(RUNS, NOISE), st.sampled_from([1, 3, 5, 10, 40]), st.integers(1, 3))
def test_the_sweep_counts_what_the_loop_counts_at_every_cutoff(
    probabilities: NDArray[np.uint8], window: int, stride: int
) -> None:
    counts = count_detections(probabilities, window, stride)
    assert counts.tolist() == [len(firmware(probabilities, c, window, stride)) for c in range(256)]


def test_the_first_second_and_the_second_after_a_detection_are_ignored() -> None:
    loud = np.full(5, 255, np.uint8)
    quiet = np.zeros(40, np.uint8)
    early = np.concatenate([np.zeros(20, np.uint8), loud, np.zeros(8, np.uint8)])
    assert detect(early, 200, 5) == []
    twice = np.concatenate([quiet, loud, quiet[:20], loud, quiet, loud, quiet])
    assert [s // 3 for s in detect(twice, 200, 5)] == [43, 113]  # four of five at 255 are above 200


def test_a_probability_that_stays_high_detects_once() -> None:
    stream = np.concatenate([np.zeros(40, np.uint8), np.full(500, 250, np.uint8), np.zeros(40, np.uint8)])
    assert len(detect(stream, 200, 5)) == 1


def test_the_sum_must_be_strictly_greater() -> None:
    stream = np.concatenate([np.zeros(40, np.uint8), np.full(5, 200, np.uint8), np.zeros(5, np.uint8)])
    assert detect(stream, 200, 5) == []
    assert len(detect(stream, 199, 5)) == 1


def test_cutoff_zero_and_the_highest_never_detect() -> None:
    stream = np.concatenate([np.zeros(40, np.uint8), np.full(50, 255, np.uint8)])
    assert detect(stream, 0, 5) == []
    assert detect(stream, 255, 5) == []
    assert len(detect(stream, 254, 5)) == 1


def test_window_means_start_from_zeros() -> None:
    means = window_means(np.array([100, 200, 0], np.uint8), 2)
    assert means.tolist() == [50.0, 150.0, 100.0]
    assert peak(np.zeros(0, np.uint8), 5) == 0.0


def test_nonsense_is_refused() -> None:
    with pytest.raises(ValueError, match="window"):
        detect(np.zeros(3, np.uint8), 3, 0)
