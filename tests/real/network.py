"""A network of one's own: what tests start in it hears nothing from outside, and nobody outside hears it.

Home Assistant and satellites find each other by multicast on port 5353 of all interfaces. The kernel gives a thread,
and all that it starts from then on, a network namespace of its own; loops of asyncio in this thread work in it too.
"""

import ctypes
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.real.parts import program

NEW_NETWORK = 0x40000000  # CLONE_NEWNET of linux/sched.h
# /sys goes on to show the interfaces of the network that it was mounted in; whoever reads it gets one of its own.
SEEING = ("unshare", "--mount", "sh", "-c", 'mount -t sysfs sysfs /sys && exec "$@"', "sh")
OURS = Path("/proc/thread-self/ns/net")


@dataclass(frozen=True)
class Host:
    """An interface with an address, as a machine of its own would have."""

    interface: str
    address: str
    mac: str


class Network:
    """Hosts within the network: `home` is Home Assistant's and the app's."""

    def __init__(self, ip: str) -> None:
        self._ip, self._count = ip, 0
        self._run("link", "set", "lo", "up")
        self.home = self.add_host()
        self._run("route", "add", "default", "dev", self.home.interface)

    def add_host(self) -> Host:
        """Add an interface with its own MAC."""
        self._count += 1
        host = Host(f"room{self._count}", f"10.77.0.{self._count}", f"02:77:00:00:00:{self._count:02x}")
        end = f"wall{self._count}"
        self._run("link", "add", host.interface, "address", host.mac, "type", "veth", "peer", "name", end)
        self._run("address", "add", f"{host.address}/24", "dev", host.interface)
        for name in (host.interface, end):
            self._run("link", "set", name, "addrgenmode", "none")
            self._run("link", "set", name, "up")
        return host

    def _run(self, *words: str) -> None:
        subprocess.run([self._ip, *words], check=True, capture_output=True)


@contextmanager
def apart() -> Iterator[Network]:
    """Take this thread into a new network, and back at the end; it vanishes with the last process in it."""
    ip = program("ip", "home-assistant")
    libc = ctypes.CDLL(None, use_errno=True)
    before = os.open(OURS, os.O_RDONLY | os.O_CLOEXEC)
    try:
        if libc.unshare(NEW_NETWORK):
            pytest.skip(f"only root makes a network of its own: {os.strerror(ctypes.get_errno())}")
        try:
            yield Network(ip)
        finally:
            if libc.setns(before, NEW_NETWORK):
                raise OSError(ctypes.get_errno(), "the way back to the machine's network")
    finally:
        os.close(before)
