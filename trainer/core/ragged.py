"""A store of arrays of different lengths in one memory-mapped file: audio (int16) and feature frames (uint16).

A folder holds `values.bin` (all rows one after another), `offsets.npy` (int64, rows + 1) and `store.json`
(dtype, shape of one value, whatever the writer adds). Rows are read without a copy.
"""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import DTypeLike, NDArray

from trainer.errors import DataError

T = TypeVar("T", bound=np.generic)


class RaggedWriter:
    """Appends rows of shape [n, *item] to a new store."""

    def __init__(self, folder: Path, dtype: DTypeLike, item: tuple[int, ...] = ()) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.dtype, self.item = folder, np.dtype(dtype), item
        self._offsets = [0]
        self._file = (folder / "values.bin").open("wb")

    def append(self, row: NDArray[Any]) -> None:
        """Add one row."""
        if row.dtype != self.dtype or row.shape[1:] != self.item:
            raise DataError(
                f"a row of {self.dtype} [n, {', '.join(map(str, self.item))}] was expected. "
                f"Received: {row.dtype} {row.shape}"
            )
        self._file.write(np.ascontiguousarray(row).data)
        self._offsets.append(self._offsets[-1] + len(row))

    def close(self, meta: dict[str, Any] | None = None) -> None:
        """Write the index; before this the store does not exist for a reader."""
        self._file.close()
        np.save(self.folder / "offsets.npy", np.asarray(self._offsets, np.int64))
        header = {"dtype": self.dtype.str, "item": list(self.item), "meta": meta or {}}
        (self.folder / "store.json").write_text(json.dumps(header, indent=1, sort_keys=True))


class RaggedStore(Generic[T]):
    """Reads a store; `store[i]` is row i, shape [n_i, *item], a view of the mapped file."""

    def __init__(self, folder: Path) -> None:
        try:
            header = json.loads((folder / "store.json").read_text())
            self.offsets: NDArray[np.int64] = np.load(folder / "offsets.npy", allow_pickle=False)
            self.dtype = np.dtype(header["dtype"])
            self.item: tuple[int, ...] = tuple(header["item"])
            self.meta: dict[str, Any] = header["meta"]
            size = (folder / "values.bin").stat().st_size
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise DataError(f"{folder} is not a ragged store: {error}", hint="Make it again.") from error
        self.folder = folder
        expected = int(self.offsets[-1]) * self.dtype.itemsize * int(np.prod(self.item, dtype=np.int64))
        path = folder / "values.bin"
        if size != expected:
            raise DataError(
                f"{path} has {size} bytes; its index promises {expected}",
                hint="It was cut off. Make it again.",
            )
        shape = (int(self.offsets[-1]), *self.item)
        self.values: NDArray[T] = (
            np.memmap(path, self.dtype, "r", shape=shape) if expected else np.zeros(shape, self.dtype)
        )

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, index: int) -> NDArray[T]:
        return self.values[self.offsets[index] : self.offsets[index + 1]]

    def __iter__(self) -> Iterator[NDArray[T]]:
        return (self[i] for i in range(len(self)))

    def lengths(self) -> NDArray[np.int64]:
        """Return the number of values of every row, int64 [rows]."""
        return np.diff(self.offsets)


def write_ragged(
    folder: Path,
    rows: Iterable[NDArray[Any]],
    dtype: DTypeLike,
    item: tuple[int, ...] = (),
    meta: dict[str, Any] | None = None,
) -> None:
    """Write a whole store."""
    writer = RaggedWriter(folder, dtype, item)
    for row in rows:
        writer.append(row)
    writer.close(meta)
