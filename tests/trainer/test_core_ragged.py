"""Ragged stores: rows come back as they went in, and a damaged store says so."""

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from trainer.core.ragged import RaggedStore, RaggedWriter, write_ragged
from trainer.errors import DataError


def rows(item: tuple[int, ...] = (40,)) -> list[NDArray[np.uint16]]:
    rng = np.random.default_rng(1)
    return [rng.integers(0, 670, (n, *item)).astype(np.uint16) for n in (3, 0, 1, 200)]


@pytest.mark.parametrize("item", [(), (40,), (2, 3)])
def test_rows_come_back(tmp_path: Path, item: tuple[int, ...]) -> None:
    given = rows(item)
    write_ragged(tmp_path / "store", given, np.uint16, item, {"key": "value"})
    store = RaggedStore[np.uint16](tmp_path / "store")
    assert len(store) == 4
    assert store.lengths().tolist() == [3, 0, 1, 200]
    assert store.meta == {"key": "value"}
    for row, original in zip(store, given, strict=True):
        assert row.dtype == np.uint16
        assert row.shape == original.shape
        assert np.array_equal(row, original)


def test_rows_are_views_that_cannot_be_written(tmp_path: Path) -> None:
    write_ragged(tmp_path, rows(), np.uint16, (40,))
    row = RaggedStore[np.uint16](tmp_path)[3]
    assert row.base is not None
    with pytest.raises(ValueError, match="read-only"):
        row[0, 0] = 1


@pytest.mark.parametrize("count", [0, 2])
def test_stores_without_values(tmp_path: Path, count: int) -> None:
    write_ragged(tmp_path, [np.zeros((0, 40), np.uint16)] * count, np.uint16, (40,))
    store = RaggedStore[np.uint16](tmp_path)
    assert len(store) == count
    assert [row.shape for row in store] == [(0, 40)] * count


def test_strided_rows_are_written_whole(tmp_path: Path) -> None:
    wide = np.arange(100, dtype=np.int16)
    write_ragged(tmp_path, [wide[::2]], np.int16)
    assert np.array_equal(RaggedStore[np.int16](tmp_path)[0], wide[::2])


@pytest.mark.parametrize("row", [np.zeros((3, 40), np.int16), np.zeros((3, 39), np.uint16), np.zeros(3, np.uint16)])
def test_rows_of_another_kind_are_refused(tmp_path: Path, row: NDArray[np.generic]) -> None:
    writer = RaggedWriter(tmp_path, np.uint16, (40,))
    with pytest.raises(DataError, match="Received"):
        writer.append(row)


def test_a_store_that_was_not_closed_is_absent(tmp_path: Path) -> None:
    RaggedWriter(tmp_path, np.uint16, (40,)).append(rows()[0])
    with pytest.raises(DataError, match="not a ragged store"):
        RaggedStore[np.uint16](tmp_path)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    write_ragged(tmp_path, rows(), np.uint16, (40,))
    return tmp_path


@pytest.mark.parametrize("change", [-2, -81, +2])
def test_values_of_another_length_are_named(store: Path, change: int) -> None:
    values = store / "values.bin"
    data = values.read_bytes()
    values.write_bytes(data[:change] if change < 0 else data + bytes(change))
    with pytest.raises(DataError) as caught:
        RaggedStore[np.uint16](store)
    assert str(len(data)) in caught.value.message
    assert str(len(data) + change) in caught.value.message


@pytest.mark.parametrize("name", ["values.bin", "offsets.npy", "store.json"])
def test_a_missing_file_is_named(store: Path, name: str) -> None:
    (store / name).unlink()
    with pytest.raises(DataError, match=name):
        RaggedStore[np.uint16](store)


@pytest.mark.parametrize("name", ["offsets.npy", "store.json"])
def test_a_cut_off_index_is_named(store: Path, name: str) -> None:
    (store / name).write_bytes((store / name).read_bytes()[:20])
    with pytest.raises(DataError, match=str(store)):
        RaggedStore[np.uint16](store)


@pytest.mark.parametrize(
    "header", [[], {}, {"dtype": "nonsense", "item": [40], "meta": {}}, {"dtype": "<u2", "item": 40}]
)
def test_a_header_of_another_kind(store: Path, header: object) -> None:
    (store / "store.json").write_text(json.dumps(header))
    with pytest.raises(DataError, match="not a ragged store"):
        RaggedStore[np.uint16](store)
