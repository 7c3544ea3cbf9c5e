"""Commands over a real broker: what is no command is refused with an answer, and nothing ends the service."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from addon.announce.commands import LARGEST, Bucket, Commands
from addon.announce.mqtt import Incoming
from addon.announce.session import State
from addon.errors import Conflict
from tests.addon.mqtt_world import ID, Other, until, world

pytestmark = [pytest.mark.asyncio]

COMMAND = f"wakesmith/{ID}/command"


@pytest.fixture
def other(broker: Any) -> Iterator[Other]:
    client = Other(broker.port, broker.user, broker.password)
    yield client
    client.close()


BAD = [
    (b"", "bad_request"),
    (b"cancel", "bad_request"),
    (b'{"action": "cancel"', "bad_request"),
    (b"[" * 10_000, "bad_request"),
    (b'["cancel"]', "bad_request"),
    (b"null", "bad_request"),
    (b"\xff\xfe\x00", "bad_request"),
    (b"{}", "action"),
    (b'{"action": "explode"}', "action"),
    (b'{"action": ["cancel"]}', "action"),
    (b'{"action": "cancel", "id": 5}', "invalid"),
    (b'{"action": "cancel", "id": "' + b"x" * 65 + b'"}', "invalid"),
    (b'{"action": "cancel", "id": "a\\nb"}', "invalid"),
    (b'{"action": "cancel", "x": "' + b"x" * LARGEST + b'"}', "too_large"),
    (b"x" * 1_000_000, "too_large"),
]


@pytest.mark.parts
async def test_what_is_no_command_is_refused_with_an_answer(broker: Any, other: Other, tmp_path: Path) -> None:
    async with world(tmp_path, broker) as here:
        here.announcer.commands.bucket = Bucket(burst=100, rate=100)
        await until(lambda: here.state is State.CONNECTED)
        for number, (payload, code) in enumerate(BAD):
            other.say(COMMAND, payload)
            answers = await until(lambda n=number: other.on("/answer")[n:])
            assert (answers[0].value["ok"], answers[0].value["error"]["code"]) == (False, code), payload[:60]
            assert not answers[0].retained
        assert here.done == []
        other.say(COMMAND, {"id": "good", "action": "cancel", "job": "job_1"})
        await until(lambda: other.last("/answer") == {"id": "good", "ok": True, "result": {"job": "job_1"}})
        assert here.done == [("cancel", {"job": "job_1"})]


@pytest.mark.parts
async def test_retained_commands_are_refused(broker: Any, other: Other, tmp_path: Path) -> None:
    other.say(COMMAND, {"id": "old", "action": "cancel"}, retain=True)
    await until(lambda: other.on("/command"))
    async with world(tmp_path, broker) as here:
        answer = await until(lambda: other.last("/answer"))
        assert (answer["id"], answer["error"]["code"]) == ("old", "retained")
        assert here.done == []


@pytest.mark.parts
async def test_a_command_that_comes_twice_is_done_once(broker: Any, other: Other, tmp_path: Path) -> None:
    async with world(tmp_path, broker) as here:
        await until(lambda: here.state is State.CONNECTED)
        for _ in range(3):
            other.say(COMMAND, {"id": "one", "action": "cancel"})
        await until(lambda: len(other.on("/answer")) == 3)
        assert len(here.done) == 1
        assert len({message.payload for message in other.on("/answer")}) == 1


async def test_a_fault_of_ours_is_answered_and_the_next_is_done(caplog: pytest.LogCaptureFixture) -> None:
    answers: list[bytes] = []

    async def break_down(_values: dict[str, Any]) -> dict[str, Any]:
        raise RuntimeError("a secret path")

    async def refuse(_values: dict[str, Any]) -> dict[str, Any]:
        raise Conflict("not now", hint="Later.", code="busy")

    commands = Commands({"break": break_down, "refuse": refuse}, answers.append)
    commands.start()
    for action in ("break", "refuse"):
        payload = b'{"id": "%s", "action": "%s"}' % (action.encode(), action.encode())
        commands.take(Incoming("x", payload, False, len(payload)))
    async with asyncio.timeout(5):
        while len(answers) < 2:
            await asyncio.sleep(0.01)
    await commands.stop()
    assert b"secret" not in answers[0]
    assert b'"code": "internal"' in answers[0]
    assert b'"code": "busy"' in answers[1]
    assert "a secret path" in caplog.text


async def test_a_bucket_fills_again() -> None:
    at = 100.0
    bucket = Bucket(burst=2, rate=0.5, clock=lambda: at)
    assert [bucket.take() for _ in range(3)] == [True, True, False]
    at += 2
    assert [bucket.take(), bucket.take()] == [True, False]
    at += 1000
    assert [bucket.take() for _ in range(3)] == [True, True, False]


async def test_what_takes_long_is_finished_and_keeps_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("addon.announce.commands._PATIENCE_S", 0.05)
    compared, answers = asyncio.Event(), list[dict[str, Any]]()
    done: list[str] = []

    async def deploy(_values: dict[str, Any]) -> dict[str, Any]:
        await compared.wait()
        done.append("deploy")
        return {"deployment": "deployment_1"}

    async def cancel(_values: dict[str, Any]) -> dict[str, Any]:
        done.append("cancel")
        return {}

    commands = Commands({"deploy": deploy, "cancel": cancel}, lambda answer: answers.append(json.loads(answer)))
    commands.start()
    for text in (b'{"id": "1", "action": "deploy"}', b'{"id": "1", "action": "deploy"}', b'{"action": "cancel"}'):
        commands.take(Incoming("", text, False, len(text)))
    await until(lambda: "cancel" in done)
    compared.set()
    await until(lambda: len(answers) == 2)
    await commands.stop()
    assert done == ["cancel", "deploy"]
    assert answers == [
        {"id": None, "ok": True, "result": {}},
        {"id": "1", "ok": True, "result": {"deployment": "deployment_1"}},
    ]
