"""Devices that announce themselves in this network: the one place that speaks zeroconf."""

import asyncio
import ipaddress
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from zeroconf import Error, IPVersion, ServiceStateChange
from zeroconf.asyncio import AsyncServiceBrowser, AsyncServiceInfo, AsyncZeroconf

from addon.satellites.text import clean, clean_mac

TYPE = "_esphomelib._tcp.local."  # of ESPHome's devices, and of linux-voice-assistant's
MOST = 512  # names that are kept: who announces more does it to harm
LONGEST_TEXT = 4096  # bytes of a TXT record; ESPHome's have about 300
_ASK_MS = 3000
_AT_A_TIME = 32
_LOOK_S = 120.0  # the life of an address on the network; who does not answer then has vanished
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Announced:
    """What one device says of itself; nothing of it is certain.

    Attributes:
        service: its own name, such as "kitchen-voice"; `name` as people call it.
        mac: 12 digits, "" where it tells none.
        platform: such as "ESP32" or "HOST".
        heard: rises with each announcement: of two with one MAC, the later is the newer.
    """

    service: str
    mac: str = ""
    name: str = ""
    version: str = ""
    board: str = ""
    platform: str = ""
    project: str = ""
    address: str = ""
    heard: int = 0


class Finder:
    """Hears announcements from `start` to `stop`, with one Zeroconf instance.

    Attributes:
        problem: why nothing can be heard; "" while it listens.
    """

    def __init__(
        self, changed: Callable[[], None], interfaces: Sequence[str] | None = None, look_s: float = _LOOK_S
    ) -> None:
        """Make a finder.

        Args:
            changed: called when something is not as it was.
            interfaces: addresses of this machine; by default all.
            look_s: time between two looks at whether all are still there.
        """
        self.problem = "not started"
        self._changed, self._look_s = changed, look_s
        self._interfaces = list(interfaces) if interfaces else None
        self._zeroconf: AsyncZeroconf | None = None
        self._browser: AsyncServiceBrowser | None = None
        self._names: set[str] = set()
        self._found: dict[str, Announced] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._turns = asyncio.Semaphore(_AT_A_TIME)
        self._count = 0

    @property
    def found(self) -> tuple[Announced, ...]:
        """Who is there now."""
        return tuple(self._found.values())

    async def start(self) -> None:
        """Begin to listen. Where that cannot be, `problem` says why, and the app goes on without."""
        where: Any = {} if self._interfaces is None else {"interfaces": self._interfaces}
        try:
            self._zeroconf = AsyncZeroconf(ip_version=IPVersion.V4Only, **where)
            self._browser = AsyncServiceBrowser(self._zeroconf.zeroconf, TYPE, handlers=[self._hear])
        except (OSError, Error, RuntimeError) as error:
            self.problem = f"devices on the network cannot be heard: {error}"
            _log.warning(self.problem)
            await self.stop()
            return
        self.problem = ""
        self._tasks[""] = asyncio.create_task(self._look(), name="mdns look")

    async def stop(self) -> None:
        """Listen no more."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        with suppress(OSError, Error, RuntimeError):
            if self._browser:
                await self._browser.async_cancel()
            if self._zeroconf:
                await self._zeroconf.async_close()
        self._browser = self._zeroconf = None

    def _hear(self, zeroconf: Any, service_type: str, name: str, state_change: ServiceStateChange) -> None:
        """Take what the browser tells; its names of arguments are called by keyword."""
        if state_change is ServiceStateChange.Removed:
            self._names.discard(name)
            if self._found.pop(name, None):
                self._changed()
        elif name in self._names or len(self._names) < MOST:
            self._names.add(name)
            self._ask_soon(name)

    def _ask_soon(self, name: str) -> None:
        if name not in self._tasks:
            task = self._tasks[name] = asyncio.create_task(self._ask(name), name="mdns ask")
            task.add_done_callback(lambda _: self._tasks.pop(name, None))

    async def _ask(self, name: str) -> None:
        """Read what a device says of itself; who says nothing is not there."""
        async with self._turns:
            try:
                info = AsyncServiceInfo(TYPE, name)
                assert self._zeroconf
                answered = await info.async_request(self._zeroconf.zeroconf, _ASK_MS)
            except (OSError, Error, ValueError) as error:
                _log.debug("an announcement cannot be read: %s", error)
                return
        before = self._found.get(name)
        if not answered or name not in self._names:
            self._found.pop(name, None)
            told = before is not None
        else:
            self._count += 1
            properties = info.properties if len(info.text or b"") <= LONGEST_TEXT else {}
            addresses = info.parsed_addresses(IPVersion.V4Only)
            after = read_announcement(name, properties, addresses, self._count)
            self._found[name] = after
            told = before is None or replace(before, heard=after.heard) != after
        if told:
            self._changed()

    async def _look(self) -> None:
        """Ask all now and then: who vanished without a word is noticed, and who came back."""
        while True:
            await asyncio.sleep(self._look_s)
            for name in list(self._names):
                self._ask_soon(name)


def read_announcement(
    service: str, properties: Mapping[bytes, bytes | None], addresses: Sequence[str], heard: int = 0
) -> Announced:
    """Read a TXT record, whatever it holds; what cannot be read is left empty.

    Args:
        service: the full name, with the type. `addresses`: the first that can be one is taken.
    """
    texts = {key.decode("ascii", "replace").lower(): _text(value) for key, value in properties.items()}
    own = clean(service.removesuffix(f".{TYPE}"))
    return Announced(
        service=own,
        mac=clean_mac(texts.get("mac", "")),
        name=clean(texts.get("friendly_name", "")) or own,
        version=clean(texts.get("version", ""), 24),
        board=clean(texts.get("board", "")),
        platform=clean(texts.get("platform", ""), 24).upper(),
        project=clean(texts.get("project_name", "")),
        address=next((address for address in addresses if _is_address(address)), ""),
        heard=heard,
    )


def _text(value: bytes | None) -> str:
    return (value or b"")[:256].decode("utf-8", "replace").replace("\ufffd", "")


def _is_address(text: str) -> bool:
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return False
    return not (found.is_unspecified or found.is_multicast)
