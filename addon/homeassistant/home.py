"""Home Assistant as the panel shows it: who is connected, and what could be."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from addon.bus import Bus, HomeChanged
from addon.homeassistant.identity import Identity, has_integration, note_integration
from addon.homeassistant.link import Link
from addon.options import Options
from addon.store import Store

Told = Callable[[], Mapping[str, Any]]


def _no_mqtt() -> Mapping[str, Any]:
    return {"state": "off", "message": "", "address": ""}


def _no_esphome() -> Mapping[str, Any]:
    return {"state": "absent", "version": "", "allowed": False}


@dataclass
class Home:
    """The connections to Home Assistant, put together.

    Attributes:
        set_up: whether an integration was connected once and its entry was not removed since.
        link_port: where the integration finds us.
        tell_mqtt, tell_esphome, has_dashboard: how others say where they stand; whoever makes them sets these, and
            calls `changed` when the answer is another.
    """

    options: Options
    store: Store
    bus: Bus
    identity: Identity
    link: Link
    set_up: bool = False
    link_port: int = 0
    tell_mqtt: Told = _no_mqtt
    tell_esphome: Told = _no_esphome
    has_dashboard: Callable[[], bool] = lambda: False

    def __post_init__(self) -> None:
        """Hear of integrations that come and go."""
        self.link.watch(lambda what: self.changed() if what == "link" else None)

    def show(self) -> dict[str, Any]:
        """Return all of it, as docs/satellites.md has `GET home`."""
        peer = self.link.peer
        return {
            "supervised": self.options.ingress,
            "folder": bool(self.options.homeassistant),
            "integration": {
                "installed": False,
                "linked": peer is not None,
                "version": peer.version if peer else None,
                "offered": None,
                "needs_restart": False,
                "set_up": self.set_up,
            },
            "mqtt": dict(self.tell_mqtt()),
            "dashboard": self.has_dashboard(),
            "esphome": dict(self.tell_esphome()),
            "link": {"port": self.link_port or self.options.link_port, "token": self.identity.token},
        }

    def changed(self) -> None:
        """Tell all listeners how it is now."""
        self.bus.publish(HomeChanged(self.show()))

    async def begin(self) -> None:
        """Read what was kept."""
        self.set_up = await has_integration(self.store)

    async def meet(self) -> None:
        """Note that the integration is set up."""
        await self._set_up(True)

    async def forget(self) -> None:
        """Note that the integration's entry was removed."""
        await self._set_up(False)

    async def _set_up(self, there: bool) -> None:
        if self.set_up is not there:
            self.set_up = there
            await note_integration(self.store, there)
            self.changed()
