"""Satellites: how soon devices that announce themselves stand in the list, in a network of their own.

The devices are announced by another process, at another interface; each tells what ESPHome's do.
"""

import argparse
import asyncio
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from statistics import median

from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

from addon.bus import Bus, SatellitesChanged
from addon.homeassistant.link import Link
from addon.satellites.mdns import TYPE
from addon.satellites.roster import Roster
from bench.measuring.tables import machine, show, versions
from tests.real.network import apart

_LONGEST_S = 30.0
Row = tuple[str, str, str]


def main(words: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="script/bench discovery", description=__doc__)
    parser.add_argument("--devices", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--announce", metavar="ADDRESS", help=argparse.SUPPRESS)
    args = parser.parse_args(words)
    if args.announce:
        asyncio.run(_announce(args.announce, args.devices))
        return
    with apart() as network:
        address = network.add_host().address
        before = [_round(address, args.devices, listening=False) for _ in range(args.rounds)]
        while_listening = [_round(address, args.devices, listening=True) for _ in range(args.rounds)]
    show(
        f"{args.devices} announced devices",
        ("", "median (lowest to highest)", "of"),
        [
            _row("there before the app starts to listen", before),
            _row("switched on at once while it listens", while_listening),
        ],
        [
            "From the start of listening, or of the announcements (of which names are probed for 0.75 s), "
            "to the message with all of them.",
            f"{versions('zeroconf')}; {machine()}",
        ],
    )


def _round(address: str, devices: int, listening: bool) -> float:
    return asyncio.run(_measure(address, devices, listening))


async def _measure(address: str, devices: int, listening: bool) -> float:
    """Return the seconds until all devices are told of."""
    bus = Bus()
    roster = Roster(bus, Link())
    if listening:
        await roster.start()
        await asyncio.sleep(1.5)
    command = [sys.executable, "-m", "bench.discovery", "--announce", address, "--devices", str(devices)]
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdin
    assert child.stdout
    try:
        async with asyncio.timeout(_LONGEST_S), bus.listen() as messages:
            await asyncio.to_thread(child.stdout.readline)  # it is about to announce
            begun = time.perf_counter()
            if not listening:
                await asyncio.to_thread(child.stdout.readline)  # all are announced
                begun = time.perf_counter()
                await roster.start()
            async for message in messages:
                if isinstance(message, SatellitesChanged) and len(message.satellites) == devices:
                    return time.perf_counter() - begun
            raise AssertionError("the bus never ends")
    finally:
        child.stdin.close()
        await asyncio.to_thread(child.wait)
        await roster.stop()


async def _announce(address: str, devices: int) -> None:
    zeroconf = AsyncZeroconf(interfaces=[address])
    print("begun", flush=True)
    await asyncio.gather(*(zeroconf.async_register_service(_device(number)) for number in range(1, devices + 1)))
    print("announced", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await zeroconf.async_unregister_all_services()
    await zeroconf.async_close()


def _device(number: int) -> AsyncServiceInfo:
    name = f"satellite-{number}"
    told = {
        "friendly_name": f"Satellite {number}", "version": "2026.10.0", "config_hash": f"{number:08x}",
        "mac": f"aabbcc{number:06x}", "platform": "ESP32", "board": "esp32-s3-devkitc-1", "network": "wifi",
        "api_encryption": "Noise_NNpsk0_25519_ChaChaPoly_SHA256", "project_name": "esphome.voice-pe",
        "project_version": "26.10.0", "package_import_url": "github://esphome/home-assistant-voice-pe/a.yaml",
    }  # fmt: skip
    address = socket.inet_aton(f"10.77.{1 + number // 250}.{number % 250}")
    return AsyncServiceInfo(
        TYPE, f"{name}.{TYPE}", 6053, addresses=[address], properties=told, server=f"{name}.local."
    )


def _row(what: str, seconds: Sequence[float]) -> Row:
    return what, f"{median(seconds):.2f} s ({min(seconds):.2f} to {max(seconds):.2f})", str(len(seconds))


if __name__ == "__main__":
    main()
