"""Which broker is used, and how patient the app is with it."""

from collections.abc import Mapping
from typing import Any

import pytest

from addon.announce.brokers import broker_finder
from addon.announce.mqtt import Broker
from addon.announce.session import Patience
from addon.options import Options

pytestmark = pytest.mark.asyncio

SERVICE = {
    "host": "core-mosquitto", "port": 1883, "ssl": False, "protocol": "3.1.1", "username": "addons", "password": "p",
    "addon": "core_mosquitto",
}  # fmt: skip


async def offered() -> Mapping[str, Any] | None:
    return SERVICE


async def nothing() -> Mapping[str, Any] | None:
    return None


async def test_supervisor_s_broker_where_none_is_named() -> None:
    found = await broker_finder(Options(ingress=True), offered)()
    assert found == Broker("core-mosquitto", 1883, "addons", "p")
    assert found.address == "mqtt://core-mosquitto:1883"
    assert "'p'" not in repr(found)


async def test_a_broker_that_is_named_comes_first() -> None:
    named = Options(mqtt_host="::1", mqtt_port=8883, mqtt_user="u", mqtt_password="s", mqtt_tls=True, mqtt_ca="/a/b")
    for service in (offered, nothing, None):
        found = await broker_finder(named, service)()
        assert found == Broker("::1", 8883, "u", "s", tls=True, ca="/a/b")
        assert found.address == "mqtts://[::1]:8883"


async def test_no_broker_is_no_broker() -> None:
    assert await broker_finder(Options(), None)() is None
    assert await broker_finder(Options(ingress=True), nothing)() is None


@pytest.mark.parametrize(
    ("ingress", "ca", "path"),
    [(True, "ca.crt", "/ssl/ca.crt"), (True, "/ssl/own/ca.crt", "/ssl/own/ca.crt"), (False, "ca.crt", "ca.crt"),
     (True, "", "")],
)  # fmt: skip
async def test_certificates_lie_in_home_assistant_s_folder(ingress: bool, ca: str, path: str) -> None:
    found = await broker_finder(Options(ingress=ingress, mqtt_host="h", mqtt_ca=ca), None)()
    assert found
    assert found.ca == path


async def test_patience_grows_and_no_two_houses_have_the_same() -> None:
    patience = Patience()
    assert all(0.5 <= patience.after(1) <= 1.0 for _ in range(50))
    assert all(60 <= patience.after(1000) <= 120 for _ in range(50))
    assert len({patience.after(5) for _ in range(20)}) > 10
