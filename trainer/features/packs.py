"""Feature sets that others have made, such as microWakeWord's negatives: taken as they are, as a set of their own."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trainer.core.ragged import RaggedWriter
from trainer.data.mww import read_features
from trainer.features.frontend import CHANNELS

PACK_SET = "train_pack"


def write_pack_set(packs: Sequence[Path], folder: Path) -> int:
    """Write the training parts of all packs to `folder/train_pack`, empty where there are none; return its rows."""
    writer = RaggedWriter(folder / PACK_SET, np.uint16, (CHANNELS,))
    rows = 0
    for row in _rows(packs):
        writer.append(row)
        rows += 1
    writer.close()
    np.save(folder / PACK_SET / "ends.npy", np.full(rows, -1, np.int32))
    return rows


def _rows(packs: Sequence[Path]) -> Iterator[NDArray[np.uint16]]:
    for pack in packs:
        yield from read_features(pack, "training")
