"""Piper's public catalogue: which voices there are, and how one comes here, checked against size and hash."""

import json
import os
import re
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path, PurePosixPath
from typing import Any

from trainer.core.download import download
from trainer.errors import DownloadError, VoiceError
from trainer.events import Report, discard
from trainer.samples.voices import voices_folder

# The home of the catalogue; a mirror can be named in the environment.
HOME = "https://huggingface.co/rhasspy/piper-voices/resolve/main"
HOME_VARIABLE = "WAKESMITH_PIPER_VOICES_URL"
_NAME = re.compile(r"[\w-]+")
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
    for file in voices[name].files:
        download(
            f"{_home(home)}/{file.path}", target / _local(name, file), md5=file.md5, size=file.size, report=report
        )
    return target / f"{name}.onnx"


def _home(home: str | None) -> str:
    return (home or os.environ.get(HOME_VARIABLE) or HOME).rstrip("/")


def _local(name: str, file: CatalogueFile) -> str:
    base = PurePosixPath(file.path).name
    return f"{name}.MODEL_CARD" if base == "MODEL_CARD" else base


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
