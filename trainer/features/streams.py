"""Long continuous streams, joined from blocks of sound that cross-fade into each other."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_FADE = 1600  # samples, 100 ms


def join_blocks(blocks: Sequence[NDArray[np.int16]]) -> NDArray[np.int16]:
    """Return one stream, int16; neighbours share 100 ms."""
    stream = np.zeros(sum(b.size for b in blocks) - _FADE * (len(blocks) - 1), np.float32)
    rise = np.linspace(0, 1, _FADE, dtype=np.float32)
    at = 0
    for number, block in enumerate(blocks):
        sound = block.astype(np.float32)
        if number > 0:
            sound[:_FADE] *= rise
        if number < len(blocks) - 1:
            sound[-_FADE:] *= rise[::-1]
        stream[at : at + sound.size] += sound
        at += sound.size - _FADE
    return np.clip(np.rint(stream), -32768, 32767).astype(np.int16)
