"""What the app asks of Home Assistant: answers, refusals, silence, a newer connection."""

import asyncio
from typing import Any

import pytest

from addon.errors import Unavailable
from addon.homeassistant.link import Link, Peer, Refused

pytestmark = pytest.mark.asyncio
PEER = Peer("1.0.0", "2026.11.0")


class Wire:
    """The other end: keeps what is sent."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.arrived = asyncio.Event()

    async def send(self, message: dict[str, Any]) -> None:
        self.sent.append(message)
        self.arrived.set()


async def asked(link: Link, wire: Wire, **how: Any) -> asyncio.Task[dict[str, Any]]:
    task = asyncio.create_task(link.ask("compile", {"configuration": "a.yaml"}, **how))
    await wire.arrived.wait()
    wire.arrived.clear()
    return task


async def test_an_answer_and_its_progress_reach_who_asked() -> None:
    link, wire, lines = Link(), Wire(), []
    link.begin(PEER, wire.send)
    task = await asked(link, wire, progress=lambda line, percent: lines.append((line, percent)))
    number = wire.sent[0]["id"]
    link.hear({"type": "progress", "id": number, "line": "Compiling", "percent": 40})
    link.hear({"type": "answer", "id": number + 1, "result": {"wrong": True}})
    link.hear({"type": "answer", "id": number, "result": {"ok": True}})
    assert await task == {"ok": True}
    assert lines == [("Compiling", 40)]
    assert len(wire.sent) == 1, "an answered question is not cancelled"


async def test_a_refusal_keeps_its_words() -> None:
    link, wire = Link(), Wire()
    link.begin(PEER, wire.send)
    task = await asked(link, wire)
    link.hear(
        {
            "type": "refused",
            "id": 1,
            "error": {"code": "compile", "message": "no", "hint": "h", "values": {"lines": "x", "y": [1]}},
        }
    )
    with pytest.raises(Refused) as caught:
        await task
    assert caught.value.told() == {"code": "compile", "message": "no", "hint": "h", "values": {"lines": "x"}}


async def test_silence_ends_the_question_and_progress_prolongs_it() -> None:
    link, wire = Link(), Wire()
    link.begin(PEER, wire.send)
    task = await asked(link, wire, timeout_s=0.2)
    for _ in range(3):
        await asyncio.sleep(0.1)
        link.hear({"type": "progress", "id": 1, "line": "still"})
    assert not task.done()
    with pytest.raises(Unavailable, match="does not answer"):
        await task
    assert wire.sent[-1] == {"type": "cancel", "id": 1}


async def test_who_stops_waiting_cancels_the_work() -> None:
    link, wire = Link(), Wire()
    link.begin(PEER, wire.send)
    task = await asked(link, wire)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert wire.sent[-1] == {"type": "cancel", "id": 1}


async def test_nobody_there_is_said_at_once() -> None:
    with pytest.raises(Unavailable) as caught:
        await Link().ask("satellites")
    assert caught.value.code == "no_link"


async def test_a_newer_connection_takes_the_place_of_an_older_one() -> None:
    told: list[str] = []
    link, old, new = Link(changed=told.append), Wire(), Wire()
    link.begin(PEER, old.send)
    task = await asked(link, old)
    link.begin(PEER, new.send)
    with pytest.raises(Unavailable, match="anew"):
        await task
    link.end(old.send)
    assert link.peer == PEER, "the end of the old one is no end of the new one"
    link.end(new.send)
    assert link.peer is None
    assert told == ["link", "link", "link"]
