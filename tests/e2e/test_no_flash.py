"""From the action that trains to a satellite that wakes by the word, without flashing: nobody touches anything.

The training is real, and small: what it makes hears the voice that it was trained by, and wakes the satellite. Only
its figures, of too few clips for the gate, are replaced (small_trainer.py).
"""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from spoken import in_a_room

from tests.addon.processes import Outside
from tests.e2e.real_house import House, notice, sent, until
from tests.real.core import Core
from tests.real.home import Home
from tests.real.network import Network
from tests.real.programs import wait_until
from tests.real.satellite import Satellite
from trainer.core.audio import write_wav

pytestmark = [pytest.mark.parts, pytest.mark.slow, pytest.mark.voices]
PHRASE, WORD = "hey jarvis", "hey_jarvis"


async def test_from_the_training_to_the_room(network: Network, satellite: Satellite, tmp_path: Path) -> None:
    clip = tmp_path / "clip.wav"
    write_wav(clip, in_a_room(PHRASE))
    house = House(tmp_path, core := Core(tmp_path / "core", network))
    try:
        async with house.app("--mdns") as app:
            await house.install(app)
            core.start()
            async with await core.home() as home:
                await home.accept("esphome")
                await house.connect(app, home)
                kitchen = Kitchen(app, home, satellite, clip)
                await kitchen.begin()
                await kitchen.train_first()
                await kitchen.adjust()
                await kitchen.undo()
                await kitchen.second_version()
                await kitchen.roll_back()
    finally:
        core.stop()


class Kitchen:
    """The satellite, and all that is said of it."""

    def __init__(self, app: Outside, home: Home, satellite: Satellite, clip: Path) -> None:
        self.app, self.home, self.satellite, self.clip = app, home, satellite, clip

    async def begin(self) -> None:
        mac = self.satellite.host.mac
        self.select = await self.home.entity("esphome", f"{mac}-wake_word")
        self.id = mac.replace(":", "")
        told = await until(self.app, "satellites", lambda told: any(s["delivery"] == "external" for s in told))
        assert [(s["id"], s["name"], s["online"]) for s in told] == [(self.id, self.satellite.name, True)]
        assert sorted(told[0]["sources"]) == ["mdns", "registry"]
        self.entity = told[0]["entity"]
        self.before = told[0]["active"]
        assert not self.satellite.hears(self.clip)

    async def train_first(self) -> None:
        """The action, and all the rest happens by itself."""
        asked = {"phrase": PHRASE, "preset": "quick", "satellites": self.entity}
        made = await self.act("train", **asked)
        job = await self.app.until(made["job"], lambda job: job["ended"] is not None, 300)
        assert (job["state"], job["model"]) == ("done", f"{WORD}_v1"), job
        deployment = await sent(self.app, f"{WORD}_v1")
        assert deployment["state"] == "done", deployment["targets"]
        await self.listens_for(f"{WORD}_v1")
        await self.home.until(self.select, lambda state: PHRASE in state["attributes"]["options"])
        wait_until((self.satellite.external / f"{WORD}_v1.tflite").exists, 10, "it is downloaded")
        told = await notice(self.home, f"“{PHRASE}” is on your satellites")
        assert "Listening now: Kitchen." in told["message"]
        assert self.satellite.hears(self.clip), self.satellite.said()[-3000:]
        assert self.satellite.woken() == [PHRASE]

    async def adjust(self) -> None:
        """Its threshold is seen and set: nothing comes above 1; at the word's own it hears again."""
        assert await self.threshold() == 0.7
        with pytest.raises(AssertionError, match="a number from 0 to 1"):
            await self.act("set_sensitivity", satellite=self.entity, word=WORD, option="high")
        for value, hears in ((1.0, False), (0.7, True)):
            await self.act("set_sensitivity", satellite=self.entity, word=WORD, option=str(value))
            async with asyncio.timeout(10):
                while await self.threshold() != value:  # Home Assistant hears of it from the satellite
                    await asyncio.sleep(0.2)
            assert self.satellite.hears(self.clip) is hears

    async def threshold(self) -> float:
        told = await self.app.ask("GET", "satellites")
        of_word = [one for one in told[0]["sensitivities"] if one["word"].startswith(WORD)]
        return float(of_word[0]["option"])

    async def undo(self) -> None:
        """The satellite listens for what it did before, and then for the word again."""
        first = await sent(self.app, f"{WORD}_v1")
        await self.app.ask("POST", f"deployments/{first['id']}/undo", 201)
        assert (await sent(self.app, f"{WORD}_v1", "undo"))["state"] == "done"
        assert await self.active() == self.before
        assert not self.satellite.hears(self.clip)
        again = await self.act("deploy", word=PHRASE, satellites=self.satellite.name)
        await until(self.app, f"deployments/{again['deployment']}", lambda told: told["state"] == "done")
        await self.listens_for(f"{WORD}_v1")

    async def second_version(self) -> None:
        """It does not take the place of the first by itself, since it does not win; told to, it does."""
        made = await self.act("train", phrase=PHRASE, preset="standard", satellites=self.entity)
        assert (await self.app.until(made["job"], lambda job: job["ended"]))["model"] == f"{WORD}_v2"
        refused = await sent(self.app, f"{WORD}_v2")
        assert (refused["state"], refused["targets"][0]["code"]) == ("failed", "loses"), refused
        await notice(self.home, f"“{PHRASE}” did not reach every satellite")
        await self.listens_for(f"{WORD}_v1")
        told = await self.act("deploy", word=WORD, satellites=self.entity, replace=True)
        await until(self.app, f"deployments/{told['deployment']}", lambda told: told["state"] == "done")
        await self.listens_for(f"{WORD}_v2")
        wait_until((self.satellite.external / f"{WORD}_v2.tflite").exists, 10, "it is downloaded")
        assert self.satellite.hears(self.clip)

    async def roll_back(self) -> None:
        told = await self.act("rollback", word=WORD)
        assert told["model"] == f"{WORD}_v1"
        assert (await sent(self.app, f"{WORD}_v1", "rollback"))["state"] == "done"
        await self.listens_for(f"{WORD}_v1")
        await notice(self.home, f"“{PHRASE}” is back at version 1")
        assert self.satellite.hears(self.clip)

    async def listens_for(self, model: str) -> None:
        """The app says so, and Home Assistant's select and its satellite do."""
        active = await self.active()
        assert model in active
        assert [id for id in active if id.startswith(WORD)] == [model]
        said = await self.home.ask("assist_satellite/get_configuration", entity_id=self.entity)
        assert model in said["active_wake_words"]

    async def active(self) -> list[str]:
        told = await self.app.ask("POST", "satellites/refresh")
        return [str(id) for id in next(s for s in told if s["id"] == self.id)["active"]]

    async def act(self, action: str, **data: Any) -> dict[str, Any]:
        answer = await self.home.ask(
            "call_service", domain="wakesmith", service=action, service_data=data, return_response=True
        )
        return dict(answer["response"])
