"""Edits of devices' YAML: looked at, taken, and taken back byte for byte. Every file that is touched is kept first.

An edit is written down as `planned` before the file is touched and as `taken` after that: what a killed app left
`planned` is put back by `recover`.
"""

import asyncio
import logging
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from addon.errors import AppError, Conflict, NotFound
from addon.library.models import ModelLibrary
from addon.publish.backups import Backups, EditState, Taken, digest
from addon.publish.esphome_yaml.editing import Edit as Change
from addon.publish.esphome_yaml.editing import find_words, plan_edit, remove_edit
from addon.publish.esphome_yaml.entry import Choice, ModelEntry, model_of
from addon.publish.esphome_yaml.survey import Reader
from addon.publish.folders import MODELS, HomeFolder, check_inside, find_below, sweep_partials, telling, write_file
from addon.publish.gate import read_report

_log = logging.getLogger(__name__)
_NAME = re.compile(r"[^/\\\0.][^/\\\0]{0,120}\.ya?ml")
_SECRETS = ("secrets.yaml", "secrets.yml")
_DEFAULT = "medium"  # the sensitivity whose cutoff the manifest has
_LARGEST = 4 * 1024 * 1024  # bytes of a YAML file


@dataclass(frozen=True)
class Undone:
    """How an edit was taken back.

    Attributes:
        exact: the file is byte for byte as it was; else it was changed since, and our lines alone were taken out.
    """

    exact: bool
    message: str


