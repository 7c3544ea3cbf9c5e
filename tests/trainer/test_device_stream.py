"""The twin on a stream: whatever the pieces, what `device.py` says of the whole, bit for bit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter
from streaming_models import official

from trainer.core.seeds import generator
from trainer.evaluation.device import SLICE_SECONDS, Twin, detect, window_means
from trainer.evaluation.stream import Judge, SlidingMean, Stream
from trainer.features.frontend import FrontEnd, features_of, frame_count

RUNS = st.lists(st.tuples(st.integers(0, 255), st.integers(1, 45)), max_size=30)
CUTS = st.lists(st.integers(0, 60), max_size=20)


def pieces(values: NDArray[np.generic], sizes: list[int]) -> list[NDArray[np.generic]]:
    return np.split(values, [min(end, len(values)) for end in np.cumsum(np.array(sizes, int))])


@settings(max_examples=300, deadline=None)
@given(RUNS, CUTS, st.integers(0, 255), st.integers(1, 50), st.integers(1, 4))
def test_detections_and_means(
    runs: list[tuple[int, int]], cuts: list[int], cutoff: int, window: int, stride: int
) -> None:
    whole = np.array([v for value, count in runs for v in [value] * count], np.uint8)
    judge, mean = Judge(cutoff, window, stride), SlidingMean(window)
    parts = pieces(whole, cuts)
    assert [s for part in parts for s in judge.feed(part)] == detect(whole, cutoff, window, stride)
    means = np.concatenate([mean.feed(part) for part in parts])
    assert means.tolist() == window_means(whole, window).tolist()
    assert means.dtype == np.float32


def sound(seconds: float) -> NDArray[np.int16]:
    """Noise whose level wanders, so that the models' outputs do."""
    random = generator(3, "stream")
    level = np.repeat(10 ** random.uniform(1, 4, round(seconds * 10)), 1600)
    return np.clip(level * random.standard_normal(len(level)), -32768, 32767).astype(np.int16)


@pytest.mark.parametrize("size", [1, 159, 160, 1280, 5000])
def test_the_front_end_in_pieces(size: int) -> None:
    pcm = sound(1.0 if size > 1 else 0.2)
    front_end = FrontEnd()
    frames = np.concatenate([front_end.feed(pcm[at : at + size]) for at in range(0, len(pcm), size)])
    assert frames.tolist() == features_of(pcm).tolist()
    assert len(frames) == frame_count(len(pcm))


def test_a_model_in_pieces() -> None:
    twin, random = Twin(official("alexa").read_bytes()), generator(4, "features")
    drift = gaussian_filter(random.standard_normal((900, 40)), (4, 3))
    features = np.clip(300 + drift / drift.std() * 220, 0, 663).astype(np.uint16)
    run = twin.start()
    found = [run.feed(part) for part in pieces(features, random.integers(0, 20, 80).tolist())]
    whole = twin.probabilities(features)
    assert np.concatenate(found).tolist() == whole.tolist()
    assert len(np.unique(whole)) > 2  # it did react


def test_a_stream_in_pieces() -> None:
    twin, pcm, random = Twin(official("okay_nabu").read_bytes()), sound(6.0), generator(4, "sound")
    whole = twin.probabilities(features_of(pcm))
    cutoff, window = int(np.sort(whole)[-len(whole) // 4]), 4
    stream = Stream(twin, cutoff, window, begin_s=-1.0)
    heard = [stream.feed(part) for part in pieces(pcm, random.integers(0, 3000, 100).tolist())]
    assert np.concatenate([h.probabilities for h in heard]).tolist() == whole.tolist()
    assert np.concatenate([h.means for h in heard]).tolist() == window_means(whole, window).tolist()
    found = [s * SLICE_SECONDS - 1.0 for s in detect(whole, cutoff, window, twin.stride)]
    assert [d for h in heard for d in h.detections] == pytest.approx(found, abs=1e-6)
    assert len(np.unique(whole)) > 1  # it did react
    done = 0
    for h in heard:
        assert h.begin_s == pytest.approx(done * stream.step_s - 1.0, abs=1e-3)
        done += len(h.probabilities)
