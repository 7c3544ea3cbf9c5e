"""The files of published models: placed, and taken away when nothing names them. Only files of ours are touched.

A list in the settings says which files are ours, by path and SHA-256: while one is being written, those of before and
after, so that a kill in between leaves nothing that we do not know.
"""

import asyncio
import hashlib
import json
import os
import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from addon.errors import Conflict, NotFound
from addon.publish.backups import Backups
from addon.publish.folders import EXTERNAL, MODELS, HomeFolder, flush_folder, read_plain, sweep_partials, write_file
from addon.store import Store

LEDGER = "published_files"  # its name in the settings
_NAMED = re.compile(rb"wakesmith/([a-z0-9_]{1,64})\.json")
_LARGEST_YAML, _MOST_YAML = 4 * 1024 * 1024, 5000  # bytes of a file, and files: more is no configuration of devices
_BUILDS = {"build", "archive", "trash", "managed_components", "node_modules"}


class Shelf:
    """The folders `esphome/wakesmith` and `custom_wake_words`."""

    def __init__(self, home: HomeFolder, store: Store) -> None:
        self._home, self._store = home, store
        self._lock = asyncio.Lock()

    async def prepare(self) -> None:
        """Make `custom_wake_words`, which Home Assistant must find when it starts; remove what was half written."""
        await asyncio.to_thread(self._prepare)

    async def place(self, model: Mapping[str, bytes], external: Mapping[str, bytes]) -> None:
        """Write the files of a model, by name; a .tflite goes before the .json that names it.

        Raises:
            Conflict: a file of that name is not ours.
            Unavailable: the disk is full, or a folder may not be written to. Nothing is named then that is not whole.
        """
        files = {f"{MODELS}/{name}": data for name, data in sorted(model.items(), reverse=True)}
        files |= {f"{EXTERNAL}/{name}": data for name, data in sorted(external.items(), reverse=True)}
        async with self._lock:
            ledger = await self._ledger()
            missing = await asyncio.to_thread(self._missing, files, ledger)
            await self._replace(files, missing, ledger)

    async def holds(self, ident: str) -> bool:
        """Say whether all files of a model are there as they were written."""
        ledger = await self._ledger()
        paths = [f"{folder}/{ident}{suffix}" for folder in (MODELS, EXTERNAL) for suffix in (".tflite", ".json")]
        return await asyncio.to_thread(lambda: all(self._is_ours(path, ledger) for path in paths))

    async def label(self, names: Mapping[str, str]) -> None:
        """Have Home Assistant offer words by these names, by the id of their model; those that are not placed stay.

        Home Assistant's select tells words by name alone: two versions of the same name would hide one another.

        Raises:
            Unavailable: a file cannot be written; it is as it was.
        """
        async with self._lock:
            ledger = await self._ledger()
            changed = await asyncio.to_thread(self._relabelled, names, ledger)
            if changed:
                await self._replace(changed, {Path(self._home.root) / n: d for n, d in changed.items()}, ledger)

    async def tidy(self, models: Collection[str], offered: Collection[str]) -> list[str]:
        """Remove the files of all models but those, and those that a YAML file of ESPHome's names.

        For satellites that load words by themselves only the offered ones of them stay.

        What undoing an edit would bring back counts as named. What the user changed since, or put there, stays.
        Returns the ids of models that lost files.
        """
        if not self._home.is_there:
            return []
        async with self._lock:
            ledger = await self._ledger()
            removed = await asyncio.to_thread(self._tidy, ledger, {MODELS: set(models), EXTERNAL: set(offered)})
            if removed:
                await self._store.settings.put(LEDGER, {p: s for p, s in ledger.items() if p not in removed})
        return sorted({Path(path).stem for path in removed})

    async def _replace(
        self, files: Mapping[str, bytes], missing: Mapping[Path, bytes], ledger: Mapping[str, str]
    ) -> None:
        """Write what is missing of the files, all of which are ours then."""
        ours = {path: _sha256(data) for path, data in files.items()}
        either = {path: f"{sha} {ledger.get(path, '')}".strip() for path, sha in ours.items()}
        await self._store.settings.put(LEDGER, {**ledger, **either})
        await asyncio.to_thread(self._write, missing)
        await self._store.settings.put(LEDGER, {**ledger, **ours})

    async def _ledger(self) -> dict[str, str]:
        try:
            return dict(await self._store.settings.get(LEDGER))
        except NotFound:
            return {}

    def _prepare(self) -> None:
        self._home.folder(EXTERNAL)
        for name in (EXTERNAL, MODELS):
            sweep_partials(Path(self._home.root) / name)

    def _missing(self, files: Mapping[str, bytes], ledger: Mapping[str, str]) -> dict[Path, bytes]:
        """Return what has to be written, refusing to replace what is not ours. The folders are made."""
        missing = {}
        for name, data in files.items():
            path = self._home.folder(str(Path(name).parent)) / Path(name).name
            there = read_plain(path)
            if there == data:
                continue
            foreign = there is None and (path.is_symlink() or path.exists())
            if foreign or (there is not None and not self._is_ours(name, ledger)):
                raise Conflict(
                    f"{name} is there already, and Wakesmith did not write it",
                    hint="Move it elsewhere or give it another name, then publish again.",
                    code="foreign_file",
                    values={"path": name},
                )
            missing[path] = data
        return missing

    def _write(self, files: Mapping[Path, bytes]) -> None:
        written: list[Path] = []
        try:
            for path, data in files.items():
                fresh = not path.exists()
                write_file(path, data)
                written += [path] if fresh else []
        except BaseException:
            for path in reversed(written):  # the .json before the .tflite that it names
                with suppress(OSError):
                    path.unlink()
            raise

    def _is_ours(self, name: str, ledger: Mapping[str, str]) -> bool:
        there = read_plain(Path(self._home.root) / name)
        return there is not None and _sha256(there) in ledger.get(name, "").split()

    def _relabelled(self, names: Mapping[str, str], ledger: Mapping[str, str]) -> dict[str, bytes]:
        changed = {}
        for ident, name in names.items():
            path = f"{EXTERNAL}/{ident}.json"
            if not self._is_ours(path, ledger):
                continue
            manifest = json.loads((Path(self._home.root) / path).read_bytes())
            if manifest["wake_word"] != name:
                told = manifest | {"wake_word": name}
                changed[path] = (json.dumps(told, ensure_ascii=False, indent=2) + "\n").encode()
        return changed

    def _tidy(self, ledger: Mapping[str, str], keep: Mapping[str, set[str]]) -> set[str]:
        stale = {path for path in ledger if Path(path).stem not in keep[str(Path(path).parent)]}
        if not stale:
            return set()
        named = named_models(Path(self._home.root) / "esphome") | self._undoable()
        removed = set()
        for name in sorted(stale):  # a .json before its .tflite
            path = Path(self._home.root) / name
            if name.startswith(MODELS) and path.stem in named:
                continue
            if self._is_ours(name, ledger) and path.parent.resolve().is_relative_to(Path(self._home.root).resolve()):
                path.unlink(missing_ok=True)
            removed.add(name)
        for folder in (MODELS, EXTERNAL):
            flush_folder(Path(self._home.root) / folder)
        return removed

    def _undoable(self) -> set[str]:
        """Return the ids of models that YAML files would name again if an edit was undone."""
        backups = Backups(self._home)
        return {found.decode() for edit in backups.taken() for found in _NAMED.findall(backups.before(edit) or b"")}


def named_models(esphome: Path) -> set[str]:
    """Return the ids of models of ours that any YAML file of ESPHome's names, in whatever way it is included."""
    found: set[str] = set()
    for path in _yaml_files(esphome):
        with suppress(OSError):
            if path.stat().st_size <= _LARGEST_YAML:
                found |= {name.decode() for name in _NAMED.findall(path.read_bytes())}
    return found


def _yaml_files(folder: Path) -> Iterator[Path]:
    count = 0
    for here, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".") and name not in _BUILDS]
        for name in names:
            if name.endswith((".yaml", ".yml")) and (count := count + 1) <= _MOST_YAML:
                yield Path(here) / name


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
