"""Piper's public catalogue: which voices there are, and how one comes here, checked against size and hash."""

import json
import os
import re
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path, PurePosixPath
from typing import Any

from trainer.core.download import download
from trainer.errors import DownloadError, VoiceError
from trainer.events import Event, Progress, Report, discard
from trainer.samples.voices import voices_folder

# The home of the catalogue; a mirror can be named in the environment.
HOME = "https://huggingface.co/rhasspy/piper-voices/resolve/main"
HOME_VARIABLE = "WAKESMITH_PIPER_VOICES_URL"
_NAME = re.compile(r"[\w-]+")
_AT_ONCE = 8  # small files
_SUFFIXES = (".onnx.json", "MODEL_CARD", ".onnx")  # the model last: where it lies, the others do


@dataclass(frozen=True)
class CatalogueFile:
    """A file of a voice: `path` below the home, size in bytes, MD5 in hex."""

    path: str
    size: int
    md5: str


@dataclass(frozen=True)
class CatalogueVoice:
    """A voice that can be had: its speakers, its language ("en_US") and quality, its files."""

    name: str
    language: str
    quality: str
    speakers: int
    files: tuple[CatalogueFile, ...]

    @property
    def has_card(self) -> bool:
        """Whether it comes with a model card."""
        return any(_local(self.name, file) == _card(self.name) for file in self.files)

    @property
    def size(self) -> int:
        """Bytes of all its files."""
        return sum(file.size for file in self.files)


def fetch_catalogue(report: Report = discard, *, home: str | None = None, folder: Path | None = None) -> Path:
    """Fetch the list of voices afresh; where that fails, an older list is good enough.

    Raises:
        DownloadError: there is neither.
    """
    path = (folder or voices_folder()) / "catalogue.json"
    fresh = path.with_name("catalogue.new.json")
    fresh.unlink(missing_ok=True)  # a file that lies there would be taken for the one asked for
    try:
        download(f"{_home(home)}/voices.json", fresh, report=report, attempts=3)
        fresh.replace(path)
    except DownloadError:
        if not path.is_file():
            raise
    return path


def read_catalogue(path: Path) -> dict[str, CatalogueVoice]:
    """Return the voices of a list by name.

    Raises:
        DownloadError: the file is not a list of voices.
    """
    try:
        data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        voices = (_voice(name, entry) for name, entry in sorted(data.items()))
        return {voice.name: voice for voice in voices}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        path.unlink(missing_ok=True)
        raise DownloadError(
            f"{path} is not a catalogue of voices: {error!r}", hint="Try again later.", code="wrong_file"
        ) from error


def fetch_voice(name: str, report: Report = discard, *, home: str | None = None, folder: Path | None = None) -> Path:
    """Fetch a voice by its name in the catalogue and return its model's file. What is there already is checked only.

    Raises:
        VoiceError: the catalogue has no such voice.
        DownloadError: what came is not what the catalogue promises, or nothing came.
    """
    target = folder or voices_folder()
    voices = read_catalogue(fetch_catalogue(discard, home=home, folder=target))
    if name not in voices:
        near = get_close_matches(name, voices, 5, 0.5) or [v for v in voices if name.lower() in v.lower()][:5]
        raise VoiceError(
            f"Piper's catalogue of {len(voices)} voices has no {name!r}",
            hint=f"Near to it: {', '.join(near)}." if near else "Names look like en_US-libritts_r-medium.",
            code="unknown_voice",
        )
    voice, before = voices[name], 0
    for file in voice.files:
        _fetch(voice, file, _within(report, before, voice.size), home, target)
        before += file.size
    return target / f"{name}.onnx"


def fetch_cards(voices: Iterable[CatalogueVoice], *, home: str | None = None, folder: Path | None = None) -> None:
    """Fetch the model cards of voices, which name their licences. What is there already is checked only.

    Raises:
        DownloadError: one cannot be had.
    """
    target = folder or voices_folder()
    cards = [
        (voice, file) for voice in voices for file in voice.files if _local(voice.name, file) == _card(voice.name)
    ]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        list(pool.map(lambda card: _fetch(card[0], card[1], discard, home, target), cards))


def remove_voice(name: str, *, folder: Path | None = None) -> None:
    """Remove the files of a voice that was fetched.

    Raises:
        VoiceError: there is none of that name.
    """
    target = folder or voices_folder()
    model = target / f"{name}.onnx"
    if not _NAME.fullmatch(name) or not model.is_file():
        raise VoiceError(
            f"no voice {name!r} was fetched", hint=f"Those that were lie in {target}.", code="unknown_voice"
        )
    for path in (model, target / f"{name}.onnx.json", target / _card(name)):  # first what makes it a voice
        path.unlink(missing_ok=True)


def _fetch(voice: CatalogueVoice, file: CatalogueFile, report: Report, home: str | None, target: Path) -> None:
    path = target / _local(voice.name, file)
    download(f"{_home(home)}/{file.path}", path, md5=file.md5, size=file.size, report=report)


def _within(report: Report, before: int, total: int) -> Report:
    """Return a report for one file of several: the progress of all."""

    def tell(event: Event) -> None:
        report(replace(event, done=before + event.done, total=total) if isinstance(event, Progress) else event)

    return tell


def _home(home: str | None) -> str:
    return (home or os.environ.get(HOME_VARIABLE) or HOME).rstrip("/")


def _local(name: str, file: CatalogueFile) -> str:
    base = PurePosixPath(file.path).name
    return _card(name) if base == "MODEL_CARD" else base


def _card(name: str) -> str:
    return f"{name}.MODEL_CARD"


def _voice(name: str, entry: dict[str, Any]) -> CatalogueVoice:
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is not the name of a voice")
    files = [
        CatalogueFile(path, int(promise["size_bytes"]), str(promise["md5_digest"]))
        for path, promise in entry["files"].items()
        if PurePosixPath(path).name in (f"{name}.onnx", f"{name}.onnx.json", "MODEL_CARD")
    ]
    files.sort(key=lambda file: next(i for i, suffix in enumerate(_SUFFIXES) if file.path.endswith(suffix)))
    return CatalogueVoice(name, entry["language"]["code"], entry["quality"], int(entry["num_speakers"]), tuple(files))
