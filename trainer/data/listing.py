"""Which recordings a recipe's folders hold: kind, source, speaker and licence of every file, nothing decoded yet."""

import csv
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from trainer.core.clips import ClipKind
from trainer.core.fingerprint import fingerprint
from trainer.errors import DataError
from trainer.recipe import DataRecipe

# Files that stand beside recordings in every data set and are no one's mistake.
NOT_AUDIO = frozenset(
    f".{suffix}"
    for suffix in (
        *(
            "txt",
            "json",
            "jsonl",
            "tsv",
            "csv",
            "md",
            "rst",
            "pdf",
            "html",
            "xml",
            "yaml",
            "yml",
            "toml",
            "ini",
            "cfg",
        ),
        *(
            "py",
            "sh",
            "lab",
            "textgrid",
            "trans",
            "srt",
            "log",
            "npy",
            "npz",
            "db",
            "jpg",
            "jpeg",
            "png",
            "gif",
            "svg",
        ),
        *("zip", "gz", "bz2", "xz", "tar", "tgz", "7z", "part", "partial", "lock"),
    )
)
PAPERS = frozenset({"LICENSE", "LICENCE", "COPYING", "README", "NOTICE", "FINGERPRINT"})
# Sub-folders of one root that name the kinds (D1). Plurals are taken too.
ROOT_FOLDERS = {
    "positive": ClipKind.POSITIVE,
    "negative": ClipKind.SPEECH,
    "hard_negative": ClipKind.NEAR_MISS,
    "background": ClipKind.NOISE,
    "music": ClipKind.MUSIC,
    "rirs": ClipKind.ROOM,
}
SPOKEN = frozenset({ClipKind.POSITIVE, ClipKind.NEAR_MISS, ClipKind.SPEECH})
_TAKE = re.compile(r"^(?P<speaker>speaker.+?)[-_]take[-_]?\w+$", re.IGNORECASE)  # D12; a name in any script


@dataclass(frozen=True)
class Recording:
    """A file that is to become clips.

    Attributes:
        path: where it lies.
        kind: what its clips are to training.
        source: the sub-folder of the given folder that holds it, or the given folder itself.
        speaker: the person who speaks, where folder or file name says so; else empty.
        licence: of its source.
        origin: path below the given folder's parent, for people.
    """

    path: Path
    kind: ClipKind
    source: str
    speaker: str
    licence: str
    origin: str


@dataclass(frozen=True)
class Listing:
    """Recordings in the order in which they are read, and files passed over, counted by suffix."""

    recordings: tuple[Recording, ...]
    passed_over: Counter[str]


def list_recordings(recipe: DataRecipe) -> Listing:
    """Search the recipe's folders, each kind in turn, in sorted order. A file that is named twice counts once.

    Raises:
        DataError: a folder is missing or holds no audio.
    """
    passed_over: Counter[str] = Counter()
    found: dict[Path, Recording] = {}
    for folder, kind in _folders(recipe):
        licences = _Licences(folder, recipe.licence)
        paths = sorted(audio_files(folder, passed_over))
        for path in paths:
            found.setdefault(path, _recording(path, folder, kind, licences))
        if not paths:
            raise DataError(
                f"{folder} holds no recordings",
                hint="WAV, FLAC, MP3, Ogg, Opus, M4A and whatever else FFmpeg knows is read, in sub-folders too.",
                code="no_audio",
            )
    return Listing(tuple(found.values()), passed_over)


def fingerprint_folders(folders: Iterable[Path]) -> str:
    """Return a hash that changes with any file below the folders. Quick: names, sizes and times, not contents.

    Raises:
        DataError: a folder is missing.
    """
    rows: list[tuple[str, int, int]] = []
    for folder in folders:
        _check_folder(folder)
        for path in sorted(audio_files(folder, Counter())):
            stat = path.stat()
            rows.append((str(path), stat.st_size, stat.st_mtime_ns))
    return fingerprint(rows)


