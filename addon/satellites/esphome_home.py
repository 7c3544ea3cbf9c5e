"""Our own ESPHome as the panel shows it: allowed by the user or not, absent, being installed, here."""

import asyncio
import hashlib
import logging
import shutil
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from addon import acceleration
from addon.errors import NotFound, Unavailable
from addon.jobs.processes import end_leftovers, mark
from addon.library.fetching import Fetch
from addon.satellites.esphome_installing import LEAST_PYTHON, WHOLE
from addon.satellites.own_esphome import OwnFlasher, esphome_environment
from addon.store import Store
from trainer.events import Progress

_ALLOWED = "own_esphome"  # the setting
_log = logging.getLogger(__name__)


class EsphomeHome:
    """The folder `esphome/` of the data folder. Call `start` first and `stop` last."""

    def __init__(
        self, store: Store, data: Path, env: Mapping[str, str], changed: Callable[[], None], locks: Path | None = None
    ) -> None:
        """Make it; nothing is installed.

        Args:
            env: of the children, without the app's secrets.
            changed: called when what `show` says is another.
        """
        self._store, self._data, self._env, self._changed = store, data / "esphome", dict(env), changed
        self._locks = locks or acceleration.LOCKS
        self._allowed = False
        self._problem = ""
        self._percent: int | None = None
        self._work: asyncio.Task[None] | None = None

    @property
    def folder(self) -> Path:
        """Where it is: by what is pinned and this Python."""
        lock = self._locks / "esphome.lock"
        pinned = lock.read_bytes() if lock.is_file() else b""
        return self._data / hashlib.sha256(pinned + sys.version.encode()).hexdigest()[:12]

    @property
    def is_here(self) -> bool:
        """Whether it is whole."""
        return (self.folder / WHOLE).is_file()

    @property
    def is_ready(self) -> bool:
        """Whether it can flash now."""
        return self._allowed and self.is_here

    def show(self) -> dict[str, Any]:
        """Return it as `GET home` tells it."""
        installing = self._work is not None and not self._work.done()
        state = "installing" if installing else "here" if self.is_here else "absent"
        return {
            "state": state, "version": self._version() if state == "here" else "", "allowed": self._allowed,
            "percent": self._percent, "message": self._problem,
        }  # fmt: skip

    async def start(self) -> None:
        """End what a killed app left, remove what another version of the app installed, go on with what was begun."""
        await asyncio.to_thread(self._tidy)
        self._allowed = (await self._store.settings.all()).get(_ALLOWED) is True
        if self._allowed and sys.version_info >= LEAST_PYTHON:
            self._begin()

    async def stop(self) -> None:
        """End an installation."""
        if self._work:
            self._work.cancel()
            await asyncio.gather(self._work, return_exceptions=True)

    async def allow(self) -> None:
        """Install it, unless it is here or on its way.

        Raises:
            Unavailable: this Python is too old for it.
        """
        if sys.version_info < LEAST_PYTHON:
            raise Unavailable(
                "ESPHome needs Python 3.12 or later, which this app does not run on",
                hint="Use ESPHome's own app in Home Assistant.",
                code="old_python",
            )
        await self._store.settings.put(_ALLOWED, True)
        self._allowed, self._problem = True, ""
        self._begin()
        self._changed()

    async def forbid(self) -> None:
        """Remove it, with all that it built.

        Raises:
            NotFound: it is neither allowed nor here.
        """
        if not self._allowed and not self._data.is_dir():
            raise NotFound("there is no ESPHome of Wakesmith's own")
        await self.stop()
        self._allowed = False
        await self._store.settings.put(_ALLOWED, False)
        await asyncio.to_thread(shutil.rmtree, self._data, ignore_errors=True)
        self._changed()

    def flasher(self, folder: Path, address: Callable[[str], str]) -> OwnFlasher:
        """Return who flashes with it.

        Args:
            folder: of ESPHome's YAML files. `address`: of the device that a file makes.
        """
        env = esphome_environment(self.folder, self._env) | mark(self._data)
        command = (str(self.folder / "bin" / "python"), "-m", "esphome")
        return OwnFlasher(command, env, folder, self._data / "build", address)

    def _begin(self) -> None:
        if not self.is_here and (self._work is None or self._work.done()):
            self._work = asyncio.create_task(self._install(), name="install esphome")

    async def _install(self) -> None:
        words = ("-m", "addon.satellites.esphome_installing", str(self.folder), str(self._locks))
        child = await asyncio.create_subprocess_exec(
            sys.executable, *words, stdin=DEVNULL, stdout=PIPE, stderr=DEVNULL,
            env=self._env | mark(self._data), start_new_session=True,
        )  # fmt: skip
        try:
            failed = await Fetch(child).follow(self._take)
            self._problem = failed.message if failed else ""
        finally:
            await Fetch(child).end()
            self._percent = None
            self._work = None
            self._changed()

    def _take(self, progress: Progress) -> None:
        percent = 100 * progress.done // max(progress.total, 1)
        if percent != self._percent:
            self._percent = percent
            self._changed()

    def _version(self) -> str:
        found = next(self.folder.glob("lib/python*/site-packages/esphome-*.dist-info"), None)
        return found.name.removeprefix("esphome-").removesuffix(".dist-info") if found else ""

    def _tidy(self) -> None:
        if not self._data.is_dir():
            return
        if count := end_leftovers(self._data):
            _log.warning("ended %d processes of ESPHome that a killed app had left", count)
        for path in self._data.iterdir():
            if path.name not in (self.folder.name, "build"):
                shutil.rmtree(path, ignore_errors=True)
