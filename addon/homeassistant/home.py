"""Home Assistant as the panel shows it: who is connected, and what could be."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from addon.bus import Bus, HomeChanged
from addon.errors import Conflict, Unavailable
from addon.homeassistant.identity import Identity, forget_integration, met_integration, note_integration
from addon.homeassistant.installing import Installed, Installer
from addon.homeassistant.link import Link
from addon.homeassistant.supervisor import Place, Supervisor, insist
from addon.options import Options
from addon.store import Store

_ANNOUNCED = "discovery"  # the setting that keeps Supervisor's id of what it was told
_log = logging.getLogger(__name__)
Told = Callable[[], Mapping[str, Any]]


def _no_mqtt() -> Mapping[str, Any]:
    return {"state": "off", "message": "", "address": ""}


def _no_mdns() -> Mapping[str, Any]:
    return {"on": False, "message": ""}


def _no_esphome() -> Mapping[str, Any]:
    return {"state": "absent", "version": "", "allowed": False}


@dataclass
class Home:
    """The connections to Home Assistant, put together.

    Attributes:
        met: the version of the integration that connected last; None once its entry was removed, or before.
        place: this app in Home Assistant, once Supervisor has said it.
        link_port: where the integration finds us.
        tell_mqtt, tell_esphome, tell_mdns, has_dashboard: how others say where they stand; whoever makes them sets
            these, and calls `changed` when the answer is another.
    """

    options: Options
    store: Store
    bus: Bus
    identity: Identity
    link: Link
    installer: Installer
    met: str | None = None
    place: Place | None = None
    link_port: int = 0
    tell_mqtt: Told = _no_mqtt
    tell_esphome: Told = _no_esphome
    tell_mdns: Told = _no_mdns
    has_dashboard: Callable[[], bool] = lambda: False
    _installed: Installed = field(default_factory=Installed)
    _offered: str = ""
    _installing: asyncio.Lock = field(default_factory=asyncio.Lock)
    _stir: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        """Hear of integrations that come and go."""
        self.link.watch(lambda what: self.changed() if what == "link" else None)

    @property
    def set_up(self) -> bool:
        """Whether an integration was connected once and its entry was not removed since."""
        return self.met is not None

    def show(self) -> dict[str, Any]:
        """Return all of it, as docs/satellites.md has `GET home`."""
        peer, installed = self.link.peer, self._installed
        return {
            "supervised": self.options.ingress,
            "folder": self.installer.place is not None,
            "panel": self.place.panel if self.place else None,
            "integration": {
                "installed": bool(installed.version),
                "version": installed.version or None,
                "offered": self._offered or None,
                "foreign": installed.foreign,
                "set_up": self.set_up,
                "linked": peer is not None,
                "linked_version": peer.version if peer else None,
                "home_assistant": peer.home_assistant if peer else None,
                "needs_restart": self._needs_restart(),
            },
            "mqtt": dict(self.tell_mqtt()),
            "dashboard": self.has_dashboard(),
            "mdns": dict(self.tell_mdns()),
            "esphome": dict(self.tell_esphome()),
            "link": {"port": self.link_port or self.options.link_port, "token": self.identity.token},
        }

    def changed(self) -> None:
        """Tell all listeners how it is now."""
        self.bus.publish(HomeChanged(self.show()))

    async def begin(self) -> None:
        """Read what was kept, and what stands in Home Assistant's folder."""
        self.met = await met_integration(self.store)
        await asyncio.to_thread(self.installer.tidy)
        self._offered = await asyncio.to_thread(self.installer.offered)
        await self.look()

    async def look(self) -> None:
        """Look again what stands in Home Assistant's folder: the user may have changed it."""
        found = await asyncio.to_thread(self.installer.find)
        if found != self._installed:
            self._installed = found
            self._stir.set()
            self.changed()

    async def introduce(self, supervisor: Supervisor) -> None:
        """Have Supervisor tell Home Assistant of us while the integration stands there, until cancelled.

        Without it Home Assistant would complain in its log, whenever it starts, that it knows no such integration.
        """
        self.place = await insist(supervisor.place)
        self.changed()
        while True:
            self._stir.clear()
            try:
                await self._announce(supervisor, self.place)
            except Unavailable as error:  # what was said before cannot be taken back: it is known there no more
                _log.debug("Home Assistant was told before: %s", error.message)
            await self._stir.wait()

    async def _announce(self, supervisor: Supervisor, place: Place) -> None:
        found = await self.store.settings.all()
        if self._installed.version or self.installer.place is None:
            config = {"host": place.host, "port": self.link_port, "token": self.identity.token}
            await self.store.settings.put(_ANNOUNCED, await insist(lambda: supervisor.announce(config)))
        elif ident := found.get(_ANNOUNCED):
            await self.store.settings.delete(_ANNOUNCED)
            await supervisor.retract(str(ident))

    async def meet(self, version: str) -> None:
        """Note that the integration is set up."""
        if self.met != version:
            await note_integration(self.store, version)
            self.met = version
            await self.look()

    async def forget(self) -> None:
        """Note that the integration's entry was removed."""
        if self.set_up:
            await forget_integration(self.store)
            self.met = None
            self.changed()

    async def install(self) -> None:
        """Put the integration into Home Assistant's folder, or update it; raises as `Installer.install`."""
        async with self._installing:
            self._installed = await asyncio.to_thread(self.installer.install)
        self._stir.set()
        self.changed()

    async def remove(self) -> None:
        """Take the integration away.

        Raises:
            Conflict: Home Assistant uses it (`integration_used`).
            AppError: as `Installer.remove`.
        """
        if self.link.peer is not None:
            raise Conflict(
                "Home Assistant uses the integration",
                hint="Delete Wakesmith under Settings, Devices & services in Home Assistant first.",
                code="integration_used",
            )
        async with self._installing:
            await asyncio.to_thread(self.installer.remove)
        await self.forget()  # its entry, if it is there still, cannot be loaded any more
        await self.look()

    def _needs_restart(self) -> bool:
        """Say whether Home Assistant runs another version than the one that stands there, or none."""
        version, peer = self._installed.version, self.link.peer
        if not version:
            return False
        if peer is not None:
            return peer.version != version
        return self.met != version and not self._installed.loaded
