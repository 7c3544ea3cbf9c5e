"""What YAML files were before we edited them: a folder for each edit. Blocks: call it in a thread.

`esphome/.wakesmith/<edit>/` holds `before` and `after`, the file's bytes, and `edit.json`: which file, the model,
both SHA-256 and the state.
"""

import json
import os
import re
import secrets
from contextlib import suppress
from dataclasses import asdict, dataclass
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Any

from addon.errors import NotFound
from addon.publish.folders import (
    BACKUPS,
    HomeFolder,
    flush_folder,
    read_plain,
    remove_folder,
    telling,
    write_file,
)
from addon.times import now

MOST_KEPT = 200  # edits; beyond that the oldest that were taken back go
_ID = re.compile(r"[0-9]{8}T[0-9]{6}-[0-9a-f]{8}")
_RECORD, _BEFORE, _AFTER = "edit.json", "before", "after"


class EditState(StrEnum):
    """Where an edit stands."""

    PLANNED = "planned"  # the file may or may not have been written
    TAKEN = "taken"
    UNDONE = "undone"


@dataclass(frozen=True)
class Taken:
    """An edit as it is kept.

    Attributes:
        configuration: name of the YAML file. word, model: what it gained.
        before, after: SHA-256 of the file's bytes.
    """

    id: str
    configuration: str
    word: str
    model: str
    before: str
    after: str
    state: EditState
    created: str


class Backups:
    """The folder `esphome/.wakesmith`."""

    def __init__(self, home: HomeFolder) -> None:
        self._home = home

    def begin(
        self,
        configuration: str,
        word: str,
        model: str,
        before: bytes,
        after: bytes,
        like: os.stat_result | None = None,
    ) -> Taken:
        """Keep a file before it is touched.

        Args:
            like: of the file: passwords may stand in it, so that its copies have its rights and owner.

        Raises:
            Unavailable: it cannot be kept; nothing is left behind then.
        """
        created = now()
        ident = f"{re.sub('[-:]', '', created)[:15]}-{secrets.token_hex(4)}"
        edit = Taken(ident, configuration, word, model, digest(before), digest(after), EditState.PLANNED, created)
        place = self._home.folder(f"{BACKUPS}/{ident}")
        try:
            write_file(place / _BEFORE, before, like)
            write_file(place / _AFTER, after, like)
            self.write(edit)
        except BaseException:
            remove_folder(place)
            raise
        flush_folder(place.parent)
        return edit

    def read(self, ident: str) -> Taken:
        """Return an edit.

        Raises:
            NotFound: there is none of that id.
        """
        try:
            found: dict[str, Any] = json.loads((self._place(ident) / _RECORD).read_bytes())
            return Taken(**found | {"state": EditState(found["state"])})
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise NotFound(
                f"there is no edit {ident!r}", hint="Its backup may have been removed.", code="no_edit"
            ) from error

    def before(self, edit: Taken) -> bytes | None:
        """Return what the file was, None where the backup is gone or damaged."""
        data = read_plain(self._place(edit.id) / _BEFORE)
        return data if data is not None and digest(data) == edit.before else None

    def bring_back(self, edit: Taken, path: Path) -> None:
        """Give a file the name of the one that was kept: that takes no room, should the disk be full."""
        kept = self._place(edit.id) / _BEFORE
        with telling(path):
            kept.chmod(path.stat().st_mode & 0o7777)
            kept.replace(path)

    def write(self, edit: Taken) -> None:
        """Write down where an edit stands."""
        write_file(self._place(edit.id) / _RECORD, json.dumps(asdict(edit), indent=1).encode())

    def forget(self, edit: Taken) -> None:
        """Remove the backup of an edit that was not taken."""
        remove_folder(self._place(edit.id))

    def planned(self) -> list[Taken]:
        """Return edits that were cut off; what was not even written down is removed."""
        found = []
        for place in self._places():
            try:
                edit = self.read(place.name)
            except NotFound:  # the file was not touched
                remove_folder(place)
                continue
            found += [edit] if edit.state is EditState.PLANNED else []
        return found

    def taken(self) -> list[Taken]:
        """Return edits that were taken and not taken back, the oldest first."""
        found = []
        for place in self._places():
            with suppress(NotFound):
                found.append(self.read(place.name))
        return [edit for edit in found if edit.state is EditState.TAKEN]

    def prune(self) -> None:
        """Remove the oldest edits that were taken back, where many are kept."""
        places = self._places()
        for place in places[: max(0, len(places) - MOST_KEPT)]:
            try:
                done = self.read(place.name).state is EditState.UNDONE
            except NotFound:
                done = True
            if done:
                remove_folder(place)

    def _places(self) -> list[Path]:
        folder = Path(self._home.root) / BACKUPS
        with telling(folder):
            return sorted(p for p in folder.iterdir() if _ID.fullmatch(p.name)) if folder.is_dir() else []

    def _place(self, ident: str) -> Path:
        if not _ID.fullmatch(ident):
            raise NotFound(f"there is no edit {ident[:80]!r}", code="no_edit")
        return self._home.folder() / BACKUPS / ident


def digest(data: bytes) -> str:
    """Return a file's SHA-256."""
    return sha256(data).hexdigest()