class Edits:
    """The YAML files of ESPHome's folder, as far as they gain or lose words of ours."""

    def __init__(self, models: ModelLibrary, homeassistant: str) -> None:
        self._models, self._home = models, HomeFolder(homeassistant)
        self._backups = Backups(self._home)
        self._lock = asyncio.Lock()

    async def preview(self, configuration: str, model: str) -> Change:
        """Return what an edit would change, with `diff`, `notes` and the bytes `before` and `after`.

        Raises:
            NotFound: there is no such file or model. ConfigError: the device cannot take it. Conflict: `no_home`.
        """
        entry = await self._entry(model)
        return await asyncio.to_thread(self._plan, configuration, entry)

    async def apply(self, configuration: str, model: str, expected: str = "") -> str:
        """Write an edit and return its id, "" where there was nothing to change.

        Args:
            expected: SHA-256 of the file that the user was shown; "" where it does not matter.

        Raises:
            Conflict: `changed`: the file is not as it was shown. As `preview` otherwise.
            Unavailable: it cannot be written; it is as it was.
        """
        entry = await self._entry(model)
        async with self._lock:
            return await asyncio.to_thread(self._apply, configuration, entry, model, expected)

    async def undo(self, edit: str) -> Undone:
        """Put a file back as it was before an edit. Where it was changed since, take our lines out of it alone.

        Raises:
            NotFound: there is no such edit, or the file is gone. ConfigError: our lines cannot be taken out.
            Unavailable: it cannot be written; it is as it was.
        """
        found = await asyncio.to_thread(self._backups.read, edit)
        earlier = await self._earlier(found)
        async with self._lock:
            return await asyncio.to_thread(self._undo, edit, earlier)

    async def since(self, model: str, time: str) -> list[str]:
        """Return the ids of edits that brought a model since a time and were not taken back, the oldest first."""
        taken = await asyncio.to_thread(self._backups.taken) if self._home.is_there else []
        return [edit.id for edit in taken if edit.model == model and edit.created >= time]

    async def recover(self) -> None:
        """Put back what a killed app was in the middle of writing."""
        if not self._home.is_there:
            return
        try:
            async with self._lock:
                await asyncio.to_thread(self._recover)
        except AppError as error:
            _log.error("edits that were cut off cannot be looked for: %s", error.message)

    async def _entry(self, model: str) -> ModelEntry:
        """Return the model as YAML names it, with the sensitivities that its report has."""
        folder = await self._models.folder(model)
        report = await asyncio.to_thread(read_report, folder / "report.json")
        return ModelEntry(model, f"{Path(MODELS).name}/{model}.json", *_choices(report))

    async def _earlier(self, edit: Taken) -> ModelEntry | None:
        """Return the version of the word that the file had before an edit."""
        before = await asyncio.to_thread(self._backups.before, edit)
        paths = re.findall(r"wakesmith/[a-z0-9_]{1,64}\.json", (before or b"").decode("utf-8", "replace"))
        for path in paths:
            if name := model_of(path, edit.word):
                try:
                    return await self._entry(name)
                except NotFound:
                    return ModelEntry(name, f"{Path(MODELS).name}/{name}.json")
        return None

    def _plan(self, configuration: str, entry: ModelEntry) -> Change:
        path = self._path(configuration)
        return plan_edit(path.name, self._reader(), entry)

    def _apply(self, configuration: str, entry: ModelEntry, model: str, expected: str) -> str:
        path = self._path(configuration)
        change = plan_edit(path.name, self._reader(), entry)
        if expected and digest(change.before) != expected:
            raise _changed(configuration)
        if not change.changed:
            return ""
        edit = self._backups.begin(path.name, entry.word, model, change.before, change.after, path.stat())
        try:
            self._replace(path, change.before, change.after)
            self._backups.write(replace(edit, state=EditState.TAKEN))
        except BaseException:
            if self._reader()(path.name) == change.after:
                self._backups.bring_back(edit, path.resolve())
            self._backups.forget(edit)
            raise
        self._backups.prune()
        return edit.id

    def _undo(self, ident: str, earlier: ModelEntry | None) -> Undone:
        edit = self._backups.read(ident)
        if edit.state is EditState.UNDONE:
            return Undone(True, f"{edit.configuration} was put back before")
        path = self._path(edit.configuration)
        current, before = self._reader()(path.name) or b"", self._backups.before(edit)
        exact = digest(current) == edit.before
        if digest(current) == edit.after and before is not None:
            self._replace(path, current, before)
            exact = True
        elif not exact:
            self._take_out(path, edit, earlier)
        self._backups.write(replace(edit, state=EditState.UNDONE))
        if exact:
            return Undone(True, f"{edit.configuration} is as it was before")
        return Undone(False, f"{edit.configuration} was changed since: only Wakesmith's own lines were taken back")

    def _take_out(self, path: Path, edit: Taken, earlier: ModelEntry | None) -> None:
        """Take our lines out of a file that was changed since; where it had an earlier version, bring that back."""
        files = self._reader()
        if edit.word not in find_words(path.name, files):
            return
        if edit.state is EditState.PLANNED and f"{edit.model}.json".encode() not in (files(path.name) or b""):
            return  # it was never written: what is there of the word was there before
        change = plan_edit(path.name, files, earlier) if earlier else remove_edit(path.name, files, edit.word)
        if change.changed:
            self._replace(path, change.before, change.after)

    def _recover(self) -> None:
        sweep_partials(Path(self._home.root) / "esphome")
        for edit in self._backups.planned():
            try:
                self._undo(edit.id, None)
                _log.warning("an edit of %s that was cut off was put back", edit.configuration)
            except AppError as error:
                _log.error("an edit of %s that was cut off stays: %s", edit.configuration, error.message)

    def _path(self, configuration: str) -> Path:
        """Return where a device's file lies. What is asked for is a name, never a path.

        Raises:
            NotFound: there is no such file in ESPHome's folder. Conflict: a link leads out of it.
        """
        folder = self._home.folder() / "esphome"
        path = folder / configuration if _NAME.fullmatch(configuration) else folder
        if path == folder or configuration in _SECRETS or not path.is_file():
            raise NotFound(
                f"{configuration[:80]!r} is not in ESPHome's folder.",
                hint="Look for the device in ESPHome.",
                code="esphome_missing",
                values={"file": configuration[:80]},
            )
        check_inside(path, folder)
        return path

    def _reader(self) -> Reader:
        """Return what gives the bytes of a file by its path below ESPHome's folder, and of no other."""
        folder = (self._home.folder() / "esphome").resolve()

        def read(name: str) -> bytes | None:
            path = find_below(folder, name, _LARGEST)
            if path is None:
                return None
            with telling(path):
                return path.read_bytes()

        return read

    def _replace(self, path: Path, before: bytes, after: bytes) -> None:
        """Write a file that still is as it was read; a link within the folder stays a link."""
        path = path.resolve()
        with telling(path):
            if path.read_bytes() != before:
                raise _changed(path.name)
            like = path.stat()
        write_file(path, after, like)


def _choices(report: dict[str, Any]) -> tuple[tuple[Choice, ...], str]:
    """Return the sensitivities of a report and the name of the default; none where it has no default."""
    try:
        found = {str(s["name"]): int(s["cutoff"]) for s in report["calibration"]["sensitivities"]}
        choices = tuple(Choice(name, cutoff) for name, cutoff in found.items())
    except (KeyError, TypeError, ValueError):
        return (), ""
    return (choices, _DEFAULT) if _DEFAULT in found else ((), "")


def _changed(configuration: str) -> Conflict:
    return Conflict(
        f"{configuration} was changed meanwhile",
        hint="Look at the change again, then send it.",
        code="changed",
        values={"file": configuration},
    )
