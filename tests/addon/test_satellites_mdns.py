"""Real announcements in a network of one's own: many at once, broken ones, doubles, and devices that vanish."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager

import pytest
from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

from addon.satellites.mdns import TYPE, Finder
from tests.real.network import Network, apart

pytestmark = pytest.mark.asyncio


@pytest.fixture(scope="module")
def network() -> Iterator[Network]:
    with apart() as found:
        found.add_host()
        yield found


def device(number: int, name: str = "", **properties: bytes | str) -> AsyncServiceInfo:
    own = name or f"satellite-{number}"
    given = {
        "mac": f"aabbcc{number:06x}",
        "version": "2026.10.0",
        "friendly_name": f"Satellite {number}",
    } | properties
    address = socket.inet_aton(f"10.77.1.{number}")
    return AsyncServiceInfo(
        TYPE, f"{own}.{TYPE}", 6053, addresses=[address], properties=given, server=f"{own}.local."
    )


@asynccontextmanager
async def announcer(*devices: AsyncServiceInfo) -> AsyncIterator[AsyncZeroconf]:
    """Devices at another interface; they leave with a goodbye."""
    zeroconf = AsyncZeroconf(interfaces=["10.77.0.2"])
    try:
        await asyncio.gather(*(zeroconf.async_register_service(one) for one in devices))
        yield zeroconf
    finally:
        await zeroconf.async_unregister_all_services()
        await zeroconf.async_close()


@asynccontextmanager
async def finder(look_s: float = 60.0) -> AsyncIterator[Finder]:
    found = Finder(lambda: None, look_s=look_s)
    await found.start()
    assert found.problem == ""
    try:
        yield found
    finally:
        await found.stop()


async def until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.02)


async def test_fifty_devices_are_found_and_leave(network: Network) -> None:
    async with finder() as found:
        async with announcer(*(device(number) for number in range(1, 51))):
            await until(lambda: len(found.found) == 50)
            assert {one.mac for one in found.found} == {f"aabbcc{number:06x}" for number in range(1, 51)}
            assert {one.name for one in found.found} == {f"Satellite {number}" for number in range(1, 51)}
            assert all(one.address.startswith("10.77.1.") for one in found.found)
        await until(lambda: not found.found)


async def test_broken_records_harm_nobody(network: Network) -> None:
    lies = {"friendly_name": "K\u0000itchen\u202e\n", "mac": "no mac"}
    huge = {f"key{n}": "x" * 200 for n in range(30)}
    devices = [device(1, mac=b"\xff\xfe\xfd", version=b"\x80" * 90), device(2, **lies), device(3, **huge), device(4)]
    async with finder() as found, announcer(*devices):
        await until(lambda: len(found.found) == 4)
        by_service = {one.service: one for one in found.found}
        assert by_service["satellite-1"].mac == ""
        assert by_service["satellite-2"].name == "Kitchen"
        assert by_service["satellite-3"].mac == "", "a record beyond all measure is not read"
        assert by_service["satellite-4"].mac == "aabbcc000004"


async def test_a_device_that_says_something_new_is_read_again(network: Network) -> None:
    async with finder() as found, announcer(device(1)) as zeroconf:
        await until(lambda: len(found.found) == 1)
        await zeroconf.async_update_service(device(1, version="2026.11.0"))
        await until(lambda: found.found[0].version == "2026.11.0")


async def test_one_mac_under_two_names_is_told_twice(network: Network) -> None:
    async with finder() as found, announcer(device(1), device(2, mac="aabbcc000001")):
        await until(lambda: len(found.found) == 2)
        assert [one.mac for one in found.found] == ["aabbcc000001"] * 2
        assert len({one.heard for one in found.found}) == 2


async def test_who_vanishes_without_a_word_is_noticed(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("addon.satellites.mdns._ASK_MS", 300)
    silent = device(1)
    silent.host_ttl = silent.other_ttl = 2  # seconds; ESPHome's is 120
    async with finder(look_s=1.0) as found:
        zeroconf = AsyncZeroconf(interfaces=["10.77.0.2"])
        await zeroconf.async_register_service(silent, ttl=2)
        await until(lambda: len(found.found) == 1)
        zeroconf.zeroconf.close = lambda: None  # type: ignore[method-assign]
        zeroconf.zeroconf.engine.protocols.clear()
        for transport in (*zeroconf.zeroconf.engine.senders, *zeroconf.zeroconf.engine.readers):
            transport.transport.close()
        await until(lambda: not found.found)


async def test_without_a_network_it_says_so_and_goes_on(network: Network) -> None:
    found = Finder(lambda: None, interfaces=["203.0.113.1"])
    await found.start()
    assert "cannot be heard" in found.problem
    assert found.found == ()
    await found.stop()
