"""The whole app at a real broker: commands, a run, a plug that is pulled."""

import asyncio
import json
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.addon.mqtt_world import Other, until
from tests.addon.processes import outside

pytestmark = [pytest.mark.asyncio, pytest.mark.parts]

QUICK = (sys.executable, str(Path(__file__).with_name("whole_app.py")))


@pytest.fixture
def other(broker: Any) -> Iterator[Other]:
    client = Other(broker.port, broker.user, broker.password)
    yield client
    client.close()


def options(broker: Any) -> dict[str, Any]:
    about = {"mqtt_user": broker.user, "mqtt_password": broker.password}
    return {"mqtt_host": "127.0.0.1", "mqtt_port": broker.port, **about}


async def test_commands_are_http_s_own(open_house: Any, broker: Any, other: Other) -> None:
    async with open_house(**options(broker)) as house:
        root = f"wakesmith/{house.app.parts.home.identity.id}"
        await until(lambda: other.on("/availability"))
        async with house.browser.get(house.api("home")) as response:
            assert (await response.json())["mqtt"] == {
                "state": "connected", "message": "", "address": f"mqtt://127.0.0.1:{broker.port}",
            }  # fmt: skip

        async def ask(**values: Any) -> dict[str, Any]:
            ident = f"q{len(other.on('/answer'))}"
            other.say(f"{root}/command", {"id": ident, **values})
            return await until(lambda: next((m.value for m in other.on("/answer") if m.value["id"] == ident), None))

        told = await ask(action="train", phrase="hey jarvis", preset="quick")
        assert told["ok"]
        job = told["result"]["job"]
        await until(lambda: other.last(f"{root}/training")["job"] == job)
        async with house.browser.get(house.api(f"jobs/{job}")) as response:
            assert (await response.json())["request"]["preset"] == "quick"
        for values, code, words in (
            ({"action": "train", "phrase": "hey", "preset": "slow"}, "invalid", "preset"),
            ({"action": "train", "phrase": "hey", "colour": "red"}, "invalid", "colour"),
            ({"action": "train", "word": "hello"}, "not_found", "hello"),
            ({"action": "publish"}, "invalid", "either model or word"),
            ({"action": "publish", "model": "../etc"}, "invalid", "model"),
            ({"action": "cancel", "job": "job_x"}, "not_found", "job_x"),
        ):
            told = await ask(**values)
            assert (told["ok"], told["error"]["code"]) == (False, code), told
            assert words in told["error"]["message"]
            await asyncio.sleep(0.5)
        told = await ask(action="cancel")
        assert told == {"id": told["id"], "ok": True, "result": {"job": job}}
        await until(lambda: [m.value["kind"] for m in other.on("/announce")] == ["cancelled"])


async def test_a_word_is_trained_again_as_before(
    open_house: Any, broker: Any, other: Other, make_result: Any, make_job: Any
) -> None:
    async with open_house(**options(broker)) as house:
        model = await house.app.parts.models.adopt(make_job(), make_result(house.data.parent / "result"))
        await until(lambda: "hey_jarvis_train" in (other.last("/config") or {"components": {}})["components"])
        button = other.last("/config")["components"]["hey_jarvis_train"]
        other.say(button["command_topic"], button["payload_press"].encode())
        answer = await until(lambda: other.last("/answer"))
        assert answer["ok"], answer
        job = await house.app.parts.jobs.get(answer["result"]["job"])
        assert (job.request.phrase, job.request.say) == ("hey jarvis", model.ipa)
        other.say(button["command_topic"], json.dumps({"action": "rollback", "word": "hey_jarvis"}).encode())
        await until(lambda: len(other.on("/answer")) == 2)
        assert not other.last("/answer")["ok"]


async def test_a_pulled_plug_is_told_by_the_broker(broker: Any, other: Other, tmp_path: Path) -> None:
    flags = [f"--{name.replace('_', '-')}={value}" for name, value in options(broker).items()]
    async with outside(tmp_path / "data", QUICK, *flags) as app:
        await until(lambda: other.on("/availability") and other.on("/availability")[-1].payload == b"online")
        await app.signal(signal.SIGKILL)
        await until(lambda: other.on("/availability")[-1].payload == b"offline")
    async with outside(tmp_path / "data", QUICK, *flags) as app:
        await until(lambda: other.on("/availability")[-1].payload == b"online")
        assert await app.signal(signal.SIGTERM) == 0
        await until(lambda: other.on("/availability")[-1].payload == b"offline")
    assert len({message.topic for message in other.on("/availability")}) == 1  # one installation, one id
