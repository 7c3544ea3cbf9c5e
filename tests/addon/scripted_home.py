"""Home Assistant's integration, scripted: a real link with an end that answers as it is told."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from addon.homeassistant.link import Link, Peer

Answer = Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]


class Declined(Exception):
    """What is asked for is refused, with these words."""

    def __init__(self, code: str, message: str, **values: str) -> None:
        super().__init__(message)
        self.told = {"code": code, "message": message, "hint": "", "values": values}


class ScriptedHome:
    """The other end. `satellites` are told as they are; `answers` may replace what is done by default.

    Attributes:
        asked: all questions, in order: what, and the params.
        cancelled: numbers of questions that were taken back.
    """

    def __init__(self, *satellites: dict[str, Any], dashboard: bool = True, link: Link | None = None) -> None:
        self.link = link or Link()
        self.satellites = {one["mac"]: one for one in satellites}
        self.dashboard = dashboard
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.cancelled: list[int] = []
        self.answers: dict[str, Answer] = {}
        self._working: set[asyncio.Task[None]] = set()

    def connect(self) -> None:
        self.link.begin(Peer("1.0.0", "2026.11.0"), self.send)

    def leave(self) -> None:
        self.link.end(self.send)

    def whats(self) -> list[str]:
        """What was asked, without the questions for the list."""
        return [what for what, _ in self.asked if what != "satellites"]

    def change(self, mac: str, **changes: Any) -> None:
        self.satellites[mac] |= changes
        self.link.hear({"type": "changed", "what": "satellites"})

    def progress(self, line: str, percent: int | None = None) -> None:
        """Say something about the question that is being answered."""
        self.link.hear({"type": "progress", "id": self.number, "line": line, "percent": percent})

    async def send(self, message: dict[str, Any]) -> None:
        if message["type"] == "cancel":
            self.cancelled.append(message["id"])
            return
        task = asyncio.create_task(self._answer(message))
        self._working.add(task)
        task.add_done_callback(self._working.discard)

    async def _answer(self, message: dict[str, Any]) -> None:
        what, params, self.number = message["what"], message["params"], message["id"]
        self.asked.append((what, params))
        answer = self.answers.get(what) or getattr(self, f"_{what}", None)
        try:
            result = await answer(params) if answer else {}
        except Declined as refusal:
            self.link.hear({"type": "refused", "id": message["id"], "error": refusal.told})
        else:
            self.link.hear({"type": "answer", "id": message["id"], "result": result})

    async def _satellites(self, _params: dict[str, Any]) -> dict[str, Any]:
        return {"satellites": [dict(one) for one in self.satellites.values()], "dashboard": self.dashboard}

    async def _select_wake_word(self, params: dict[str, Any]) -> dict[str, Any]:
        one = next(one for one in self.satellites.values() if one["entity"] == params["entity"])
        active = [id for id in one["active"] if id not in params["replaces"]]
        if params["word"]:
            active = [*active, params["word"]][-one["most_active"] :]
        one["active"] = active
        return {"active": active}


def external(mac: str = "aabbccddee01", **changes: Any) -> dict[str, Any]:
    """A satellite that loads words by itself."""
    return {
        "mac": mac, "name": "Kitchen", "room": "Kitchen", "board": "host", "version": "2025.9.0", "project": "",
        "online": True, "address": "10.0.0.2", "configuration": None, "uses_wake_word": None, "voice": True,
        "entity": "assist_satellite.kitchen", "external": True, "active": ["okay_nabu"], "available": ["okay_nabu"],
        "most_active": 1, "selects": ["select.kitchen_wake_word"], "sensitivities": [],
    } | changes  # fmt: skip


def flashed(mac: str = "aabbccddee02", **changes: Any) -> dict[str, Any]:
    """A satellite that ESPHome's dashboard flashes."""
    return external(mac) | {
        "name": "Hall", "room": "Hall", "board": "esp32-s3-devkitc-1", "version": "2026.10.0", "external": False,
        "configuration": "hall.yaml", "uses_wake_word": True, "entity": "assist_satellite.hall",
        "selects": ["select.hall_wake_word"],
    } | changes  # fmt: skip
