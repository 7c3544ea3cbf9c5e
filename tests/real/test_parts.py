"""The real programs themselves: each starts, answers as the tests expect, and ends."""

import asyncio
import socket
import subprocess
from pathlib import Path

import pytest
from aiohttp import ClientSession

from tests.real.broker import Broker
from tests.real.core import Core
from tests.real.dashboard import Dashboard
from tests.real.network import apart
from tests.real.parts import ROOT, program
from tests.real.receiver import Receiver, esphome

pytestmark = pytest.mark.parts


def test_an_unknown_part_is_refused_by_name() -> None:
    done = subprocess.run([ROOT / "script/parts", "fridge"], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert "fridge" in done.stderr
    assert "satellite" in done.stderr


def publish(broker: Broker, password: str) -> subprocess.CompletedProcess[str]:
    command = [program("mosquitto_pub", "broker"), "-h", broker.host, "-p", str(broker.port), "-t", "t", "-m", "m"]
    return subprocess.run(
        [*command, "-u", broker.user, "-P", password], capture_output=True, text=True, check=False, timeout=20
    )


def test_a_broker_lets_in_whoever_knows_its_password(broker: Broker) -> None:
    assert publish(broker, broker.password).returncode == 0
    assert "not authorised" in publish(broker, "wrong").stderr.lower()
    port = broker.port
    broker.kill()
    assert publish(broker, broker.password).returncode != 0
    broker.start()
    assert broker.port == port
    assert publish(broker, broker.password).returncode == 0


def test_a_network_of_its_own_hears_nothing_from_outside() -> None:
    with socket.create_server(("127.0.0.1", 0)) as outside:
        with apart() as network:
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(outside.getsockname(), timeout=2)
            with socket.create_server((network.home.address, 0)) as within:
                socket.create_connection(within.getsockname(), timeout=2).close()
        socket.create_connection(outside.getsockname(), timeout=2).close()


@pytest.mark.slow
async def test_a_broker_s_device_appears_in_home_assistant(core: Core, tmp_path: Path) -> None:
    broker = Broker(tmp_path)
    broker.start()
    try:
        async with await core.home() as home:
            await home.set_up_mqtt(broker.host, broker.port, broker.user, broker.password)
            assert await home.ask("get_config")
    finally:
        broker.stop()


@pytest.mark.slow
async def test_a_dashboard_lists_what_is_in_its_folder(dashboard: Dashboard) -> None:
    (dashboard.folder / "kitchen.yaml").write_text("esphome:\n  name: kitchen\nhost:\n")
    async with ClientSession(dashboard.url) as browser, asyncio.timeout(30):
        while True:
            async with browser.get("/devices") as answer:
                if names := [device["configuration"] for device in (await answer.json())["configured"]]:
                    break
            await asyncio.sleep(0.2)
    assert names == ["kitchen.yaml"]


@pytest.mark.slow
def test_a_receiver_takes_an_upload_and_refuses_a_wrong_password(receiver: Receiver) -> None:
    done = esphome("upload", "--device", receiver.host, receiver.yaml)
    assert done.returncode == 0, done.stdout + done.stderr
    text = receiver.yaml.read_text()
    receiver.yaml.write_text(text.replace(receiver.password, "another"))
    refused = esphome("upload", "--device", receiver.host, receiver.yaml)
    receiver.yaml.write_text(text)
    assert refused.returncode != 0
    assert "password" in (refused.stdout + refused.stderr).lower()


@pytest.mark.slow
async def test_a_dashboard_compiles_and_uploads(dashboard: Dashboard) -> None:
    device = Receiver(dashboard.folder, "kitchen")
    code, said = await dashboard.spawn("compile", "kitchen.yaml")
    assert code == 0, said
    device.start()
    try:
        for port in ("OTA", device.host):
            code, said = await dashboard.spawn("upload", "kitchen.yaml", port)
            assert code == 0, said
    finally:
        device.stop()
    device.yaml.write_text("esphome:\n  name: kitchen\nhost:\nnonsense:\n")
    code, said = await dashboard.spawn("compile", "kitchen.yaml")
    assert code != 0
    assert "nonsense" in said
