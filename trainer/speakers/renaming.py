"""Recordings get the names of who speaks in them, and get their old ones back.

Every file is moved once, within its own folder, straight to a name that no file has; what is to be moved stands in a
manifest before the first file moves. Wherever the work is cut off, every file therefore has its old name or its new
one, and the manifest says which belong together.
"""

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from trainer.core.fingerprint import hash_file
from trainer.core.folders import write_whole
from trainer.data.listing import speaker_named
from trainer.errors import DataError
from trainer.speakers.finding import find_recordings
from trainer.speakers.namelist import Person

KEPT = ".wakesmith"  # the folder of manifests, hidden from the listing of recordings
_FORMAT = "wakesmith renamed 1"
_TOLD = 3


@dataclass(frozen=True)
class Move:
    """A file's two names, as paths below the folder, and the hash of its bytes."""

    old: str
    new: str
    hash: str = ""


@dataclass(frozen=True)
class Plan:
    """What an apply is to do. `kept` have their person's name already; `unlisted` stand under no name in the list."""

    moves: tuple[Move, ...]
    kept: tuple[str, ...]
    unlisted: tuple[str, ...]


@dataclass(frozen=True)
class Undone:
    """What an undo did.

    Attributes:
        restored: files that have their old names again, and `untouched` those that never lost them.
        changed: of the restored, those whose bytes were changed by someone since.
        stuck: what could not be restored, and why.
    """

    restored: tuple[str, ...]
    untouched: tuple[str, ...]
    changed: tuple[str, ...]
    stuck: tuple[str, ...]


def plan_moves(folder: Path, people: Sequence[Person]) -> Plan:
    """Say which recordings get which names. Takes are numbered over the whole folder; none that is in use is taken.

    Raises:
        DataError: recordings of the list are not in the folder.
    """
    found, left_out, _ = find_recordings(folder)
    _check_there(folder, people, set(found))
    in_use = {_take(name) for name in (*found, *(r.origin for r in left_out))}
    moves: list[Move] = []
    kept: list[str] = []
    for person in people:
        number = 1
        for name in person.recordings if person.label else ():
            if speaker_named(PurePosixPath(name).stem).casefold() == person.label.casefold():
                kept.append(name)
                continue
            while f"{person.label}_take{number}".casefold() in in_use:
                number += 1
            path = PurePosixPath(name)
            moves.append(Move(name, str(path.with_name(f"{person.label}_take{number}{path.suffix}"))))
            number += 1
    named = {*kept, *(move.old for move in moves)}
    return Plan(tuple(moves), tuple(kept), tuple(name for name in found if name not in named))


def apply_plan(folder: Path, plan: Plan) -> Path | None:
    """Rename, and return the manifest by which `undo` finds back; None where nothing was to be renamed.

    Raises:
        DataError: an earlier apply was cut off, or a file cannot be renamed: all have their old names then.
    """
    _check_finished(folder)
    if not plan.moves:
        return None
    moves = [Move(move.old, move.new, hash_file(folder / move.old)) for move in plan.moves]
    manifest = _write_manifest(folder, moves)
    try:
        for move in moves:
            _move(folder / move.old, folder / move.new)
    except BaseException as error:  # Ctrl-C too
        undone = undo(folder)
        if isinstance(error, OSError) and not undone.stuck:
            raise DataError(
                f"{error.filename} cannot be renamed: {error.strerror}; all recordings have their old names",
                hint="See to it that the folder can be written to and that nothing else changes it meanwhile.",
            ) from error
        raise
    return manifest


