"""Is an existing cache of features what training expects (F6)? Our stores, microWakeWord's, and plain NPY files."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.core.ragged import RaggedStore
from trainer.data.leakage import Finding
from trainer.data.mww import CHANNELS, FeatureMap, find_maps, open_map
from trainer.errors import DataError

HIGHEST = 1000  # raw values of the front end end near 670; more means another front end or another scale
_BLOCK = 1 << 20  # values looked at together
_CLIP_INDEX = ("ends.npy", "clips.npy")


@dataclass(frozen=True)
class CacheFacts:
    """One store or file of a cache.

    Attributes:
        path, form: where, and "ragged", "mww" or "npy".
        rows, frames: counts; frames of 10 ms.
        dtype: of the values. highest: the largest value.
        findings: what is wrong with it.
    """

    path: Path
    form: str
    rows: int
    frames: int
    dtype: str
    highest: float
    findings: tuple[Finding, ...]


def check_features(folder: Path) -> list[CacheFacts]:
    """Describe and check every feature store at or below a folder.

    Raises:
        DataError: there is none.
    """
    facts = list(_stores(folder))
    if not facts:
        raise DataError(
            f"{folder} holds no features",
            hint="Feature stores (store.json), microWakeWord's *_mmap folders and .npy files are known.",
            code="no_features",
        )
    return facts


def _stores(folder: Path) -> Iterator[CacheFacts]:
    ragged = sorted({p.parent for p in folder.rglob("store.json")})
    for path in ragged:
        yield _checked(path, "ragged", _ragged)
    for path in sorted(p for paths in find_maps(folder).values() for p in paths):
        yield _checked(path, "mww", _mww)
    for path in sorted(folder.rglob("*.npy")):
        if path.parent not in ragged:
            yield _checked(path, "npy", _npy)


def _checked(path: Path, form: str, describe: Any) -> CacheFacts:
    try:
        facts: CacheFacts = describe(path)
        return facts
    except (DataError, OSError, ValueError) as error:
        return CacheFacts(path, form, 0, 0, "", 0.0, (Finding("error", "unreadable", str(error)),))


def _ragged(path: Path) -> CacheFacts:
    store: RaggedStore[Any] = RaggedStore(path)
    lengths = store.lengths()
    findings = list(_value_findings(store.dtype, store.item))
    if store.offsets[0] != 0 or (lengths < 0).any():
        findings.append(Finding("error", "offsets", "the index of rows does not rise from 0"))
    findings += _length_findings(lengths)
    for name in _CLIP_INDEX:
        if (path / name).is_file():
            index = np.load(path / name, allow_pickle=False)
            if index.shape != (len(store),):
                findings.append(Finding("error", "index", f"{name} has shape {index.shape} for {len(store)} rows"))
    return _facts(path, "ragged", lengths, store.values, findings)


def _mww(path: Path) -> CacheFacts:
    store: FeatureMap = open_map(path)
    findings = _length_findings(store.frames())
    scale = 25.6 if store.values.dtype.kind == "f" else 1.0
    return _facts(path, "mww", store.frames(), store.values, findings, scale)


def _npy(path: Path) -> CacheFacts:
    values = np.load(path, mmap_mode="r", allow_pickle=False)
    if values.ndim not in (2, 3):
        message = f"shape {values.shape}; [frames, {CHANNELS}] or [rows, frames, {CHANNELS}] is expected"
        return CacheFacts(path, "npy", 0, 0, str(values.dtype), 0.0, (Finding("error", "shape", message),))
    rows, frames = (1, values.shape[0]) if values.ndim == 2 else values.shape[:2]
    lengths = np.full(rows, frames, np.int64)
    findings = [*_value_findings(values.dtype, values.shape[-1:]), *_length_findings(lengths)]
    return _facts(path, "npy", lengths, values, findings)


def _value_findings(dtype: np.dtype[Any], item: tuple[int, ...]) -> Iterator[Finding]:
    if dtype != np.uint16:
        yield Finding("error", "dtype", f"values of type {dtype}; uint16, as the front end makes them, is expected")
    if item != (CHANNELS,):
        yield Finding("error", "shape", f"frames of shape {item}; ({CHANNELS},) is expected")


def _length_findings(lengths: NDArray[np.int64]) -> list[Finding]:
    empty = int(np.count_nonzero(lengths == 0))
    if not lengths.size:
        return [Finding("warning", "no_rows", "no rows")]
    return [Finding("warning", "empty_rows", f"{empty} rows hold no frames")] if empty else []


def _facts(
    path: Path,
    form: str,
    lengths: NDArray[np.int64],
    values: NDArray[Any],
    findings: list[Finding],
    scale: float = 1.0,
) -> CacheFacts:
    highest = 0.0
    flat = values.reshape(-1)
    for start in range(0, flat.size, _BLOCK):
        block = flat[start : start + _BLOCK]
        if block.dtype.kind == "f" and not np.isfinite(block).all():
            findings.append(Finding("error", "not_finite", "values that are not numbers"))
            break
        highest = max(highest, float(block.max()) * scale)
    if highest > HIGHEST:
        findings.append(Finding("error", "range", f"values up to {highest:g}; the front end ends near 670"))
    if highest == 0 and flat.size:
        findings.append(Finding("warning", "silent", "all values are zero"))
    return CacheFacts(
        path, form, len(lengths), int(lengths.sum()), str(values.dtype), round(highest, 3), tuple(findings)
    )
