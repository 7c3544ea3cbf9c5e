"""This room put together: the list, our own ESPHome, deployments, and what is sent by itself."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from addon.bus import Bus
from addon.homeassistant.link import Link
from addon.options import Options
from addon.publish.edits import Edits
from addon.publish.publisher import Publisher
from addon.satellites.automatic import Sender
from addon.satellites.configurations import read_configurations
from addon.satellites.deployments import Deployments
from addon.satellites.esphome_home import EsphomeHome
from addon.satellites.means import Flasher, LinkFlasher, Means
from addon.satellites.merging import Configuration
from addon.satellites.roster import Roster
from addon.store import Store


@dataclass(frozen=True)
class Household:
    """The parts. Call `start` first and `stop` last; `sender.run` goes on in between."""

    roster: Roster
    esphome: EsphomeHome
    deployments: Deployments
    sender: Sender

    async def start(self) -> None:
        """Begin to look, and go on with what waits."""
        await self.esphome.start()
        await self.roster.start()
        await self.deployments.start()

    async def stop(self) -> None:
        """End what runs; deployments first, since they ask for the list to the last."""
        await self.deployments.stop()
        await self.roster.stop()
        await self.esphome.stop()


def make_household(
    options: Options,
    store: Store,
    bus: Bus,
    link: Link,
    publisher: Publisher,
    edits: Edits,
    env: Mapping[str, str],
    changed: Callable[[], None],
) -> Household:
    """Make the parts; nothing runs yet.

    Args:
        env: of children, without the app's secrets.
        changed: called when our own ESPHome, or the dashboard, is not as it was.
    """
    folder = Path(options.homeassistant) if options.homeassistant else None
    esphome = EsphomeHome(store, options.data.absolute(), env, changed)

    async def files() -> tuple[Configuration, ...]:
        return await asyncio.to_thread(read_configurations, folder) if folder else ()

    roster = Roster(bus, link, options.mdns, files, folder is not None, lambda: esphome.is_ready, changed)

    def address(configuration: str) -> str:
        return next((one.address for one in roster.all() if one.configuration == configuration), "")

    def flasher() -> Flasher:
        """Return ESPHome's dashboard where it is there, else our own."""
        if folder and esphome.is_ready and not roster.dashboard:
            return esphome.flasher(folder / "esphome", address)
        return LinkFlasher(link)

    deployments = Deployments(Means(store, bus, link, roster, publisher, edits, flasher))
    return Household(roster, esphome, deployments, Sender(store, bus, roster, deployments))
