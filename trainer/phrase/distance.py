"""Edit distance between sequences of sounds, for a whole dictionary at once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.phrase.sounds import distance_table, gap_cost

Sounds = tuple[str, ...]
Distances = NDArray[np.float32]

# Beyond any real cost: nothing may stand opposite of padding.
_NEVER = np.float32(1e6)


@dataclass(frozen=True)
class SoundTable:
    """Sequences of sounds as rows of numbers.

    Attributes:
        names: the sounds, by number.
        rows: int16 [rows, longest], padded with -1.
    """

    names: tuple[str, ...]
    rows: NDArray[np.int16]


def tabulate(sequences: Sequence[Sounds]) -> SoundTable:
    """Number the sounds of many sequences."""
    names = tuple(sorted({sound for sequence in sequences for sound in sequence}))
    numbers = {name: number for number, name in enumerate(names)}
    rows = np.full((len(sequences), max(map(len, sequences), default=0)), -1, np.int16)
    for row, sequence in zip(rows, sequences, strict=True):
        row[: len(sequence)] = [numbers[sound] for sound in sequence]
    return SoundTable(names, rows)


def measure(table: SoundTable, target: Sounds, target_ends: float = 1.0, row_ends: float = 1.0) -> Distances:
    """Return the edit distance of every row to the target, in sounds, float32 [rows].

    Substitutions cost what the sounds differ by, gaps what the sound weighs. Sounds before and after the part that
    both share cost `target_ends` of that where the row lacks them and `row_ends` where the target does: (1, 1) is the
    plain edit distance; (1, 0) finds the target anywhere in the row; small numbers make it local.
    """
    names = (*table.names, *(sound for sound in dict.fromkeys(target) if sound not in table.names))
    numbers = {name: number for number, name in enumerate(names)}
    costs = np.pad(distance_table(names), ((0, 0), (0, 1)), constant_values=_NEVER)  # padding is -1: the last column
    gaps = np.array([gap_cost(name) for name in names] + [0.0], np.float32)
    row_gaps = gaps[table.rows]
    target_gaps = gaps[[numbers[sound] for sound in target]]
    count, length = table.rows.shape
    before = np.concatenate([np.zeros((count, 1), np.float32), np.cumsum(row_gaps, axis=1)], axis=1)
    after = before[:, -1:] - before
    rest = np.append(np.cumsum(target_gaps[::-1])[::-1], 0.0).astype(np.float32)
    cells = before * row_ends
    best: Distances = cells[:, -1] + rest[0] * target_ends
    for index, sound in enumerate(target):
        previous, cells = cells, np.empty_like(cells)
        cells[:, 0] = (rest[0] - rest[index + 1]) * target_ends
        substituted = previous[:, :-1] + costs[numbers[sound]][table.rows]
        dropped = previous[:, 1:] + target_gaps[index]
        better = np.minimum(substituted, dropped)
        for column in range(length):
            cells[:, column + 1] = np.minimum(better[:, column], cells[:, column] + row_gaps[:, column])
        best = np.minimum(best, cells[:, -1] + rest[index + 1] * target_ends)
    ended: Distances = np.minimum(best, (cells + after * row_ends).min(axis=1))
    return ended