def undo(folder: Path) -> Undone:
    """Give the recordings of the last apply their old names, whether it was finished or cut off.

    Its manifest goes when all have them, so that the next undo takes back the apply before.

    Raises:
        DataError: there is nothing to undo, or the manifest cannot be read.
    """
    manifests = _manifests(folder)
    if not manifests:
        raise DataError(f"{folder} has nothing to undo: no apply renamed anything in it")
    restored, untouched, changed, stuck = [], [], [], []
    for move in reversed(_read_manifest(manifests[-1])):
        old, new = folder / move.old, folder / move.new
        if os.path.lexists(old) and os.path.lexists(new) and not old.samefile(new):
            if hash_file(old) == move.hash:  # it was never moved: the other file came in its way
                untouched.append(move.old)
            else:
                stuck.append(f"{move.new} stays: there is another {move.old} by now")
        elif os.path.lexists(new):
            _move(new, old)
            restored.append(move.old)
            if hash_file(old) != move.hash:
                changed.append(move.old)
        elif os.path.lexists(old):
            untouched.append(move.old)
        else:
            stuck.append(f"{move.new} is gone, which was {move.old}")
    if not stuck:
        manifests[-1].unlink()
        if not any(manifests[-1].parent.iterdir()):
            manifests[-1].parent.rmdir()
    return Undone(tuple(sorted(restored)), tuple(sorted(untouched)), tuple(sorted(changed)), tuple(stuck))


def _take(name: str) -> str:
    return PurePosixPath(name).stem.casefold()


def _check_there(folder: Path, people: Sequence[Person], found: set[str]) -> None:
    missing = [name for person in people for name in person.recordings if name not in found]
    if missing:
        told = ", ".join(missing[:_TOLD]) + (" ..." if len(missing) > _TOLD else "")
        raise DataError(
            f"{len(missing)} recordings of the list are not in {folder}: {told}",
            hint="Paths are those below the folder. If an apply has renamed them, `wakesmith speakers undo FOLDER` "
            "takes it back; else take them out of the list, or analyze again.",
        )


def _check_finished(folder: Path) -> None:
    for manifest in _manifests(folder)[-1:]:
        moves = _read_manifest(manifest)
        left = [m for m in moves if os.path.lexists(folder / m.old) and not os.path.lexists(folder / m.new)]
        if left:
            raise DataError(
                f"an earlier apply to {folder} was cut off: {len(left)} of its {len(moves)} recordings have their "
                "old names",
                hint=f"First: wakesmith speakers undo {folder}",
            )


def _move(old: Path, new: Path) -> None:
    """Rename a file; raises FileExistsError where the new name is in use, even if it came into being just now."""
    try:
        os.link(old, new)  # refuses by itself what exists, which no rename of POSIX does
    except FileExistsError:
        if not old.samefile(new):
            raise
    except OSError:  # a disk without links
        if os.path.lexists(new):
            raise FileExistsError(17, "the name is in use", str(new)) from None
        old.rename(new)
        return
    old.unlink()


def _manifests(folder: Path) -> list[Path]:
    return sorted((folder / KEPT).glob("renamed-*.json"))


def _write_manifest(folder: Path, moves: Sequence[Move]) -> Path:
    number = max((int(path.stem.rpartition("-")[2]) for path in _manifests(folder)), default=0) + 1
    manifest = folder / KEPT / f"renamed-{number:04d}.json"
    data = {"format": _FORMAT, "moves": [asdict(move) for move in moves]}
    write_whole(manifest, json.dumps(data, ensure_ascii=False, indent=1) + "\n")
    for path in (manifest, manifest.parent, folder):  # on the disk before the first file moves, should power fail
        handle = os.open(path, os.O_RDONLY)
        os.fsync(handle)
        os.close(handle)
    return manifest


def _read_manifest(path: Path) -> list[Move]:
    try:
        data: Any = json.loads(path.read_text(encoding="utf-8"))
        moves = [Move(**row) for row in data["moves"]]
        names = [PurePosixPath(name) for move in moves for name in (move.old, move.new)]
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise DataError(f"{path} cannot be read: {error}", hint="It says what the recordings were called.") from error
    if data.get("format") != _FORMAT or any(name.is_absolute() or ".." in name.parts for name in names):
        raise DataError(f"{path} is not a manifest of renamed recordings", hint="Restore it from a backup.")
    return moves
