"""A clip: one piece of 16 kHz mono audio with everything that later stages ask about it."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path


class ClipKind(StrEnum):
    """What a clip is to training."""

    POSITIVE = "positive"  # the phrase
    NEAR_MISS = "near_miss"  # sounds like the phrase, and is not
    SPEECH = "speech"  # other speech
    NOISE = "noise"
    MUSIC = "music"
    ROOM = "room"  # a room impulse response


class Split(StrEnum):
    """Which part of the work may see a clip. A speaker stands in one split only."""

    TRAIN = "train"
    VALIDATION = "validation"  # checkpoints, window and cutoff are chosen on it
    TEST = "test"  # reported figures only


SYNTHETIC = ("piper:", "kokoro:")  # name spaces of speakers that are not people


@dataclass(frozen=True)
class Clip:
    """One row of a clip manifest; row i of the manifest is row i of the audio store beside it.

    Attributes:
        kind: what it is to training.
        split: which part of the work may see it.
        speaker: who speaks, in a name space of its source ("kokoro:af_heart+bm_lewis", "kerstin_de"); every
            ingredient of a mixture is named, separated by "+". Empty for noise and rooms.
        source: the voice, folder or pack that it comes from.
        licence: SPDX id where there is one, else the source's own words.
        seconds: its length.
        text: what is said, where known.
        origin: file it was read from, or the voice's settings, for people who look for it.
        end_s: where the phrase ends in the clip, seconds, for positives.
    """

    kind: ClipKind
    split: Split
    speaker: str
    source: str
    licence: str
    seconds: float
    text: str = ""
    origin: str = ""
    end_s: float | None = None


@dataclass(frozen=True)
class Rejection:
    """A clip that was left out, and why. `reason` is an `AudioError.code`."""

    origin: str
    reason: str
    message: str


def write_manifest(path: Path, rows: Iterable[Clip | Rejection]) -> None:
    """Write one JSON object a line."""
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(asdict(row), ensure_ascii=False) + "\n")


def read_clips(path: Path) -> list[Clip]:
    """Read a manifest of clips."""
    return [_clip(row) for row in _rows(path)]


def read_rejections(path: Path) -> list[Rejection]:
    """Read a manifest of rejections."""
    return [Rejection(**row) for row in _rows(path)]


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def _clip(row: dict[str, str]) -> Clip:
    return Clip(**(row | {"kind": ClipKind(row["kind"]), "split": Split(row["split"])}))  # type: ignore[arg-type]
