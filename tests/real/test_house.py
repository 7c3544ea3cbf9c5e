"""The app puts its integration into a real Home Assistant, which connects and shows what the app has to tell."""

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from addon.bus import JobChanged
from addon.options import Options
from addon.records import Job, JobRequest, JobState
from addon.service import Running, run_app
from tests.real.core import Core
from tests.real.network import Network

pytestmark = [pytest.mark.parts, pytest.mark.slow]
TRAINER = (sys.executable, str(Path(__file__).parents[1] / "addon" / "quick_trainer.py"))
FAILED = Job("job_1", JobRequest("hey jarvis"), JobState.FAILED, "2026-01-01T00:00:00.000Z", message="It broke.")


async def until(good: Callable[[dict[str, Any]], object], app: Running, seconds: float = 60) -> dict[str, Any]:
    """Return the app's view of the integration once it is so."""
    async with ClientSession() as browser, asyncio.timeout(seconds):
        while True:
            async with browser.get(f"http://127.0.0.1:{app.panel.port}/api/v1/home") as response:
                told = dict((await response.json())["integration"])
            if good(told):
                return told
            await asyncio.sleep(0.1)


async def notices(home: Any) -> dict[str, dict[str, Any]]:
    return {one["notification_id"]: one for one in await home.ask("persistent_notification/get")}


async def told_of(home: Any, there: bool) -> dict[str, Any]:
    async with asyncio.timeout(20):
        while ("wakesmith_job_job_1" in (found := await notices(home))) is not there:
            await asyncio.sleep(0.1)
    return found.get("wakesmith_job_job_1", {})


async def test_from_the_press_to_a_notification(network: Network, tmp_path: Path) -> None:
    folder = tmp_path / "core"
    core = Core(folder, network)
    options = Options(data=tmp_path / "data", port=0, lan_port=0, link_port=0, homeassistant=str(folder), mdns=False)
    try:
        async with run_app(options, trainer=TRAINER, static=tmp_path / "static") as app, ClientSession() as browser:
            async with browser.post(f"http://127.0.0.1:{app.panel.port}/api/v1/home/integration") as response:
                ours = (await response.json())["integration"]
            assert (ours["installed"], ours["needs_restart"], ours["linked"]) == (True, True, False)

            core.start()
            async with await core.home() as home:
                address = {"host": "127.0.0.1", "port": app.link.port, "token": app.parts.home.identity.token}
                entry = await home.set_up("wakesmith", address)
                ours = await until(lambda told: told["linked"], app)
                assert (ours["linked_version"], ours["needs_restart"]) == (ours["offered"], False)
                assert app.parts.home.set_up
                assert app.parts.home.link.peer
                assert app.parts.home.link.peer.language == "en"
                assert (folder / "custom_components/wakesmith/__pycache__").is_dir(), "what `loaded` rests upon"

                await app.parts.store.jobs.put(FAILED)
                app.parts.bus.publish(JobChanged(FAILED))
                notice = await told_of(home, there=True)
                assert notice["title"] == "Training “hey jarvis” failed"
                assert "It broke." in notice["message"]
                await app.parts.store.jobs.delete("job_1")
                app.parts.bus.publish(JobChanged(FAILED))
                await told_of(home, there=False)

                async with browser.delete(f"http://127.0.0.1:{app.panel.port}/api/v1/home/integration") as response:
                    assert response.status == 409
                async with home._browser.delete(f"/api/config/config_entries/entry/{entry['entry_id']}") as response:
                    assert response.ok
                await until(lambda told: not told["linked"] and not told["set_up"], app)
                async with browser.delete(f"http://127.0.0.1:{app.panel.port}/api/v1/home/integration") as response:
                    assert response.status == 204
                assert not (folder / "custom_components/wakesmith").exists()
    finally:
        core.stop()
