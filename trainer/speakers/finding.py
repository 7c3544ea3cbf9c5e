"""Which recordings of a folder can be told by name and be renamed."""

import os
from collections import Counter
from pathlib import Path

from trainer.core.clips import Rejection
from trainer.data.listing import audio_files
from trainer.errors import DataError


def find_recordings(folder: Path) -> tuple[list[str], list[Rejection], Counter[str]]:
    """Return paths below the folder, sorted, with "/"; what cannot be renamed, and why; and other files by suffix.

    Raises:
        DataError: there is no such folder, or no recording in it.
    """
    if not folder.is_dir():
        what = "is a file" if folder.is_file() else "does not exist"
        raise DataError(f"{folder} {what}", hint="Give a folder of recordings.", code="no_folder")
    passed_over: Counter[str] = Counter()
    names: list[str] = []
    left_out: list[Rejection] = []
    home = folder.resolve()
    for path in sorted(audio_files(folder, passed_over)):
        name = path.relative_to(folder).as_posix()
        shown = os.fsencode(name).decode("utf-8", "backslashreplace")
        if shown != name:
            left_out.append(Rejection(shown, "name", f"{shown}: the file's name is not UTF-8; rename it first"))
        elif path.is_symlink() or not path.resolve().is_relative_to(home):
            left_out.append(Rejection(name, "link", f"{name} is a link; analyze the folder that it leads to"))
        else:
            names.append(name)
    if not names and not left_out:
        raise DataError(
            f"{folder} holds no recordings",
            hint="WAV, FLAC, MP3, Ogg, Opus, M4A and whatever else FFmpeg knows is read, in sub-folders too.",
            code="no_audio",
        )
    return names, left_out, passed_over
