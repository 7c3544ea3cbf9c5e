"""microWakeWord's negative feature sets, read as they are: memory-mapped ragged arrays in mmap_ninja's layout.

A folder that ends in `_mmap` holds one flat array (`data.ninja`, described by `dtype.ninja` and `shape.ninja`, the
dimensions as 64-bit little-endian numbers) and beside it arrays of the same form in sub-folders: `starts` and `ends`
of every row, and `shapes`, the rows' dimensions one after another. Nothing in it is code or pickle.
Source: https://github.com/hristo-vrigazov/mmap.ninja
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from trainer.errors import DataError

Part = Literal["training", "validation", "testing", "validation_ambient", "testing_ambient"]
PARTS: tuple[Part, ...] = ("training", "validation", "testing", "validation_ambient", "testing_ambient")
CHANNELS = 40
SCALE = 25.6  # raw value of the front end for 1.0 of the sets that were stored as floats (1 / 0.0390625)
_DTYPES = ("uint16", "float16", "float32", "float64")


@dataclass(frozen=True)
class FeatureMap:
    """One opened store: row i is `values[starts[i]:ends[i]]`, reshaped to [n, 40]."""

    folder: Path
    values: NDArray[Any]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.starts)

    def __getitem__(self, row: int) -> NDArray[np.uint16]:
        flat = self.values[self.starts[row] : self.ends[row]]
        return _raw(flat, self.folder, row).reshape(-1, CHANNELS)

    def frames(self) -> NDArray[np.int64]:
        """Return the number of 10 ms frames of every row, int64 [rows]."""
        frames: NDArray[np.int64] = (self.ends - self.starts) // CHANNELS
        return frames


def find_maps(folder: Path) -> dict[Part, list[Path]]:
    """Return the stores of a feature set by the part that they belong to. A store by itself counts as training."""
    if (folder / "data.ninja").is_file():
        return {"training": [folder]}
    found = {part: sorted(p.parent for p in (folder / part).rglob("*_mmap/data.ninja")) for part in PARTS}
    return {part: paths for part, paths in found.items() if paths}


def read_features(folder: Path, part: Part = "training") -> Iterator[NDArray[np.uint16]]:
    """Yield the rows of one part of a feature set as raw front-end values, uint16 [n, 40].

    Rows stored as uint16 are views of the mapped file. `write_ragged(out, read_features(folder), np.uint16, (40,))`
    makes a store of them.

    Raises:
        DataError: the folder holds no such part, or a store is not what its index says.
    """
    maps = find_maps(folder)
    if part not in maps:
        have = ", ".join(maps) or "none"
        raise DataError(f"{folder} holds no {part} features; parts that it holds: {have}", code="no_features")
    for path in maps[part]:
        store = open_map(path)
        for row in range(len(store)):
            yield store[row]


def open_map(folder: Path) -> FeatureMap:
    """Open one `_mmap` folder and check that its parts agree.

    Raises:
        DataError: a file is missing, cut off, of another type, or rows are not [n, 40].
    """
    values = _array(folder, _DTYPES)
    starts, ends = _array(folder / "starts", ("int64",)), _array(folder / "ends", ("int64",))
    shapes = _array(folder / "shapes", ("int64",))
    if values.ndim != 1 or starts.ndim != 1 or starts.shape != ends.shape or shapes.size != 2 * starts.size:
        raise _broken(
            folder, f"{starts.size} starts, {ends.size} ends and {shapes.size} dimensions for rows of [n, 40]"
        )
    lengths, shapes = ends - starts, shapes.reshape(-1, 2)
    if starts.size and (starts.min() < 0 or lengths.min() < 0 or ends.max() > values.size):
        raise _broken(folder, "rows that lie outside of its values")
    wrong = np.flatnonzero((shapes[:, 1] != CHANNELS) | (shapes[:, 0] * CHANNELS != lengths))
    if wrong.size:
        raise _broken(folder, f"row {wrong[0]} of shape {tuple(map(int, shapes[wrong[0]]))}; [n, 40] was expected")
    return FeatureMap(folder, values, starts, ends)


def _array(folder: Path, dtypes: tuple[str, ...]) -> NDArray[Any]:
    try:
        name = (folder / "dtype.ninja").read_text().strip()
        shape = tuple(int(n) for n in np.frombuffer((folder / "shape.ninja").read_bytes(), "<u8"))
        size = (folder / "data.ninja").stat().st_size
    except (OSError, ValueError) as error:
        raise _broken(folder, f"an unreadable description ({error})") from error
    if name not in dtypes:
        raise _broken(folder, f"values of type {name!r}; allowed: {', '.join(dtypes)}")
    dtype = np.dtype(name).newbyteorder("<")
    promised = dtype.itemsize * int(np.prod([int(n) for n in shape], dtype=object))
    if size != promised or not shape:
        raise _broken(folder, f"{size} bytes of values where {promised} were promised")
    if size == 0:
        return np.zeros(shape, dtype)
    return np.memmap(folder / "data.ninja", dtype, "r", shape=shape)


def _raw(flat: NDArray[Any], folder: Path, row: int) -> NDArray[np.uint16]:
    if flat.dtype == np.uint16:
        return flat
    raw = np.rint(flat.astype(np.float64) * SCALE)
    if raw.size and not (np.isfinite(raw).all() and raw.min() >= 0 and raw.max() <= np.iinfo(np.uint16).max):
        raise _broken(folder, f"row {row} with values that no front end makes (NaN, negative or beyond 2559)")
    return raw.astype(np.uint16)


def _broken(folder: Path, what: str) -> DataError:
    return DataError(
        f"{folder} is not a feature store of microWakeWord: it holds {what}",
        hint="It may have been cut off. Fetch or unpack it again.",
        code="broken_features",
    )
