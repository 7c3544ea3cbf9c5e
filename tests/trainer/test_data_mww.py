"""microWakeWord's feature sets, as its own library writes them and as bad luck leaves them."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from trainer.core.ragged import RaggedStore, write_ragged
from trainer.data.mww import find_maps, open_map, read_features
from trainer.errors import DataError

LENGTHS = (3, 170, 0, 41, 5)


def frames(dtype: type = np.uint16) -> list[NDArray[np.uint16]]:
    rng = np.random.default_rng(0)
    return [rng.integers(0, 670, (n, 40)).astype(np.uint16) for n in LENGTHS]


def array(folder: Path, values: NDArray[np.generic]) -> None:
    """Write one array as the format's documentation says."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "data.ninja").write_bytes(values.tobytes())
    (folder / "dtype.ninja").write_text(values.dtype.name)
    (folder / "shape.ninja").write_bytes(np.array(values.shape, "<u8").tobytes())
    (folder / "order.ninja").write_text("C")
    (folder / "type.ninja").write_text("numpy")


def write_map(folder: Path, rows: list[NDArray[np.generic]]) -> Path:
    ends = np.cumsum([row.size for row in rows])
    array(folder, np.concatenate([row.ravel() for row in rows]))
    array(folder / "starts", np.concatenate(([0], ends[:-1])))
    array(folder / "ends", ends)
    array(folder / "shapes", np.array([row.shape for row in rows]).ravel())
    return folder


def same(found: list[NDArray[np.uint16]], expected: list[NDArray[np.uint16]]) -> bool:
    return len(found) == len(expected) and all(
        a.dtype == np.uint16 and np.array_equal(a, b) for a, b in zip(found, expected, strict=True)
    )


@pytest.mark.parametrize("scale", [None, 25.6])
def test_reads_what_the_library_writes(tmp_path: Path, scale: float | None) -> None:
    ragged = pytest.importorskip("mmap_ninja.ragged", reason="needs mmap_ninja, a development dependency")
    rows = [r for r in frames() if len(r)]
    written = rows if scale is None else [(r / scale).astype(np.float32) for r in rows]
    folder = tmp_path / "set" / "training"
    folder.mkdir(parents=True)
    ragged.RaggedMmap.from_generator(folder / "a_mmap", iter(written), batch_size=2)
    assert same(list(read_features(tmp_path / "set")), rows)


def test_the_written_layout_is_the_librarys(tmp_path: Path) -> None:
    assert same(list(read_features(write_map(tmp_path / "x_mmap", frames()))), frames())


def test_parts_are_found_and_missing_ones_named(tmp_path: Path) -> None:
    write_map(tmp_path / "training" / "b_mmap", frames()[:2])
    write_map(tmp_path / "training" / "deep" / "a_mmap", frames()[2:])
    write_map(tmp_path / "validation_ambient" / "c_mmap", frames()[:1])
    assert {part: len(paths) for part, paths in find_maps(tmp_path).items()} == {
        "training": 2,
        "validation_ambient": 1,
    }
    assert len(list(read_features(tmp_path))) == 5
    with pytest.raises(DataError, match="parts that it holds: training, validation_ambient"):
        list(read_features(tmp_path, "testing"))


def test_becomes_a_store_of_ours(tmp_path: Path) -> None:
    folder = write_map(tmp_path / "x_mmap", frames())
    write_ragged(tmp_path / "store", read_features(folder), np.uint16, (40,))
    store: RaggedStore[np.uint16] = RaggedStore(tmp_path / "store")
    assert same(list(store), frames())
    assert open_map(folder).frames().tolist() == list(LENGTHS)


def overwrite(path: str, data: bytes) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        (folder / path).write_bytes(data)

    return spoil


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda f: (f / "data.ninja").write_bytes((f / "data.ninja").read_bytes()[:-80]), "bytes of values where"),
        (lambda f: (f / "starts" / "data.ninja").unlink(), "unreadable description"),
        (overwrite("dtype.ninja", b"object"), "type 'object'"),
        (overwrite("dtype.ninja", b"\xff\xfe"), "unreadable description"),
        (overwrite("shape.ninja", b"\x01"), "unreadable description"),
        (overwrite("shape.ninja", (2**63).to_bytes(8, "little")), "were promised"),
        (lambda f: array(f / "ends", np.array([120, 6920, 6920, 8560, 999_999])), "outside of its values"),
        (lambda f: array(f / "starts", np.array([-40, 120, 6920, 6920, 8560])), "outside of its values"),
        (lambda f: array(f / "shapes", np.array([40, 3] * 5)), "row 0 of shape"),
        (lambda f: array(f / "shapes", np.array([3, 40])), "2 dimensions"),
    ],
)
def test_broken_stores_are_refused(tmp_path: Path, spoil: Callable[[Path], None], told: str) -> None:
    folder = write_map(tmp_path / "x_mmap", frames())
    spoil(folder)
    with pytest.raises(DataError, match=told) as caught:
        list(read_features(folder))
    assert caught.value.code == "broken_features"


@pytest.mark.parametrize("value", [np.nan, np.inf, -1.0, 1e6])
def test_values_that_no_front_end_makes(tmp_path: Path, value: float) -> None:
    rows = [np.ones((4, 40), np.float32), np.full((4, 40), value, np.float32)]
    with pytest.raises(DataError, match="row 1"):
        list(read_features(write_map(tmp_path / "x_mmap", rows)))
