"""Writing that is whole or absent: files and folders get their name only when they are complete."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from trainer.errors import ResourceError

_FINGERPRINT = "fingerprint"
_INPUTS = "inputs"  # in a partial folder: what it is being made from


@contextmanager
def whole_folder(path: Path, fingerprint: str) -> Iterator[Path]:
    """Yield a folder that replaces `path` when the block ends well; its fingerprint is stored within.

    What an interrupted run left from the same inputs is handed out again, so that a stage can go on from its own
    checkpoints; what is left of other inputs is removed.

    Raises:
        ResourceError: the disk is full; `path` is as it was.
    """
    partial = path.with_name(path.name + ".partial")
    if not _holds(partial / _INPUTS, fingerprint):
        shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True, exist_ok=True)
    with disk_space_named(path):
        (partial / _INPUTS).write_text(fingerprint)
        yield partial
        (partial / _INPUTS).rename(partial / _FINGERPRINT)
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
    return _holds(path / _FINGERPRINT, fingerprint)


def _holds(file: Path, text: str) -> bool:
    try:
        return file.read_text() == text
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
