"""Archives from elsewhere, unpacked with suspicion: no paths that lead outside, no links, no bombs."""

import tarfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from stat import S_ISLNK, S_ISREG
from typing import IO, Literal

from trainer.errors import DataError

_BLOCK = 1 << 20
MOST_FILES = 2_000_000


@dataclass(frozen=True)
class _Member:
    """A regular file in an archive."""

    name: str
    open: Callable[[], IO[bytes] | None]


def unpack(archive: Path, folder: Path, form: Literal["zip", "tar"], most_bytes: int) -> int:
    """Write the archive's files below `folder` and return their number. Times, owners and modes are not kept.

    Args:
        archive: the file.
        folder: an empty folder; what was written stays there after an error, so let it be a partial one.
        form: zip, or tar with any compression.
        most_bytes: bound on all files together, counted as they are written, whatever the archive says.

    Raises:
        DataError: codes `not_an_archive`, `unsafe_archive`, `archive_too_large`.
    """
    count = written = 0
    try:
        with _zip(archive) if form == "zip" else _tar(archive) as members:
            for member in members:
                count += 1
                if count > MOST_FILES:
                    raise _too_large(archive, f"more than {MOST_FILES:,} files")
                path = folder / _inside(member.name, archive)
                path.parent.mkdir(parents=True, exist_ok=True)
                source = member.open()
                if source is None:
                    raise _unsafe(archive, member.name, "cannot be opened")
                with source, path.open("xb") as file:
                    while block := source.read(_BLOCK):
                        written += len(block)
                        if written > most_bytes:
                            raise _too_large(archive, f"more than {most_bytes:,} bytes")
                        file.write(block)
    except FileExistsError as error:
        raise _unsafe(archive, str(error.filename), "occurs twice") from error
    except (zipfile.BadZipFile, tarfile.TarError, EOFError, NotImplementedError, RuntimeError) as error:
        raise DataError(
            f"{archive} is not a whole {form} archive: {error}",
            hint="Remove it and fetch it again.",
            code="not_an_archive",
        ) from error
    return count


@contextmanager
def _zip(archive: Path) -> Iterator[Iterator[_Member]]:
    with zipfile.ZipFile(archive) as file:
        yield _zip_members(file, archive)


def _zip_members(file: zipfile.ZipFile, archive: Path) -> Iterator[_Member]:
    for info in file.infolist():
        mode = info.external_attr >> 16
        if info.is_dir():
            continue
        if mode and (S_ISLNK(mode) or not (S_ISREG(mode) or mode < 0o10000)):
            raise _unsafe(archive, info.filename, "is a link or a device")
        yield _Member(info.filename, lambda info=info: file.open(info))  # type: ignore[misc]


@contextmanager
def _tar(archive: Path) -> Iterator[Iterator[_Member]]:
    with tarfile.open(archive, "r:*") as file:
        yield _tar_members(file, archive)


def _tar_members(file: tarfile.TarFile, archive: Path) -> Iterator[_Member]:
    for info in file:
        if info.isdir():
            continue
        if not info.isreg():
            raise _unsafe(archive, info.name, "is a link or a device")
        yield _Member(info.name, lambda info=info: file.extractfile(info))  # type: ignore[misc]


def _inside(name: str, archive: Path) -> PurePosixPath:
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or not path.parts or ":" in path.parts[0] or "\0" in name:
        raise _unsafe(archive, name, "leads outside of its folder")
    return path


def _unsafe(archive: Path, name: str, why: str) -> DataError:
    return DataError(
        f"{archive.name} is refused: {name!r} {why}",
        hint="An honest data set holds plain files only. Do not use this archive.",
        code="unsafe_archive",
    )


def _too_large(archive: Path, what: str) -> DataError:
    return DataError(f"{archive.name} is refused: it unpacks to {what}", code="archive_too_large")
