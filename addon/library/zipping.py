"""A folder as a zip, made while it is sent."""

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

_CHUNK = 64 << 10


class _Pipe:
    """Takes what the zip writes, until it is fetched. Cannot be sought in: zipfile then writes sizes behind files."""

    def __init__(self) -> None:
        self._waiting: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._waiting.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        return

    def take(self) -> bytes:
        data, self._waiting = b"".join(self._waiting), []
        return data


def zip_folder(folder: Path, name: str) -> Iterator[bytes]:
    """Yield the zip of a folder's files, below `name/`, in pieces; never more than a piece is held in memory."""
    pipe = _Pipe()
    with zipfile.ZipFile(cast(IO[bytes], pipe), "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(p for p in folder.rglob("*") if p.is_file() and not p.is_symlink()):
            info = zipfile.ZipInfo.from_file(
                path, f"{name}/{path.relative_to(folder).as_posix()}", strict_timestamps=False
            )
            info.compress_type = zipfile.ZIP_DEFLATED
            with path.open("rb") as source, archive.open(info, "w") as target:
                while chunk := source.read(_CHUNK):
                    target.write(chunk)
                    if data := pipe.take():
                        yield data
    if data := pipe.take():
        yield data