def speaker_named(stem: str) -> str:
    """Return who a file's name without suffix says that speaks: "speaker1" of `speaker1_take3` (D12), else ""."""
    take = _TAKE.match(stem)
    return take["speaker"] if take else ""


def kind_named(folder: Path) -> ClipKind | None:
    """Return the kind that a folder's own name says, such as "positives" or "music"; None where it says none."""
    return ROOT_FOLDERS.get(_singular(folder.resolve().name.lower()))


def root_folders(folder: Path) -> dict[Path, ClipKind]:
    """Return the sub-folders that name a kind, if this is one root of all kinds (D1): two of them at least."""
    kinds = {
        path: ROOT_FOLDERS[name]
        for path in sorted(folder.iterdir())
        if path.is_dir() and (name := _singular(path.name.lower())) in ROOT_FOLDERS
    }
    return kinds if len(kinds) > 1 else {}


def _singular(name: str) -> str:
    name = name.replace("-", "_")
    if name in ("rir", "room", "rooms"):
        return "rirs"
    return name[:-1] if name.endswith("s") and name[:-1] in ROOT_FOLDERS else name


def _folders(recipe: DataRecipe) -> Iterator[tuple[Path, ClipKind]]:
    given = (
        (ClipKind.POSITIVE, recipe.positives),
        (ClipKind.SPEECH, recipe.negatives),
        (ClipKind.NOISE, recipe.noise),
        (ClipKind.MUSIC, recipe.music),
        (ClipKind.ROOM, recipe.rooms),
    )
    for kind, folders in given:
        for folder in folders:
            _check_folder(folder)
            within = root_folders(folder)
            yield from within.items() if within else ((folder, kind),)


def _check_folder(folder: Path) -> None:
    if not folder.is_dir():
        what = "is a file" if folder.is_file() else "does not exist"
        raise DataError(f"{folder} {what}", hint="Give a folder of recordings.", code="no_folder")


def audio_files(folder: Path, passed_over: Counter[str]) -> Iterator[Path]:
    """Yield files below a folder that may be audio, and count the others by suffix.

    Links to folders are followed, each folder once.
    """
    seen: set[str] = set()
    for here, names, files in os.walk(folder, followlinks=True):
        real = os.path.realpath(here)
        if real in seen:
            names.clear()
            continue
        seen.add(real)
        names[:] = sorted(name for name in names if not name.startswith("."))
        for name in files:
            suffix = Path(name).suffix.lower()
            if name.startswith(".") or suffix in NOT_AUDIO or name.upper() in PAPERS:
                passed_over[suffix or name] += 1
            else:
                yield Path(here) / name


def _recording(path: Path, folder: Path, kind: ClipKind, licences: "_Licences") -> Recording:
    parts = path.relative_to(folder).parts[:-1]
    origin = str(path.relative_to(folder.parent))
    speaker = speaker_named(path.stem)
    if kind in (ClipKind.POSITIVE, ClipKind.NEAR_MISS):
        speaker = speaker or (parts[0] if parts else "")
        source = folder.name
    else:
        source = parts[0] if parts else folder.name
        if kind is ClipKind.SPEECH and len(parts) > 1:
            speaker = speaker or parts[1]
    return Recording(path, kind, source, speaker, licences.of(path.parent), origin)


class _Licences:
    """Licences of folders, from the nearest `index.tsv` with columns `folder` and `licence`, else the recipe's."""

    def __init__(self, folder: Path, default: str) -> None:
        self._default = default
        self._rows: dict[Path, str] = {}
        resolved = folder.resolve()
        for base in (resolved, *list(resolved.parents)[:3]):
            index = base / "index.tsv"
            if index.is_file():
                with index.open(encoding="utf-8", newline="") as file:
                    for row in csv.DictReader(file, delimiter="\t"):
                        if row.get("folder") and row.get("licence"):
                            self._rows[base / str(row["folder"])] = str(row["licence"])
                return

    def of(self, folder: Path) -> str:
        folder = folder.resolve()
        return next((self._rows[p] for p in (folder, *folder.parents) if p in self._rows), self._default)
