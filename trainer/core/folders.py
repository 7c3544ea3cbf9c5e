"""Writing that is whole or absent: files and folders get their name only when they are complete."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from trainer.errors import ResourceError

_FINGERPRINT = "fingerprint"


@contextmanager
def whole_folder(path: Path, fingerprint: str) -> Iterator[Path]:
    """Yield a new folder that replaces `path` when the block ends well; its fingerprint is stored within.

    Raises:
        ResourceError: the disk is full; `path` is as it was.
    """
    partial = path.with_name(path.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    with disk_space_named(path):
        yield partial
        (partial / _FINGERPRINT).write_text(fingerprint)
        _flush(partial)
        if path.exists():
            old = path.with_name(path.name + ".old")
            shutil.rmtree(old, ignore_errors=True)
            path.rename(old)
            partial.rename(path)
            shutil.rmtree(old, ignore_errors=True)
        else:
            partial.rename(path)


def is_whole(path: Path, fingerprint: str) -> bool:
    """Say whether the folder is complete and was made from these inputs."""
    try:
        return (path / _FINGERPRINT).read_text() == fingerprint
    except OSError:
        return False


def write_whole(path: Path, data: bytes | str) -> None:
    """Write a file that is never seen half written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    with disk_space_named(path):
        try:
            partial.write_bytes(data.encode() if isinstance(data, str) else data)
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)


@contextmanager
def disk_space_named(path: Path) -> Iterator[None]:
    """Turn the operating system's "no space left" into an error that says where and what to do."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise ResourceError(
            f"the disk that holds {path} is full",
            hint="Free some space and run the same command with --resume; finished stages are kept.",
            code="disk_full",
        ) from error


def _flush(folder: Path) -> None:
    """Ask the system to put the folder's files on the disk, so that a power cut cannot leave a named half."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
