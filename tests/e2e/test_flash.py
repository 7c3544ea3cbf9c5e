"""A device whose YAML gains a word: edited, checked, compiled and flashed through ESPHome's dashboard inside core.

The device is of ESPHome's `host` platform, with an engine that only says which models it was built with.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from tests.addon.processes import Outside
from tests.e2e.real_house import House, notice, until
from tests.real.core import Core
from tests.real.dashboard import Dashboard
from tests.real.home import Home
from tests.real.network import Network
from tests.real.programs import wait_until
from tests.real.receiver import Receiver

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.parts, pytest.mark.slow]
WORD, PHRASE = "hey_jarvis", "hey jarvis"
BROKEN = "esphome:\n  name: kitchen\n  on_boot:\n    then:\n      - lambda: this_is_nothing();\n"


class Kitchen:
    """The device, and what is sent to it."""

    def __init__(self, app: Outside, home: Home, device: Receiver, entry: str) -> None:
        """`entry`: the device's in Home Assistant."""
        self.app, self.home, self.device, self.entry = app, home, device, entry
        self.id = "027700000101"

    async def send(self, **more: Any) -> dict[str, Any]:
        """Send the word, and return the deployment as it ended."""
        asked = {"model": f"{WORD}_v1", "satellites": [self.id], **more}
        return await self.ended(await self.app.ask("POST", "deployments", 201, json=asked))

    async def ended(self, deployment: dict[str, Any]) -> dict[str, Any]:
        path = f"deployments/{deployment['id']}"
        return dict(await until(self.app, path, lambda told: told["ended"], 300))

    async def undo(self, deployment: dict[str, Any]) -> dict[str, Any]:
        return await self.ended(await self.app.ask("POST", f"deployments/{deployment['id']}/undo", 201))

    def models(self) -> str:
        """Return what the device said last of its models."""
        said = self.device.said()
        return said[said.rindex(" models") - 1 :]


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def kitchen(network: Network, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Kitchen]:
    """A house whose kitchen has a device that ESPHome made, and a finished model in the library."""
    folder = tmp_path_factory.mktemp("house")
    core = Core(folder / "core", network)
    dashboard = Dashboard(core.folder / "esphome", folder / "dashboard.log")
    device = Receiver(dashboard.folder, "kitchen", "micro_wake_word:\n")
    house = House(folder, core)
    try:
        dashboard.start()
        core.use_dashboard(dashboard)
        async with house.app() as app:
            await house.install(app)
            core.start()
            device.start()
            async with await core.home() as home:
                entry = await home.set_up("esphome", {"host": device.host, "port": device.api})
                await house.connect(app, home)
                job = await app.make(PHRASE, preset="standard")
                await app.until(job, lambda job: job["state"] == "done")
                await until(app, "satellites", lambda told: [s["delivery"] for s in told] == ["flash"])
                yield Kitchen(app, home, device, entry["entry_id"])
    finally:
        device.stop()
        core.stop()
        dashboard.stop()


async def test_a_word_is_flashed_and_taken_back(kitchen: Kitchen) -> None:
    app, before = kitchen.app, kitchen.device.yaml.read_bytes()
    shown = await app.ask("POST", "deployments/preview", json={"model": f"{WORD}_v1", "satellites": [kitchen.id]})
    assert f"+    - model: wakesmith/{WORD}_v1.json" in shown[0]["diff"]
    async with app.browser.ws_connect(f"{app.root}/api/v1/events") as events:
        seen = asyncio.create_task(watch(events))
        sent = await kitchen.send()
        assert sent["state"] == "done", sent
        steps, percents = await seen
    assert steps == ["waiting", "editing", "checking", "compiling", "uploading", "activating", "done"]
    assert percents["compiling"] >= {100}, percents
    assert len(percents["compiling"]) > 3, percents
    wait_until(lambda: f"{WORD}_v1.tflite" in kitchen.models(), 10, "the device runs it")
    told = await notice(kitchen.home, f"“{PHRASE}” is on your satellites")
    assert "kitchen" in told["message"].lower()

    listed = await until(app, "satellites", lambda told: told[0]["sensitivities"])
    await kitchen.home.call("wakesmith.set_sensitivity", satellite=listed[0]["name"], word=PHRASE, option="high")
    wait_until(lambda: f"{WORD}_v1.tflite: cutoff 230" in kitchen.models(), 10, "it takes the sensitivity")

    undone = await kitchen.undo(sent)
    assert undone["state"] == "done", undone
    assert kitchen.device.yaml.read_bytes() == before
    wait_until(lambda: kitchen.models().startswith("0 models"), 10, "the device runs what it ran before")


