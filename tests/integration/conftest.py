"""The integration inside a Home Assistant of the tests, and an app that is scripted at the other end of the link."""

import asyncio
import importlib
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from homeassistant.const import CONF_HOST, CONF_PORT, CONF_SSL, CONF_TOKEN
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry
from scripted_app import ID, TOKEN, ScriptedApp

ROOT = Path(__file__).resolve().parents[2]
_FOLDER = Path(tempfile.mkdtemp(prefix="wakesmith-integration-"))


def pytest_configure() -> None:
    """Have the integration found where Home Assistant looks: `custom_components/wakesmith`."""
    (_FOLDER / "custom_components").mkdir()
    (_FOLDER / "custom_components" / "wakesmith").symlink_to(ROOT / "integration")
    sys.path.insert(0, str(_FOLDER))
    importlib.import_module("custom_components")  # before the one that Home Assistant's own tests have


def pytest_unconfigure() -> None:
    shutil.rmtree(_FOLDER)


@pytest.fixture(autouse=True)
def _custom(enable_custom_integrations: None, socket_enabled: None) -> None:
    """Custom integrations are loaded, and 127.0.0.1 can be reached."""


@pytest.fixture(autouse=True)
def _modern(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Home Assistant finds nothing in us that will stop working."""
    yield
    said = [record.getMessage() for record in caplog.get_records("call")]
    assert [text for text in said if "Detected that custom integration" in text] == []


@pytest.fixture
async def app() -> AsyncIterator[ScriptedApp]:
    app = ScriptedApp()
    await app.open()
    yield app
    await app.close()


@pytest.fixture
async def entry(hass: HomeAssistant, app: ScriptedApp) -> AsyncIterator[MockConfigEntry]:
    data = {CONF_HOST: "127.0.0.1", CONF_PORT: app.port, CONF_SSL: False, CONF_TOKEN: TOKEN}
    entry = MockConfigEntry(domain="wakesmith", title="Wakesmith", unique_id=ID, data=data)
    entry.add_to_hass(hass)
    yield entry
    if hass.config_entries.async_get_entry(entry.entry_id):
        await hass.config_entries.async_unload(entry.entry_id)


@pytest.fixture
def setup(hass: HomeAssistant, entry: MockConfigEntry) -> Callable[[], Awaitable[MockConfigEntry]]:
    async def set_up() -> MockConfigEntry:
        await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
        return entry

    return set_up


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connect again at once, show figures at once."""
    from custom_components.wakesmith import coordinator

    monkeypatch.setattr(coordinator, "_PAUSES_S", (0.01, 0.05))
    monkeypatch.setattr(coordinator, "_FIGURES_S", 0)


Settle = Callable[..., Awaitable[Any]]


@pytest.fixture
def until() -> Settle:
    """Wait until something is so: what a background task does is not waited for otherwise."""

    async def wait(reached: Callable[[], Any]) -> Any:
        async with asyncio.timeout(10):
            while not (found := reached()):
                await asyncio.sleep(0.01)
        return found

    return wait
