"""The real programs as fixtures: each is started for the tests of one file, and ended after them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.real.broker import Broker
from tests.real.core import Core
from tests.real.dashboard import Dashboard
from tests.real.network import Network, apart
from tests.real.receiver import Receiver
from tests.real.satellite import Satellite


@pytest.fixture(scope="module")
def network() -> Iterator[Network]:
    """From here on this test file, and all that it starts, is in a network of its own."""
    with apart() as network:
        yield network


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    """A running broker; a test that needs no network of its own finds it on 127.0.0.1 all the same."""
    folder = tmp_path / "broker"
    folder.mkdir()
    broker = Broker(folder)
    try:
        broker.start()
        yield broker
    finally:
        broker.stop()


@pytest.fixture(scope="module")
def core(network: Network, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Core]:
    """A running Home Assistant with a new configuration; `custom_wake_words` was there before it started."""
    folder = tmp_path_factory.mktemp("core")
    (folder / "custom_wake_words").mkdir()
    core = Core(folder, network)
    try:
        core.start()
        yield core
    finally:
        core.stop()


@pytest.fixture(scope="module")
def satellite(network: Network, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Satellite]:
    """A running satellite."""
    satellite = Satellite(tmp_path_factory.mktemp("satellite"), network)
    try:
        satellite.start()
        yield satellite
    finally:
        satellite.close()


@pytest.fixture
def dashboard(tmp_path: Path) -> Iterator[Dashboard]:
    """ESPHome's dashboard over the empty folder `tmp_path/esphome`."""
    dashboard = Dashboard(tmp_path / "esphome", tmp_path / "dashboard.log")
    try:
        dashboard.start()
        yield dashboard
    finally:
        dashboard.stop()


@pytest.fixture(scope="module")
def receiver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Receiver]:
    """A running device that takes uploads; compiled once for a test file."""
    receiver = Receiver(tmp_path_factory.mktemp("receiver"))
    try:
        receiver.start()
        yield receiver
    finally:
        receiver.stop()