async def test_what_does_not_compile_is_told_and_nothing_is_touched(kitchen: Kitchen) -> None:
    good = kitchen.device.yaml.read_text()
    broken = good.replace("esphome:\n  name: kitchen\n", BROKEN)
    kitchen.device.yaml.write_text(broken)
    target = (await kitchen.send())["targets"][0]
    assert (target["state"], target["code"], target["flashed"]) == ("failed", "compile", False)
    assert "this_is_nothing" in target["values"]["lines"]
    assert "kitchen.yaml" in target["message"]
    assert "‘this_is_nothing’ was not declared" in target["message"]
    assert kitchen.device.yaml.read_text() == broken, "it is put back"
    kitchen.device.yaml.write_text(broken.replace("lambda", "no_such_action"))
    target = (await kitchen.send())["targets"][0]
    assert (target["state"], target["code"], target["flashed"]) == ("failed", "config", False)
    assert "Unable to find action with the name 'no_such_action'" in target["message"]
    assert "no_such_action: ***" in target["values"]["lines"]
    assert kitchen.device.password not in str(target["values"])
    kitchen.device.yaml.write_text(good)
    assert kitchen.device.runs


async def test_a_wrong_password_is_told_and_the_edit_stays(kitchen: Kitchen) -> None:
    good = kitchen.device.yaml.read_text()
    kitchen.device.yaml.write_text(good.replace(kitchen.device.password, "another"))
    failed = await kitchen.send()
    target = failed["targets"][0]
    assert (target["state"], target["code"], target["flashed"]) == ("failed", "upload", True)
    assert "authentication" in target["message"].lower(), target
    assert "password" in target["values"]["lines"].lower(), target
    told = await notice(kitchen.home, f"“{PHRASE}” did not reach every satellite")
    assert "may be without the wake word" in told["message"]
    assert f"{WORD}_v1" in kitchen.device.yaml.read_text()
    kitchen.device.yaml.write_text(
        kitchen.device.yaml.read_text().replace('"another"', f'"{kitchen.device.password}"')
    )
    undone = await kitchen.undo(failed)
    assert undone["state"] == "done", undone
    assert kitchen.device.yaml.read_text() == good
    assert kitchen.models().startswith("0 models")


async def test_a_device_that_vanishes_in_the_middle_is_told(kitchen: Kitchen) -> None:
    """Its power is cut when its upload has begun; once it is back, the word is sent again."""
    target = await cut_off(kitchen)
    if target["code"] != "upload":  # it was faster than we are
        await switch_on(kitchen)
        target = await cut_off(kitchen)
    assert (target["state"], target["code"], target["flashed"]) == ("failed", "upload", True)
    assert target["values"]["lines"]
    await notice(kitchen.home, f"“{PHRASE}” did not reach every satellite")
    await switch_on(kitchen)
    assert (again := await kitchen.send())["state"] == "done", again
    assert f"{WORD}_v1.tflite" in kitchen.models()


async def cut_off(kitchen: Kitchen) -> dict[str, Any]:
    """Send the word, cut the device's power in the middle of the upload, and return how it ended."""
    began = len(kitchen.device.said())
    sending = asyncio.create_task(kitchen.send())
    while "Starting update" not in kitchen.device.said()[began:]:
        assert not sending.done(), await sending
        await asyncio.sleep(0.002)
    kitchen.device.kill()
    return dict((await sending)["targets"][0])


async def switch_on(kitchen: Kitchen) -> None:
    kitchen.device.start()
    # It announces itself to nobody: without this Home Assistant would look for it less and less often.
    await kitchen.home.post(f"config/config_entries/entry/{kitchen.entry}/reload")
    await until(kitchen.app, "satellites", lambda told: told[0]["online"])


async def watch(events: Any) -> tuple[list[str], dict[str, set[int]]]:
    """Return the states that a satellite went through, and the percentages that were told of each."""
    steps: list[str] = []
    percents: dict[str, set[int]] = {}
    async for message in events:
        told = message.json()
        if told["type"] != "deployment":
            continue
        target = told["deployment"]["targets"][0]
        if steps[-1:] != [target["state"]]:
            steps.append(target["state"])
        if target["percent"] is not None:
            percents.setdefault(target["state"], set()).add(target["percent"])
        if told["deployment"]["ended"]:
            break
    return steps, percents
