"""Probabilities over long features with float weights: for validation and mining, never for reported figures."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.model.backends import TensorFlowBackend
from trainer.model.dense import Dense
from trainer.model.shape import MixedNetShape
from trainer.model.weights import FEATURE_SCALE, Weights

PIECES = 8  # computed at once
PIECE_STEPS = 400  # outputs of one piece: 12 s at stride 3


class Scorer:
    """Streams features of any length through the dense form in pieces of one fixed size, compiled once."""

    def __init__(self, shape: MixedNetShape) -> None:
        self.backend = TensorFlowBackend()
        self.shape = shape
        self.slices = shape.receptive_field + (PIECE_STEPS - 1) * shape.stride
        self._run = self.backend.tf.function(self._compiled, jit_compile=True)

    def probabilities(self, weights: Weights, rows: Iterable[NDArray[np.uint16]]) -> list[NDArray[np.float32]]:
        """Return float32 [steps_i] for every row uint16 [slices_i, 40]; step j ends at slice
        j * stride + receptive_field - 1."""
        tensors = {name: self.backend.tf.constant(value) for name, value in weights.items()}
        counts: list[list[int]] = []
        pieces: list[NDArray[np.uint16]] = []
        for row in rows:
            steps = self.shape.steps(len(row))
            starts = range(0, steps, PIECE_STEPS)
            counts.append([min(PIECE_STEPS, steps - start) for start in starts])
            pieces += [row[start * self.shape.stride :][: self.slices] for start in starts]
        outputs = iter(self._all(tensors, pieces))
        return [
            np.concatenate([next(outputs)[:count] for count in row] or [np.zeros(0, np.float32)]) for row in counts
        ]

    def _all(self, tensors: dict[str, Any], pieces: list[NDArray[np.uint16]]) -> Iterable[NDArray[np.float32]]:
        for first in range(0, len(pieces), PIECES):
            block = np.zeros((PIECES, self.slices, 40), np.float32)
            some = pieces[first : first + PIECES]
            for i, piece in enumerate(some):
                block[i, : len(piece)] = piece
            yield from self._run(tensors, self.backend.tf.constant(block * FEATURE_SCALE)).numpy()[: len(some)]

    def _compiled(self, tensors: dict[str, Any], features: Any) -> Any:
        return self.backend.tf.sigmoid(Dense(self.shape, tensors, self.backend).logits(features))
