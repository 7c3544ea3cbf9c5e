"""Home Assistant's configuration folder: ours within it, and files that are never seen half written.

Nothing here follows a link out of the folder, and nothing blocks the loop: call it in a thread.
"""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from addon.errors import AppError, Conflict, Unavailable

MODELS, BACKUPS, EXTERNAL = "esphome/wakesmith", "esphome/.wakesmith", "custom_wake_words"
PREFIX, SUFFIX = ".wakesmith-", ".partial"  # of names until a file is whole; no program takes them for its own
_READABLE = 0o644  # of new files: Home Assistant and ESPHome may run as others


@dataclass(frozen=True)
class HomeFolder:
    """The folder.

    Attributes:
        root: as the options name it, "" where there is none to be had.
    """

    root: str

    def folder(self, name: str = "") -> Path:
        """Return the folder of that name within, made if need be.

        Raises:
            Conflict: there is no configuration folder, or a link leads out of it.
            Unavailable: it cannot be made.
        """
        root = Path(self.root)
        if not self.root or not root.is_dir():
            raise Conflict(
                f"Home Assistant's configuration folder is not to be had here: {self.root or 'none was named'}",
                hint="Run Wakesmith as an app of Home Assistant, or name the folder with --homeassistant.",
                code="no_home",
                values={"folder": self.root},
            )
        found = root / name
        with telling(found):
            check_inside(found, root)  # first: nothing is made out there
            found.mkdir(parents=True, exist_ok=True)
        return found

    @property
    def is_there(self) -> bool:
        """Whether there is a configuration folder."""
        return bool(self.root) and Path(self.root).is_dir()


def check_inside(path: Path, root: Path) -> None:
    """Refuse a path that a link leads out of the folder.

    Raises:
        Conflict: it does.
    """
    if not path.resolve().is_relative_to(root.resolve()):
        raise Conflict(
            f"{path} leads out of {root}",
            hint="Replace the link by a folder or file of its own.",
            code="outside",
            values={"path": str(path)},
        )


def write_file(path: Path, data: bytes, like: os.stat_result | None = None) -> None:
    """Write a file that is there whole, even after a power cut, or is as it was.

    Args:
        like: of the file that is replaced: the new one gets its rights and, where that is possible, its owner.

    Raises:
        Unavailable: the disk is full, or the folder may not be written to.
    """
    partial = path.with_name(f"{PREFIX}{path.name}{SUFFIX}")
    with telling(path):
        try:
            with partial.open("wb") as file:
                file.write(data)
                file.flush()
                os.fchmod(file.fileno(), _READABLE if like is None else like.st_mode & 0o7777)
                if like is not None:
                    with suppress(PermissionError):
                        os.fchown(file.fileno(), like.st_uid, like.st_gid)
                os.fsync(file.fileno())
            partial.replace(path)
        except OSError:
            with suppress(OSError):
                partial.unlink(missing_ok=True)
            raise
        flush_folder(path.parent)


def flush_folder(folder: Path) -> None:
    """Have the names within a folder outlast a power cut, where the file system can."""
    with suppress(OSError):
        opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def read_plain(path: Path) -> bytes | None:
    """Return a plain file's bytes; None where there is none, or it is a link or a folder.

    Raises:
        Unavailable: it may not be read.
    """
    with telling(path):
        return path.read_bytes() if path.is_file() and not path.is_symlink() else None


def find_below(folder: Path, name: str, largest: int) -> Path | None:
    """Return the file of a relative name below a resolved folder; None for any other, and for one that is too large.

    Args:
        largest: bytes.
    """
    try:
        path = (folder / name).resolve()
        good = path.is_relative_to(folder) and path.is_file() and path.stat().st_size <= largest
    except (OSError, ValueError):
        return None
    return path if good else None


def sweep_partials(folder: Path) -> None:
    """Remove what a killed app was in the middle of writing into a folder."""
    with suppress(OSError):
        for path in folder.glob(f"{PREFIX}*{SUFFIX}"):
            path.unlink()


def remove_folder(path: Path) -> None:
    """Remove a folder of ours and all within; what cannot be removed stays."""
    shutil.rmtree(path, ignore_errors=True)


@contextmanager
def telling(path: Path) -> Iterator[None]:
    """Turn what the system refuses into an error that says what to do.

    Raises:
        Unavailable: with the code `disk_full` or `not_writable`.
    """
    try:
        yield
    except OSError as error:
        raise _told(error, path) from error


def _told(error: OSError, path: Path) -> AppError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Unavailable(
            f"the disk that holds {path} is full", hint="Free some space, then try again.", code="disk_full"
        )
    return Unavailable(
        f"{path} cannot be read or written: {error.strerror}",
        hint="See that Wakesmith may write to Home Assistant's configuration folder.",
        code="not_writable",
        values={"path": str(path)},
    )
