from dataclasses import replace

import numpy as np
import pytest
from streaming_models import TINY, random_weights

from trainer.export.parity import probe_frames
from trainer.model.dense import forward_numpy
from trainer.model.shape import MixedNetShape
from trainer.model.streaming import StreamingModel, alignment, fold, state_sizes
from trainer.model.weights import FEATURE_SCALE

SHAPES = {
    "plain": TINY,
    "stride 1": replace(TINY, stride=1),
    "stride 2": replace(TINY, stride=2, first_kernel=3),
    "kernel equal to stride": replace(TINY, first_kernel=3),
    "mean": replace(TINY, pooling="mean"),
    "max": replace(TINY, pooling="max"),
    "one final step": replace(TINY, final_steps=1),
    "residual": replace(TINY, residual=(True, True), filters=(8, 6)),
    "three uneven groups": replace(TINY, first_filters=11, kernels=((7, 1, 3), (5, 9))),
    "no memory in a block": replace(TINY, kernels=((1,), (1, 1))),
    "all at once": MixedNetShape(2, 10, 7, ((5, 3), (9,), (3, 7, 4)), (8, 7, 9), (True, False, True), 4, "mean"),
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_streaming_equals_dense_once_warm(shape: MixedNetShape) -> None:
    weights = random_weights(shape)
    weights["dense/kernel"] /= 8  # keep random probabilities away from 0 and 1, where everything is equal
    features = probe_frames(shape.receptive_field + 25 * shape.stride + 1) * FEATURE_SCALE
    expected = forward_numpy(weights, shape, features)[1:]
    begin, warm = alignment(shape)
    received = StreamingModel(weights, shape).run(features[begin:])[warm:]
    assert len(received) == len(expected) >= 25
    assert np.ptp(expected) > 0.05
    np.testing.assert_allclose(received, expected, atol=1e-5)


def test_buffers_go_on_from_call_to_call() -> None:
    weights = random_weights(TINY)
    features = probe_frames(90) * FEATURE_SCALE
    whole = StreamingModel(weights, TINY).run(features)
    parts = StreamingModel(weights, TINY)
    np.testing.assert_array_equal(whole, np.concatenate([parts.run(features[:30]), parts.run(features[30:])]))


def test_states_are_those_the_shape_promises() -> None:
    for shape in SHAPES.values():
        assert len(state_sizes(shape)) == shape.states
        assert len(StreamingModel(random_weights(shape), shape).module.states) == shape.states


def test_folding_leaves_no_normalisation() -> None:
    shape = SHAPES["residual"]
    assert not [name for name in fold(random_weights(shape), shape) if "norm" in name]
