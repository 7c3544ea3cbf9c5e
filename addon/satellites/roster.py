"""The list of satellites, kept up to date: who is there, what each listens for, and how a model gets to it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from addon.bus import Bus, SatellitesChanged
from addon.errors import AppError, Conflict, Invalid, NotFound
from addon.fleet import Delivery, Satellite, Sensitivity, word_of
from addon.homeassistant.link import Link
from addon.satellites.delivery import House, describe
from addon.satellites.mdns import Finder
from addon.satellites.merging import Configuration, merge
from addon.satellites.registry import Told, read_answer
from addon.satellites.versions import Versions
from addon.times import now

ASK_S = 180.0  # between two questions to Home Assistant that nothing gave rise to
TELL_S = 0.5  # between two messages about the list
_SETTLE_S = 60.0
_log = logging.getLogger(__name__)
Files = Callable[[], Awaitable[Iterable[Configuration]]]


async def _no_files() -> Iterable[Configuration]:
    return ()


class Roster:
    """All satellites. Call `start` first and `stop` last; `all` is as of this moment.

    Attributes:
        finder: hears announcements; `problem` says why not.
        versions: of words on satellites that were flashed.
    """

    def __init__(
        self,
        bus: Bus,
        link: Link,
        mdns: bool = True,
        files: Files = _no_files,
        folder: bool = False,
        own: Callable[[], bool] = lambda: False,
        changed: Callable[[], None] = lambda: None,
        ask_s: float = ASK_S,
    ) -> None:
        """Make the list; nothing runs yet.

        Args:
            mdns: whether announcements in this network are heard.
            files: reads ESPHome's YAML files.
            folder: whether Home Assistant's configuration folder is here.
            own: whether esphome of our own can flash.
            changed: called when ESPHome's dashboard came or went.
        """
        self.finder, self._mdns = Finder(self._wake), mdns
        self._bus, self._link, self._files, self._ask_s = bus, link, files, ask_s
        self._folder, self._own, self._changed = folder, own, changed
        self._told: tuple[Told, ...] = ()
        self._dashboard = False
        self.versions = Versions()
        self._as_of: str | None = None
        self._configurations: tuple[Configuration, ...] = ()
        self._shown: tuple[Satellite, ...] = ()
        self._stale, self._due, self._asked = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._asking = asyncio.Lock()
        self._tasks: list[asyncio.Task[None]] = []
        link.watch(self._hear)

    @property
    def dashboard(self) -> bool:
        """Whether ESPHome's dashboard can be asked through Home Assistant."""
        return self._dashboard and self._link.peer is not None

    def tell_mdns(self) -> dict[str, Any]:
        """Return whether announcements are heard, and why not, as `GET home` tells it."""
        return {"on": self._mdns and not self.finder.problem, "message": self.finder.problem if self._mdns else ""}

    async def start(self) -> None:
        """Begin to listen and to ask."""
        if self._mdns:
            await self.finder.start()
        self._stale.set()
        for work in (self._keep_asking, self._keep_telling):
            self._tasks.append(asyncio.create_task(work(), name=work.__name__))

    async def stop(self) -> None:
        """Listen and ask no more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.finder.stop()

    def all(self) -> list[Satellite]:
        """Return all, by room and name."""
        linked = self._link.peer is not None
        as_of = None if linked else self._as_of
        house = House(linked, self._dashboard, self._own(), self._folder, as_of)
        devices = merge(self.finder.found, self._told, self._configurations)
        found = [self._named(describe(device, house)) for device in devices]
        return sorted(found, key=lambda one: (one.room, one.name, one.id))

    def get(self, id: str) -> Satellite:
        """Return one.

        Raises:
            NotFound: there is none.
        """
        for satellite in self.all():
            if satellite.id == id:
                return satellite
        raise NotFound(f"there is no satellite {id[:80]!r}", "It may be switched off; look again.", "no_satellite")

    async def refresh(self) -> list[Satellite]:
        """Ask all sources now."""
        await self._read_files()
        await self.ask()
        return self.all()

    async def settle(self, timeout_s: float = _SETTLE_S) -> None:
        """Wait until Home Assistant has told once, or for so long."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._asked.wait()
        except TimeoutError:
            _log.info("Home Assistant has told nothing of its satellites yet")

    async def set_sensitivity(self, id: str, word: str, option: str) -> Satellite:
        """Choose how easily a satellite hears a word, by its id with or without a version; "" stands for all words.

        Raises:
            Invalid: it does not offer that.
            Unavailable, Refused: Home Assistant could not do it.
        """
        satellite = self.get(id)
        of_word = [one for one in satellite.sensitivities if word_of(one.word) == word_of(word)]
        if not of_word:
            raise _no_sensitivity(satellite, word)
        chosen = _read_option(of_word[0], option)
        await self._link.ask("set_sensitivity", {"entity": of_word[0].entity, "option": chosen})
        await self.ask()
        return self.get(id)

    def _named(self, satellite: Satellite) -> Satellite:
        """Return a satellite with its words by their versioned ids, as far as they are known."""
        active, available = (
            tuple(self.versions.name(satellite.id, id) for id in ids)
            for ids in (satellite.active, satellite.available)
        )
        return replace(satellite, active=active, available=available)

    def _hear(self, what: str) -> None:
        """Take note that Home Assistant came, went, or has another list."""
        if what in ("link", "satellites"):
            self._stale.set()
            self._wake()

    def _wake(self) -> None:
        self._due.set()

    async def _keep_asking(self) -> None:
        while True:
            self._stale.clear()
            try:
                await self.refresh()
            except Exception:
                _log.exception("satellites cannot be asked for")
            await asyncio.sleep(TELL_S)
            try:
                async with asyncio.timeout(self._ask_s):
                    await self._stale.wait()
            except TimeoutError:
                continue

    async def _read_files(self) -> None:
        try:
            self._configurations = tuple(await self._files())
        except OSError as error:
            _log.warning("ESPHome's YAML files cannot be read: %s", error)
        self._wake()

    async def ask(self) -> None:
        """Ask Home Assistant now; what it told before is kept where it cannot be asked."""
        async with self._asking:
            if self._link.peer is not None:
                try:
                    self._take(await self._link.ask("satellites"))
                except AppError as error:
                    _log.warning("Home Assistant cannot tell its satellites: %s", error.message)
        self._wake()

    def _take(self, answer: Mapping[str, Any]) -> None:
        before = self._dashboard
        self._told, self._dashboard = read_answer(answer)
        self._as_of = now()
        self._asked.set()
        if self._dashboard is not before:
            self._changed()

    async def _keep_telling(self) -> None:
        while True:
            await self._due.wait()
            self._due.clear()
            try:
                shown = tuple(self.all())
                if shown != self._shown:
                    self._shown = shown
                    self._bus.publish(SatellitesChanged(shown))
            except Exception:
                _log.exception("satellites cannot be told of")
            await asyncio.sleep(TELL_S)


def _read_option(offered: Sensitivity, option: str) -> str:
    """Return an option as a satellite offers it.

    Raises:
        Invalid: it does not.
    """
    if offered.low is None or offered.high is None:
        if option in offered.options:
            return option
        allowed = f"one of {', '.join(offered.options)}"
    else:
        with suppress(ValueError):
            if offered.low <= float(option) <= offered.high:
                return f"{float(option):g}"
        allowed = f"a number from {offered.low:g} to {offered.high:g}"
    raise Invalid(f"option: {allowed} is allowed. Received: {option[:80]!r}")


def _no_sensitivity(satellite: Satellite, word: str) -> Conflict:
    values = {"satellite": satellite.name}
    if satellite.delivery is Delivery.EXTERNAL:
        return Conflict(
            f"{satellite.name} has a sensitivity of its own, for whatever it listens for",
            "Change its number “Wake Word 1 Sensitivity” in Home Assistant: 0.7 is the model's own, less wakes it "
            "more easily.", "own_sensitivity", values,
        )  # fmt: skip
    return Conflict(
        f"{satellite.name} has no sensitivity of {word!r} that can be chosen",
        "Send the model anew: its YAML then gains one.", "no_sensitivity", values,
    )  # fmt: skip
